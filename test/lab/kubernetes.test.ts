import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { readDocuments } from '../../src/facts/kubernetes/yaml-text.ts';
import { command } from './command.ts';

/** Manifests are read as kubectl reads them; `--local` asks no cluster. */

const version = await command(['kubectl', 'version', '--client']).catch(() => ({ exitCode: 127 }));
const isHere = version.exitCode === 0;
if (!isHere) process.stderr.write('kubernetes: skipped, there is no kubectl\n');

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aisec-kubectl-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** What kubectl makes of a text's one object; `null` where it refuses it. */
async function theirs(text: string): Promise<unknown> {
  const file = join(directory, 'm.yaml');
  await writeFile(file, text);
  const said = await command(['kubectl', 'annotate', '--local', '-f', file, '-o', 'json', 'aisec=x']);
  return said.exitCode === 0 ? (JSON.parse(said.stdout) as { data: unknown }).data : null;
}

function ours(text: string): unknown {
  const [document] = readDocuments(text);
  if (document === undefined || 'problem' in document) return null;
  return JSON.parse(JSON.stringify((document.value as { data: unknown }).data));
}

const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n';
const character = fc.constantFrom(...'0123456789.eE+-_xobXOByntrufals~:'.split(''));
const plain = fc
  .string({ unit: character, minLength: 1, maxLength: 6 })
  // Indicators, documents, and numbers that no machine type holds.
  .filter((text) => !/^[-?:](?:[\s,]|$)|:$|^[:?]|^---|^-:|e[-+]?\d{3}|E[-+]?\d{3}/.test(text));
const known = fc.constantFrom(
  ...[
    'yes',
    'No',
    'ON',
    'off',
    'y',
    'N',
    '~',
    'null',
    'NULL',
    '0755',
    '0o17',
    '0x1F',
    '1_000',
    '1e3',
    '.5',
    '1:30',
  ],
  ...[
    '2001-01-01',
    '+1',
    '08',
    '09.5',
    '0b11',
    '"yes"',
    "'no'",
    '1.',
    'tRue',
    'True',
    '=',
    'e2',
    '.e3',
    '-0o7',
    '0b2',
  ],
);

(isHere ? describe : describe.skip)('kubectl', () => {
  test('scalars', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(plain, known), { minLength: 100, maxLength: 400 }),
        async (scalars) => {
          const text = `${head}data:\n${scalars.map((scalar) => `- ${scalar}\n`).join('')}`;
          const [said, read] = [await theirs(text), ours(text)] as [unknown[], unknown[]];
          const differing = scalars.flatMap((scalar, index) =>
            JSON.stringify(said[index]) === JSON.stringify(read[index])
              ? []
              : [{ scalar, said: said[index], read: read[index] }],
          );
          expect(differing).toEqual([]);
        },
      ),
      { numRuns: 20 },
    );
  });

  test('structures', async () => {
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'grapheme-ascii' }),
        fc.integer(),
        fc.boolean(),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(fc.string({ unit: 'grapheme-ascii', minLength: 1 }), tie('tree'), { maxKeys: 4 }),
      ),
    }));
    const style = fc.record({
      collectionStyle: fc.constantFrom('any', 'block', 'flow'),
      defaultStringType: fc.constantFrom(
        'PLAIN',
        'QUOTE_DOUBLE',
        'QUOTE_SINGLE',
        'BLOCK_LITERAL',
        'BLOCK_FOLDED',
      ),
      lineWidth: fc.constantFrom(0, 30, 80),
      version: fc.constant('1.1'),
    } as const);
    await fc.assert(
      fc.asyncProperty(tree, style, async (data, options) => {
        const text = head + stringify({ data: { in: data } }, options);
        expect({ text, read: ours(text) }).toEqual({ text, read: await theirs(text) });
      }),
      { numRuns: 100 },
    );
  });

  test.each([
    'data: {a: 1, a: 2}',
    'data: {a: &x {b: 1, c: 2}, d: {<<: *x, b: 3}}',
    'data: {a: &x {b: 1}, e: &y {b: 2}, d: {<<: [*x, *y]}}',
    'data: {a: &x [1], b: *x}',
    'data:\n  a: |\n    x\n     y\n\n  b: >-\n    x\n    y',
    'data: {a: !!str 1, b: !!int "2"}',
    'data: {? a : b}',
    'data: {1: a, yes: b}',
    'data: "a\\u0041\\n"',
    'data: {a: }',
    'data: [a\n]',
    'data: {',
    'data:\n\ta: 1',
    'data: *gone',
  ])('%s', async (rest) => {
    const text = head + rest;
    expect(ours(text)).toEqual(await theirs(text));
  });
});
