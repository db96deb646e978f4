import { expect, test } from '@jest/globals';
import { judged, workloadsIn } from '../../harness/repository.ts';
import { temporaryDirectory } from '../../harness/temporary-directory.ts';

const root = temporaryDirectory();
const quadlet = '[Container]\nContainerName=web\nImage=img:1\nPodmanArgs=--privileged\n';

test('a repository’s containers of one name are all there, and told apart by their files', async () => {
  const { workloads } = await workloadsIn(root, {
    'compose.yaml': 'services: { web: { image: "img:1" } }\n',
    'quadlet/web.container': quadlet,
    'quadlet/side.container': '[Container]\nImage=img:1\nNetwork=web.container\n',
    'other/web.container': quadlet,
    'units/ollama.service':
      '[Service]\nExecStart=/usr/bin/docker run --name web --privileged ollama/ollama:1\n',
  });
  expect(workloads.map(({ name, namespaces }) => [name, namespaces.network])).toEqual([
    ['systemd-side', 'container:web (quadlet/web.container)'],
    ['web', 'project_default'],
    ['web (other/web.container)', 'bridge'],
    ['web (quadlet/web.container)', 'bridge'],
    ['web (units/ollama.service)', 'bridge'],
  ]);
  expect(judged('privileged-container', workloads).map(({ outcome }) => outcome)).toEqual([
    ...['pass', 'pass', 'fail', 'fail', 'fail'],
  ]);
});

test('two units without anything else are told apart too', async () => {
  const run = 'ExecStart=/usr/bin/docker run --name web ollama/ollama:1\n';
  const { workloads } = await workloadsIn(root, {
    'ollama.service': `[Service]\n${run}`,
    'a/ollama.service': `[Service]\n${run}`,
  });
  expect(workloads.map(({ name }) => name)).toEqual(['web (a/ollama.service)', 'web (ollama.service)']);
});
