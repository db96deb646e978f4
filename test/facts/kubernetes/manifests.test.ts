import { describe, expect, test } from '@jest/globals';
import { deployment, readManifests, readProject } from '../../harness/manifests.ts';

const pod = (name: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {containers: [{name: c, image: i}]}\n`;

describe('which files hold manifests', () => {
  test('every YAML and JSON file, every document, every item of a list', async () => {
    const { manifests, gaps } = await readProject({
      'a.yaml': `---\n# only a comment\n---\n${pod('one')}--- \n${pod('two')}`,
      'deep/down/b.yml': `apiVersion: v1\nkind: List\nitems:\n- ${pod('three').replaceAll('\n', '\n  ')}`,
      'c.json': deployment(),
      'd.txt': pod('none'),
    });
    expect(manifests.map(({ name }) => name)).toEqual(['one', 'two', 'app', 'three']);
    expect(gaps).toEqual([]);
  });

  test.each([
    ['compose', 'services: {web: {image: nginx}}'],
    ['a workflow', 'on: push\njobs: {x: {runs-on: ubuntu, steps: [{run: "kubectl apply"}]}}'],
    ['a playbook', '- hosts: all\n  tasks: [{shell: "echo {{ x }}"}]'],
    ['broken YAML of somebody else', 'a: [\nb: }'],
    ['kinds without pods', 'apiVersion: v1\nkind: Namespace\nmetadata: {name: x}'],
    [
      'a definition of a kind',
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: {containers: [{image: x}]}',
    ],
    ['a chart', 'apiVersion: v2\nname: x\nversion: 1.0.0'],
    [
      'alert rules with expressions of their own',
      'apiVersion: v1\nkind: ConfigMap\ndata: {a: "{{ $labels.x }}"}',
    ],
  ])('%s is no gap', async (_, text) => {
    const { workloads, gaps } = await readManifests(text);
    expect({ workloads, gaps }).toEqual({ workloads: [], gaps: [] });
  });
});

describe('what cannot be read is named', () => {
  test.each([
    ['broken YAML', 'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - a: 1\n   - b\n', 'k8s.yaml:6:'],
    [
      'a template',
      'apiVersion: v1\nkind: Pod\nspec: {{ .Values.x }}\n  a: b\n',
      'until its {{ … }} are filled in',
    ],
    [
      'a wrong type',
      pod('x').trim().replace('image: i}', 'image: i, securityContext: {privileged: maybe}}'),
      'k8s.yaml:4:59: the pod of Pod x is none that a cluster takes (spec.containers[0].securityContext.privileged',
    ],
    ['no containers', 'apiVersion: v1\nkind: Pod\nmetadata: {name: x}', 'none that a cluster takes'],
    [
      'a kind of somebody else with containers',
      'apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: r}\nspec: {template: {spec: {containers: [{image: x}]}}}',
      'the Rollout r (argoproj.io/v1alpha1) are not read',
    ],
    [
      'an item of a list without a kind',
      'apiVersion: v1\nkind: List\nitems: [{spec: {containers: [{image: x}]}}]',
      'k8s.yaml:3:9: the containers of the object unnamed (v1) are not read',
    ],
    [
      'an application from a chart',
      'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec: {source: {chart: x}}',
      'the Application a deploys',
    ],
    [
      'a Kustomization of Flux that patches',
      'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\nspec: {patches: [{patch: x}]}',
      'the Kustomization a changes',
    ],
    [
      'a release',
      'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: r}',
      'k8s.yaml:1:1: the HelmRelease r installs',
    ],
    ['an alias of itself', 'apiVersion: v1\nkind: Pod\nspec: &a {x: *a}', 'aliases'],
    [
      'aliases that multiply',
      `apiVersion: v1\nkind: Pod\na: &a [x,x,x,x,x,x,x,x]\n${'bcdefgh'
        .split('')
        .map((key, index) => `${key}: &${key} [${`*${'abcdefg'[index] ?? ''},`.repeat(8)}]`)
        .join('\n')}`,
      'k8s.yaml:1:1',
    ],
    ['nesting without end', `apiVersion: v1\nkind: Pod\na: ${'['.repeat(60_000)}`, 'k8s.yaml:'],
    [
      'an image without a name',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: c}]}',
      'none is named',
    ],
    ['an image whose name is left open', pod('x').replace('image: i', 'image: "${IMAGE}"'), '(${IMAGE})'],
  ])('%s', async (_, text, expected) => {
    const { gaps } = await readManifests(text);
    expect(gaps.join('\n')).toContain(expected);
    expect(gaps).toHaveLength(1);
  });

  test('a broken document hides no other', async () => {
    const { workloads, gaps } = await readManifests(`apiVersion: v1\nkind: Pod\na: [\n---\n${pod('x')}`);
    expect(workloads.map(({ name }) => name)).toEqual(['x/c']);
    expect(gaps).toHaveLength(1);
  });

  test('files that are too large; of data in JSON only where there are manifests', async () => {
    const large = { 'big.yaml': null, 'tokenizer.json': null };
    expect((await readProject(large)).gaps).toEqual(['/big.yaml is larger than 4194304 bytes']);
    expect((await readProject({ ...large, 'a.yaml': pod('x') })).gaps).toHaveLength(2);
  });
});

