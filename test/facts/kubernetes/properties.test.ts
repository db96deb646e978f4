import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseAllDocuments, stringify } from 'yaml';
import { hostileText } from '../../harness/hostile.ts';
import { deployment, readManifests, readProject } from '../../harness/manifests.ts';

/** Whatever a repository holds, it is read or named, and nothing throws. */

const word = fc.oneof(
  fc.string({ unit: 'binary' }),
  hostileText,
  fc.constantFrom(
    'yes',
    'true',
    '0',
    '1Gi',
    '${X}',
    '{{ x }}',
    '*a',
    '&a',
    '<<',
    '---',
    '__proto__',
    'constructor',
  ),
);
const names = [
  ...[
    'apiVersion',
    'kind',
    'metadata',
    'spec',
    'template',
    'containers',
    'initContainers',
    'items',
    'name',
    'image',
  ],
  ...[
    'securityContext',
    'privileged',
    'capabilities',
    'add',
    'volumes',
    'hostPath',
    'volumeMounts',
    'env',
    'limits',
  ],
  ...['resources', 'labels', 'annotations', 'ports', 'data', 'patches', '__proto__', 'toString', '<<'],
];
const scalar = fc.oneof(word, fc.integer(), fc.double(), fc.boolean(), fc.constant(null));
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    scalar,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...names), word), tie('tree'), { maxKeys: 5 }),
  ),
}));
const kind = fc.constantFrom(
  'Pod',
  'Deployment',
  'CronJob',
  'List',
  'Service',
  'NetworkPolicy',
  'ConfigMap',
  'LimitRange',
  'Rollout',
);
const apiVersion = fc.constantFrom('v1', 'apps/v1', 'batch/v1', 'networking.k8s.io/v1', 'x/y/z', '');

describe('any text', () => {
  test('of any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 400 }), async (text) => {
        await readManifests(`apiVersion: v1\nkind: Pod\n${text}`);
      }),
    );
  });

  test('pieces of YAML in any order', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '\n',
        '\n  ',
        '\n    - ',
        ': ',
        '- ',
        '{',
        '}',
        '[',
        ']',
        ',',
        '|',
        '>',
        '"',
        "'",
        '#',
        '\t',
        '%YAML 1.2\n',
        '...\n',
        '---\n',
        '!!set ',
        '? ',
      ),
      fc.constantFrom(...names),
      word,
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 40 }), async (pieces) => {
        await readProject({
          'a.yaml': `apiVersion: v1\nkind: Pod\n${pieces.join('')}`,
          'b/kustomization.yaml': pieces.join(''),
        });
      }),
    );
  });

  test('objects of any shape are read, or named with file, line and column', async () => {
    await fc.assert(
      fc.asyncProperty(apiVersion, kind, tree, tree, async (version, name, spec, metadata) => {
        const text = stringify({ apiVersion: version, kind: name, metadata, spec, items: spec, data: spec });
        const { gaps, workloads, pods } = await readManifests(text);
        for (const gap of gaps) expect(gap).toMatch(/^k8s\.yaml:[1-9]\d*:[1-9]\d*: /);
        expect(new Set(workloads.map((each) => each.name)).size).toBe(workloads.length);
        expect(new Set(pods.map((each) => each.name)).size).toBe(pods.length);
      }),
    );
  });
});

test('a pod is judged or named, never lost, and never said to be safer than it is', async () => {
  const flag = fc.constantFrom(true, false, null, 'true', 'yes', undefined);
  await fc.assert(
    fc.asyncProperty(flag, flag, flag, async (privileged, hostPID, escalation) => {
      const text = deployment(
        { securityContext: { privileged, allowPrivilegeEscalation: escalation } },
        { hostPID },
      );
      const { workloads, gaps } = await readManifests(text);
      expect(workloads.length + gaps.length).toBe(1);
      const isRefused = [privileged, hostPID, escalation].some((value) => typeof value === 'string');
      expect(gaps.length).toBe(isRefused ? 1 : 0);
      if (isRefused) return;
      expect(workloads[0]).toMatchObject({
        privileged: privileged === true,
        namespaces: { pid: hostPID === true ? 'host' : 'private' },
        confinement: { noNewPrivileges: escalation === false && privileged !== true },
      });
    }),
  );
});

test('any value anywhere in a whole manifest', async () => {
  const whole = parseAllDocuments(
    readFileSync('fixtures/projects/kubernetes/files/hardened/ollama.yaml', 'utf8'),
  );
  const objects = whole.map((document) => document.toJS() as unknown);
  const paths = objects.flatMap((object, index) => pathsOf(object).map((path) => [index, ...path]));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), tree, async (path, value) => {
      const changed = structuredClone(objects) as Record<string | number, unknown>[];
      put(changed, path, value);
      const { workloads, gaps, services } = await readManifests(
        changed.map((object) => JSON.stringify(object)).join('\n---\n'),
      );
      const [pod] = changed;
      const isStill = isObject(pod) && pod.apiVersion === 'apps/v1' && pod.kind === 'Deployment';
      if (isStill) expect(workloads.length + gaps.length).toBeGreaterThan(0);
      expect(services.length).toBeLessThanOrEqual(1);
      for (const { places } of workloads) {
        for (const { line, column } of places.values()) expect(Math.min(line, column)).toBeGreaterThan(0);
      }
    }),
    { numRuns: 300 },
  );
});

function isObject(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}

function pathsOf(value: unknown): (string | number)[][] {
  if (!isObject(value)) return [];
  const keys: (string | number)[] = Array.isArray(value)
    ? value.map((_, index) => index)
    : Object.keys(value);
  return keys.flatMap((key) => [[key], ...pathsOf(value[key]).map((path) => [key, ...path])]);
}

function put(root: unknown, path: readonly (string | number)[], value: unknown): void {
  const [key, ...rest] = path;
  if (!isObject(root) || key === undefined) return;
  if (rest.length === 0) root[key] = value;
  else put(root[key], rest, value);
}

test('hostile sizes end', async () => {
  const many = Array.from({ length: 30_000 }, (_, index) => `  k${String(index)}: v`).join('\n');
  const { manifests, gaps } = await readProject({
    'keys.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n${many}`,
    'documents.yaml': 'apiVersion: v1\nkind: Namespace\n---\n'.repeat(3000),
    'large.yaml': `apiVersion: v1\nkind: ConfigMap\ndata:\n  a: ${'x'.repeat(2 ** 21)}`,
  });
  expect(manifests).toHaveLength(3001);
  expect(gaps).toEqual([expect.stringContaining('large.yaml:1:1')]);
});
