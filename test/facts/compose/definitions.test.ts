import { expect, test } from '@jest/globals';
import { withDefinitions } from '../../../src/facts/compose/definitions.ts';
import { workload } from '../../harness/docker-workload.ts';
import { memoryHost } from '../../harness/memory-host.ts';

const labels = (service: string, files = '/srv/compose.yml') => ({
  'com.docker.compose.service': service,
  'com.docker.compose.project.config_files': files,
  'com.docker.compose.project.working_dir': '/srv',
});

const host = await memoryHost({
  files: {
    '/srv/compose.yml': 'services:\n  web:\n    image: x:${TAG}\n    privileged: true\n',
    '/srv/.env': 'TAG=2\n',
    '/srv/prod.env': 'TAG=3\n',
    '/srv/more/.env': 'TAG=4\n',
  },
});

async function definitionOf(of: Readonly<Record<string, string>>) {
  const [made] = await withDefinitions(host, [workload('one', { config: { Labels: of } })]);
  return made?.definition;
}

test('a container that Compose made has the service that its files describe now', async () => {
  expect(await definitionOf(labels('web'))).toMatchObject({
    because: null,
    service: { image: { reference: 'x:2' }, privileged: true },
  });
  const place = (await definitionOf(labels('web')))?.service?.places.get('privileged');
  expect(place).toEqual({ file: '/srv/compose.yml', line: 4, column: 5 });
});

test.each([
  ['a service that is not there any more', labels('gone'), /has no service gone any more/],
  [
    'a file of variables that is not there any more',
    { ...labels('web'), 'com.docker.compose.project.environment_file': '/srv/gone.env' },
    /^\/srv\/gone.env is not there any more/,
  ],
  ['files that are not there any more', labels('web', '/old/compose.yml'), /is not there any more/],
])('%s is said', async (_, of, because) => {
  const definition = await definitionOf(of);
  expect(definition?.service).toBeNull();
  expect(definition?.because).toMatch(because);
});

test('what was made from standard input is not known', async () => {
  const definition = await definitionOf(labels('web', '-'));
  expect(definition).toMatchObject({
    service: null,
    because: 'standard input is what Compose made it from',
  });
});

test.each([
  ['/srv/prod.env', 'x:3'],
  ['/srv/prod.env,/srv/more/.env', 'x:4'],
])('variables of the files that --env-file named stand in place of .env: %s', async (files, reference) => {
  const definition = await definitionOf({
    ...labels('web'),
    'com.docker.compose.project.environment_file': files,
  });
  expect(definition?.service?.image.reference).toBe(reference);
});

test('what `docker compose run` made has no file', async () => {
  expect(await definitionOf({ ...labels('web'), 'com.docker.compose.oneoff': 'True' })).toBeUndefined();
});

test('a container of nobody’s file has none', async () => {
  expect(await definitionOf({})).toBeUndefined();
});
