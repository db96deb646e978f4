import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { restored } from '../../../src/facts/firewall/restore.ts';

const input = (source: string, ...lines: readonly string[]) => ({
  source,
  text: ['*filter', ...lines, 'COMMIT', ''].join('\n'),
});

/** `file:line text` of each rule of a chain. */
function rulesIn(inputs: ReturnType<typeof input>[], chain: string) {
  const tables = restored(inputs, 'ip', 'all');
  if ('wrong' in tables) return tables.wrong;
  return tables[0]?.chains
    .get(chain)
    ?.rules.map(({ source, line, text }) => `${source ?? ''}:${String(line)} ${text}`);
}

describe('restored', () => {
  test('empties a chain that is declared again, and keeps a built-in one', () => {
    const inputs = [
      input('a', ':X - [0:0]', '-A X -j ACCEPT', '-A INPUT -j X'),
      input('b', ':X - [0:0]', ':INPUT DROP [0:0]', '-A X -j DROP'),
    ];
    expect(rulesIn(inputs, 'X')).toEqual(['b:4 -A X -j DROP']);
    expect(rulesIn(inputs, 'INPUT')).toEqual(['a:4 -A INPUT -j X']);
  });

  test('appends and inserts where the number says', () => {
    const inputs = [
      input('a', '-A INPUT -p tcp -j ACCEPT', '-A INPUT -p udp -j ACCEPT'),
      input('b', '-I INPUT 2 -j DROP', '-I INPUT -j LOG', '-A INPUT -j REJECT'),
    ];
    expect(rulesIn(inputs, 'INPUT')).toEqual([
      'b:3 -I INPUT -j LOG',
      'a:2 -A INPUT -p tcp -j ACCEPT',
      'b:2 -I INPUT 2 -j DROP',
      'a:3 -A INPUT -p udp -j ACCEPT',
      'b:4 -A INPUT -j REJECT',
    ]);
  });

  test('gives a built-in chain that nobody declares its policy', () => {
    const tables = restored([input('a', '-A INPUT -j DROP')], 'ip', 'all');
    expect('wrong' in tables ? null : tables[0]?.chains.get('INPUT')?.base).toMatchObject({
      policy: 'accept',
    });
  });

  test.each([
    [['-D INPUT -j DROP'], 2],
    [['-F'], 2],
    [[':INPUT MAYBE'], 2],
  ])('%j is not taken for nothing', (lines, line) => {
    expect(restored([input('a', ...lines)], 'ip', 'all')).toMatchObject({ wrong: { source: 'a', line } });
  });

  test.each(['boo', '*filter\n:INPUT DROP [0:0]\n', '-A INPUT -j DROP\n'])('%j is refused', (text) => {
    expect(restored([{ source: 'a', text }], 'ip', 'all')).toHaveProperty('wrong');
  });

  test('any bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        restored([{ source: 'a', text }], 'ip', 'all');
        restored([input('a', text), input('b', `-I INPUT ${text}`)], 'ip6', 'all');
      }),
    );
  });
});
