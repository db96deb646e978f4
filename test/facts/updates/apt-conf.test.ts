import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { lastSetting, listSetting, parseAptConf } from '../../../src/facts/updates/apt-conf.ts';

const parse = (text: string) => parseAptConf(text, 'x') ?? [];

test('nested and flat settings are the same, and the last one counts', () => {
  const settings = parse('APT { Periodic { Enable "1"; // yes\n }; };\nAPT::Periodic::Enable "0";');
  expect(settings.map(({ value }) => value)).toEqual(['1', '0']);
  expect(lastSetting(settings, 'apt::periodic::ENABLE')).toMatchObject({ value: '0', line: 3 });
});

test('lists of both kinds', () => {
  const settings = parse('U::Origins {\n  "a=b";\n//  "c=d";\n /* "e" */ "f";\n};\nU::Origins:: "g";');
  expect(listSetting(settings, 'U::Origins').map(({ value, line }) => [value, line])).toEqual([
    ['a=b', 2],
    ['f', 4],
    ['g', 6],
  ]);
});

test.each([['A { B "1";'], ['A "1'], ['}']])('%j is refused', (text) => {
  expect(parseAptConf(text, 'x')).toBeNull();
});

test('any text parses, or is refused, without a throw', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', ':', '{', '}', ';', '"', '/', '*', '#', ' ', '\n') }),
      (text) => {
        expect(() => parseAptConf(text, 'x')).not.toThrow();
      },
    ),
  );
});
