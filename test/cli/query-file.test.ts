import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseQueries } from '../../src/cli/query-file.ts';
import { InputError } from '../../src/engine/input-error.ts';

const good = '{"from": "203.0.113.7", "to": "10.0.0.2", "port": 22}';

describe('a file of questions', () => {
  test.each([
    ['nothing', '', []],
    ['blank lines only', '\n \r\n\t\n', []],
    ['defaults', good, [{ proto: 'tcp' }]],
    [
      'null for what is not said',
      good.replace('}', ', "proto": null, "interface": null}'),
      [{ proto: 'tcp' }],
    ],
    [
      'all that there is',
      good.replace('}', ', "proto": "udp", "interface": "wg0"}'),
      [{ proto: 'udp', interface: 'wg0' }],
    ],
    [
      'a byte order mark and line ends of Windows',
      `\ufeff${good}\r\n\r\n${good}\r\n`,
      [{ port: 22 }, { port: 22 }],
    ],
    ['IPv6', '{"from": "2001:db8::7", "to": "::ffff:10.0.0.2", "port": 1}', [{ from: '2001:db8::7' }]],
  ])('%s', (_, text, queries) => {
    const parsed = parseQueries(text, 'ask.jsonl');
    expect(parsed).toHaveLength(queries.length);
    expect(parsed).toMatchObject(queries);
  });

  test.each([
    ['no JSON', '{"from":', 'not JSON; write it as {"from"'],
    ['two on a line', good + good, 'not JSON'],
    ['no object', '[]', 'expected object'],
    ['a host name', good.replace('203.0.113.7', 'example.org'), 'from: must be an IP address'],
    ['half an address', good.replace('203.0.113.7', '10.1'), 'from: must be an IP address'],
    ['a network', good.replace('203.0.113.7', '10.0.0.0/8'), 'from: must be an IP address'],
    ['an address with a zone', good.replace('203.0.113.7', 'fe80::1%eth0'), 'from: must be an IP address'],
    ['no source', '{"to": "10.0.0.2", "port": 22}', 'from: must be an IP address'],
    ['a port that is none', good.replace('22', '0'), 'port: must be a whole number from 1 to 65535'],
    ['a port as text', good.replace('22', '"22"'), 'port: must be a whole number from 1 to 65535'],
    ['a protocol that is none', good.replace('}', ', "proto": "sctp"}'), 'proto: '],
    ['an interface without a name', good.replace('}', ', "interface": ""}'), 'interface: '],
    ['a key that is none', good.replace('}', ', "portt": 1}'), 'unknown key "portt", did you mean "port"?'],
  ])('refuses %s, and says where', (_, line, what) => {
    const parse = () => parseQueries(`${good}\n\n${line}\n${good}`, 'ask.jsonl');
    expect(parse).toThrow(InputError);
    expect(parse).toThrow(/^ask\.jsonl:3: /);
    expect(parse).toThrow(what);
  });

  test('any text is questions, or refused in words', () => {
    const lines = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.constant(good));
    fc.assert(
      fc.property(fc.array(lines, { maxLength: 4 }), (texts) => {
        try {
          for (const { port } of parseQueries(texts.join('\n'), '-')) expect(port).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect(String(error)).toMatch(/standard input:\d+: /);
        }
      }),
    );
  });
});
