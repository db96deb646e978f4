import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseEnvironmentFile } from '../../../src/facts/units/environment.ts';
import { parseExecLine } from '../../../src/facts/units/exec-line.ts';
import { expandSpecifiers } from '../../../src/facts/units/specifiers.ts';
import { parseShow } from '../../../src/facts/units/systemctl.ts';
import { parseUnitFile } from '../../../src/facts/units/unit-file.ts';
import {
  defaultSlice,
  dropInDirectories,
  escapeName,
  sliceChain,
  unescapeName,
} from '../../../src/facts/units/unit-name.ts';
import {
  parseCpuQuota,
  parseMemoryLimit,
  parseSize,
  parseTasksMax,
  parseTimeSpan,
} from '../../../src/facts/units/values.ts';
import { nextCommandWord, words } from '../../../src/facts/units/words.ts';

describe('names', () => {
  test('drop-in directories, surest first', () => {
    expect(dropInDirectories('a-b-c.service')).toEqual(['a-b-c.service.d', 'a-b-.service.d', 'a-.service.d']);
    expect(dropInDirectories('v-l@x.service')).toEqual([
      'v-l@x.service.d',
      'v-l@.service.d',
      'v-@.service.d',
    ]);
  });

  test('slices', () => {
    expect(defaultSlice('vllm@x.service')).toBe('system-vllm.slice');
    expect(defaultSlice('my-vllm@x.service')).toBe('system-my\\x2dvllm.slice');
    expect(sliceChain('ai-models-big.slice')).toEqual(['ai-models-big.slice', 'ai-models.slice', 'ai.slice']);
    expect(sliceChain('-.slice')).toEqual([]);
  });

  test('escaping comes back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(unescapeName(escapeName(text))).toBe(text);
      }),
    );
  });
});

describe('unit files', () => {
  test('continuations, comments and sections', () => {
    const text = '\ufeff[Service]\nA=1 \\\n# no\n 2\n;x\nB = two \r\n[Bad\nC=3\n';
    expect(parseUnitFile(text)).toEqual([
      { section: 'Service', key: 'A', value: '1   2', line: 2 },
      { section: 'Service', key: 'B', value: 'two', line: 6 },
    ]);
  });

  test('words and escapes', () => {
    expect(words(`a "b c" 'd"e' f\\x20g \\u00e9 \\101 "" h"i j"k`)).toEqual([
      'a',
      'b c',
      'd"e',
      'f g',
      'é',
      'A',
      '',
      'hi jk',
    ]);
    expect(words('\\xc3\\xa9')).toEqual(['é']);
    expect(words('"open')).toBeNull();
    expect(words('\\q')).toBeNull();
    expect(nextCommandWord('\\q x', 0)).toEqual({ text: '\\q', next: 3 });
  });

  test('commands', () => {
    const expand = (text: string) => text.replaceAll('%i', 'I');
    expect(parseExecLine('-+/bin/a %i ; @/bin/b zero \\; ";"', expand)).toEqual([
      { prefixes: '-+', path: '/bin/a', argv: ['/bin/a', 'I'] },
      { prefixes: '@', path: '/bin/b', argv: ['zero', ';', ';'] },
    ]);
    expect(parseExecLine('/bin/a "open', expand)).toBeNull();
    expect(parseExecLine('-/bin/a "open', expand)).toEqual([]);
  });

  test('specifiers are of the system manager', () => {
    const unit = { name: 'a-b@c-d.service', fragment: '/etc/x/a-b@.service' };
    const machine = { hostname: 'box.lan', machineId: null, kernel: null };
    expect(expandSpecifiers('%i %I %p %j %n %N %h %u %H %l %m %% %Z %', unit, machine)).toBe(
      'c-d c/d a-b b a-b@c-d.service a-b@c-d /root root box.lan box %m % %Z %',
    );
  });

  test('environment files', () => {
    const text = `# c\nA=plain text  \nexport B=1\nC='it''s'\nD="a\\"b\\n"\nE=x\\\ny\n; z\nF="two\nlines"\n=no\nG = spaced\n`;
    expect(parseEnvironmentFile(text).map(({ name, value, line }) => [name, value, line])).toEqual([
      ['A', 'plain text', 2],
      ['C', 'its', 4],
      ['D', 'a"b\\n', 5],
      ['E', 'xy', 6],
      ['F', 'two\nlines', 9],
      ['G', 'spaced', 12],
    ]);
  });
});

describe('values', () => {
  test.each([
    ['8G', '8589934592'],
    ['1.5G', '1610612736'],
    ['1G 500M', '1598029824'],
    ['50%', '50%'],
    ['12.5%', '12.5%'],
    ['infinity', 'infinity'],
    ['', 'infinity'],
    ['8GB', null],
    ['0', null],
    ['-1', null],
    ['200%', null],
  ])('MemoryMax=%s', (text, value) => {
    expect(parseMemoryLimit(text)).toBe(value);
  });

  test('other limits', () => {
    expect(parseCpuQuota('150%')).toBe('1500000');
    expect(parseCpuQuota('0%')).toBeNull();
    expect(parseTasksMax('10.5%')).toBe('10.5%');
    expect(parseTasksMax('0')).toBeNull();
    expect(parseTimeSpan('1min 1.500000s')).toBe('61500000');
    expect(parseTimeSpan('infinity')).toBe('infinity');
    expect(parseSize('17E')).toBeNull();
  });
});

test('any text in: no throw', () => {
  const piece = fc.constantFrom(
    '[Service]',
    '\n',
    '\\',
    '"',
    "'",
    '=',
    '%',
    '%i',
    ' ',
    '#',
    ';',
    '\0',
    '\r',
    'Id=',
    '{ path=',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.oneof(piece, fc.string()), { maxLength: 30 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(text, (any) => {
      parseUnitFile(any);
      words(any);
      parseExecLine(any, (each) => each);
      parseEnvironmentFile(any);
      parseShow(any);
      parseMemoryLimit(any);
      parseTasksMax(any);
      parseCpuQuota(any);
      parseTimeSpan(any);
      dropInDirectories(any);
      expandSpecifiers(any, { name: any, fragment: null }, { hostname: null, machineId: null, kernel: null });
    }),
    { numRuns: 500 },
  );
});