test('items of a typed list are of its kind; an application from a directory of the project leaves nothing open', async () => {
  const { workloads, gaps } = await readProject({
    'apps/x/list.yaml':
      'apiVersion: v1\nkind: PodList\nitems: [{metadata: {name: x}, spec: {containers: [{name: c, image: i}]}}]',
    'argo.yaml':
      'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec: {source: {path: apps/x}}',
    'flux.yaml':
      'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\nspec: {path: ./apps}',
  });
  expect(workloads.map(({ name }) => name)).toEqual(['x/c']);
  expect(gaps).toEqual([]);
});

describe('Helm', () => {
  test('templates of a chart are named, whatever they look like; what they rendered to is read', async () => {
    const { workloads, gaps } = await readProject({
      'chart/Chart.yaml': 'apiVersion: v2\nname: x',
      'chart/values.yaml': 'image: x',
      'chart/templates/a.yaml': pod('{{ .Release.Name }}'),
      'chart/templates/plain.yaml': pod('plain'),
      'rendered.yaml': `---\n# Source: chart/templates/a.yaml\n${pod('x')}`,
    });
    expect(workloads.map(({ name }) => name)).toEqual(['plain/c', 'x/c']);
    expect(gaps).toEqual([expect.stringContaining('chart (chart/templates/a.yaml)')]);
  });
});

describe('Kustomize', () => {
  const base = {
    'base/kustomization.yaml': 'namespace: llm\nnamePrefix: x-\nresources: [pod.yaml]',
    'base/pod.yaml': pod('x'),
  };

  test('a list of files, with a namespace and names, leaves nothing open', async () => {
    const { workloads, gaps } = await readProject(base);
    expect(workloads).toHaveLength(1);
    expect(gaps).toEqual([]);
  });

  test.each([
    ['patches: [{path: patch.yaml}]', 'patches'],
    ['patchesStrategicMerge: [patch.yaml]', 'patchesStrategicMerge'],
    ['images: [{name: i, newTag: latest}]', 'images'],
    ['configMapGenerator: [{name: x, literals: [A=b]}]', 'configMapGenerator'],
    ['helmCharts: [{name: x}]', 'helmCharts'],
    ['resources: [https://example.com/x]', 'https://example.com/x'],
    ['resources: [../gone]', '../gone'],
    ['patches: {', 'over/kustomization.yaml:1:'],
  ])('%s', async (kustomization, expected) => {
    const { workloads, gaps } = await readProject({
      ...base,
      'over/kustomization.yaml': kustomization,
      ...(kustomization.includes('patch.yaml') ? { 'over/patch.yaml': pod('part') } : {}),
    });
    expect(workloads.map(({ name }) => name)).toEqual(['x/c']);
    expect(gaps).toEqual([expect.stringContaining(expected)]);
  });
});
