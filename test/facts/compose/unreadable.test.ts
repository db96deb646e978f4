import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { gapsOf } from '../../../src/host/evidence.ts';
import { composeIn, gapsIn, namesIn, web } from '../../harness/compose.ts';

describe('what cannot be read is said, with its place', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...Array.from('bcdefghi', (name, at) => `${name}: &${name} [${`*${'abcdefgh'[at] ?? ''},`.repeat(9)}]`),
  ].join('\n');
  test.each([
    ['services:\n  web: {image: x', 'compose.yml:2'],
    ['services:\n  web:\n\timage: x\n', 'compose.yml:'],
    ['- a\n', 'compose.yml:1:1: the file is no mapping'],
    ['just text', 'compose.yml:1:1: the file is no mapping'],
    ['services:\n  web: {image: x}\n  web: {image: y}\n', 'compose.yml:3:3: the key "web" stands twice'],
    [
      'services:\n  web:\n    image: {{ image }}\n',
      'compose.yml:3: the file is a template and needs rendering',
    ],
    ['services:\n{% for x in y %}\n', 'compose.yml:2: the file is a template'],
    ['services:\n  {{- range .x }}\n', 'compose.yml:2: the file is a template'],
    ['services:\n  web: *none\n', 'compose.yml:2:8'],
    ['services: {? [a] : b}\n', 'a key that is no word'],
    ['services:\n  ~: {image: x}\n', 'compose.yml:2:3: a key that is no word'],
    ['services: {web: {image: !!binary eA==}}\n', 'compose.yml:1:'],
    ['a: &a\n  <<: *a\n', 'compose.yml'],
    ['a: &a [*a]\n', 'compose.yml'],
    ['a: {<<: 1}\n', 'only mappings can be merged'],
    [bomb, 'aliases make more than'],
    ['['.repeat(5000), 'compose.yml'],
    [`${'a: {'.repeat(200)}${'}'.repeat(200)}`, 'too deeply'],
    [`# ${'x'.repeat(1024 * 1024)}`, 'is larger than'],
  ])('%#', async (text, reason) => {
    const evidence = await composeIn({ '/compose.yml': text });
    expect(evidence).toMatchObject({ state: 'known', value: [] });
    expect(gapsOf(evidence).join('\n')).toContain(reason);
  });

  test('a template in quotes is a value', async () => {
    expect(
      await namesIn({ '/compose.yml': web('labels: ["a={{ .x }}"]\n    command: echo {{.ID}}') }),
    ).toEqual(['web']);
  });

  test('hostile names', async () => {
    const text =
      'services:\n  __proto__: {image: a}\n  constructor: {image: b, extends: toString}\n  "a\\e[31mb": {image: c}\n  "": {image: d}\n';
    expect((await namesIn({ '/compose.yml': text })).toSorted()).toEqual([
      '',
      '__proto__',
      'a\u001b[31mb',
      'constructor',
    ]);
  });

  test('many keys and many aliases take no time to speak of', async () => {
    const keys = Array.from({ length: 8_000 }, (_, index) => `  k${String(index)}: 1`).join('\n');
    expect(await namesIn({ '/compose.yml': `x-a: &a\n${keys}\n${web('user: "1"')}` })).toEqual(['web']);
    const aliases = `x-b: [${'*a,'.repeat(8_000)}]`;
    expect(await namesIn({ '/compose.yml': `x-a: &a 1\n${aliases}\n${web('user: "1"')}` })).toEqual(['web']);
  });

  test('many documents share one allowance', async () => {
    const one = `a: &a [${'x,'.repeat(1_000)}]\nb: [${'*a,'.repeat(60)}]\n`;
    const gaps = await gapsIn({ '/compose.yml': Array.from({ length: 100 }, () => one).join('---\n') });
    expect(gaps.join()).toContain('aliases make more than');
  });

  test('dashes over and over', async () => {
    const began = performance.now();
    const text = `services:\n${'- '.repeat(100_000)}x\n`;
    expect((await gapsIn({ '/compose.yml': text })).join()).toContain('compose.yml');
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  const ranges = Array.from(
    { length: 2_000 },
    (_, at) => `"1-65535:1-65535/${at % 2 === 0 ? 'tcp' : 'udp'}"`,
  );
  test.each([`expose: [${'1-65535,'.repeat(2_000)}]`, `ports: [${ranges.join()}]`])(
    'ranges of all ports over and over %#',
    async (ports) => {
      const began = performance.now();
      expect(await namesIn({ '/compose.yml': web(ports) })).toEqual(['web']);
      expect(performance.now() - began).toBeLessThan(20_000);
    },
  );

  test('services that publish all ports, one after the other', async () => {
    const began = performance.now();
    const services = Array.from(
      { length: 80 },
      (_, at) => `  s${String(at)}: {<<: *a, user: "${String(at)}"}`,
    );
    const text = `x-a: &a {image: x, ports: [1-65535], expose: [1-65535]}\nservices:\n${services.join('\n')}\n`;
    expect(await namesIn({ '/compose.yml': text })).toHaveLength(80);
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  test('extends of extends without end, includes that multiply', async () => {
    const chain = Array.from(
      { length: 400 },
      (_, index) => `  s${String(index)}: {image: x, extends: s${String(index + 1)}}`,
    ).join('\n');
    expect((await gapsIn({ '/compose.yml': `services:\n${chain}\n  s400: {image: x}` })).join()).toContain(
      'too long a chain',
    );
    const files: Record<string, string> = { '/compose.yml': 'include: [i0.yml, i0.yml]' };
    for (let index = 0; index < 12; index++)
      files[`/i${String(index)}.yml`] = `include: [i${String(index + 1)}.yml, i${String(index + 1)}.yml]`;
    files['/i12.yml'] = 'services: {a: {image: x}}';
    expect((await gapsIn(files)).join()).toContain('name one another');
  });
});

describe('any bytes', () => {
  const word = fc.constantFrom(
    'services',
    'web',
    'image',
    'x',
    'ports',
    'volumes',
    'extends',
    'include',
    '<<',
    '__proto__',
    '${A',
    '${A:-b}',
    'file',
    'service',
    'environment',
    'env_file',
    'deploy',
    'networks',
    'build',
  );
  const yaml = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, depthIdentifier: 'yaml' },
      word,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(word, tie('value'), { maxKeys: 5 }),
    ),
  })).value;
  const shaped = fc
    .dictionary(word, fc.dictionary(word, yaml, { maxKeys: 6 }), { minKeys: 1, maxKeys: 3 })
    .map((services) => JSON.stringify({ services, include: ['b.yml'] }));
  const line = fc.constantFrom(
    'services:',
    '  web:',
    '    image: x',
    ' - &a',
    '*a',
    '<<: *a',
    '!reset',
    '{',
    '}',
    '"',
    '{{ x }}',
    '\t',
    '---',
    '? ',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    yaml.map((value) => JSON.stringify(value)),
    shaped,
    fc.array(line).map((lines) => lines.join('\n')),
  );

  test('evidence, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(text, text, fc.string(), async (one, two, environment) => {
        const evidence = await composeIn({
          '/compose.yml': one,
          '/b.yml': two,
          '/compose.x.yml': two,
          '/.env': environment,
        });
        expect(evidence).toMatchObject({ state: 'known' });
      }),
      { numRuns: 400 },
    );
  });
});
