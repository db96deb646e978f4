import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { QueryAnswer } from '../../src/engine/report.ts';
import { answersAs } from '../../src/reporters/answers.ts';
import { hostileText } from '../harness/hostile.ts';

const answer = (over: Partial<QueryAnswer> = {}): QueryAnswer => ({
  ...{ from: '203.0.113.7', to: '10.0.0.2', port: 22, proto: 'tcp', interface: 'eth0' },
  ...{ verdict: 'reachable', because: ['ufw allow 22/tcp', 'policy drop (ip filter INPUT)'] },
  ...over,
});
const plain = { color: false, width: 80 };

describe('one answer', () => {
  const page = { ...plain, single: true };

  test.each<[string, Partial<QueryAnswer>, string]>([
    [
      'a verdict, then a rule a line',
      {},
      'reachable  203.0.113.7 → 10.0.0.2:22/tcp over eth0\n   1  ufw allow 22/tcp\n   2  policy drop (ip filter INPUT)\n',
    ],
    [
      'where no rule looked',
      { because: [], to: '2001:db8::2', proto: 'udp' },
      'reachable  203.0.113.7 → [2001:db8::2]:22/udp over eth0\n   1  no rule filters it\n',
    ],
    [
      'where no route leads',
      { verdict: 'unknown', interface: '', because: ['no route leads to 203.0.113.7: name the interface'] },
      'unknown  203.0.113.7 → 10.0.0.2:22/tcp\n   1  no route leads to 203.0.113.7: name the interface\n',
    ],
  ])('%s', (_, over, text) => {
    expect(answersAs('terminal', [answer(over)], page)).toBe(text);
  });

  test.each([
    ['reachable', '31'],
    ['unknown', '33'],
    ['blocked', '32'],
  ] as const)('%s has a colour of its own', (verdict, colour) => {
    const text = answersAs('terminal', [answer({ verdict })], { ...page, color: true });
    expect(text).toContain(`\u001b[${colour}m${verdict}`);
  });

  test('as Markdown', () => {
    expect(answersAs('markdown', [answer()], page)).toBe(
      '**reachable**: `203.0.113.7 → 10.0.0.2:22/tcp over eth0`\n\n1. `ufw allow 22/tcp`\n2. `policy drop (ip filter INPUT)`\n',
    );
  });
});

describe('many answers', () => {
  const page = { ...plain, single: false };
  const answers = [
    answer(),
    answer({ verdict: 'blocked', from: '10.0.0.9', because: ['nothing listens there'] }),
  ];

  test('as JSON, in order', () => {
    expect(JSON.parse(answersAs('json', answers, page))).toEqual({ queries: answers });
  });

  test('as a table of Markdown', () => {
    expect(answersAs('markdown', answers, page)).toBe(
      [
        '| Verdict | From | To | Over | Because |',
        '|---|---|---|---|---|',
        '| reachable | `203.0.113.7` | `10.0.0.2:22/tcp` | `eth0` | `ufw allow 22/tcp → policy drop (ip filter INPUT)` |',
        '| blocked | `10.0.0.9` | `10.0.0.2:22/tcp` | `eth0` | `nothing listens there` |',
        '',
      ].join('\n'),
    );
  });

  test('none', () => {
    expect(answersAs('terminal', [], page)).toBe('Nothing was asked.\n');
    expect(JSON.parse(answersAs('json', [], page))).toEqual({ queries: [] });
  });
});

test('names of a hostile machine make no lines and no controls of their own', () => {
  const hostile = fc.record({ interface: hostileText, because: fc.array(hostileText, { maxLength: 3 }) });
  fc.assert(
    fc.property(fc.array(hostile, { minLength: 1, maxLength: 4 }), fc.boolean(), (names, single) => {
      const answers = names.map((name) => answer(name));
      const text = answersAs('terminal', answers, { ...plain, single });
      expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      if (!single) expect(text.split('\n')).toHaveLength(answers.length + 1);
      const rows = answersAs('markdown', answers, { ...plain, single: false }).split('\n');
      expect(rows).toHaveLength(answers.length + 3);
    }),
  );
});
