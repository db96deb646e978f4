import { describe, expect, test } from '@jest/globals';
import { withDefinitions } from '../../../src/facts/compose/definitions.ts';
import { resolveComposeProject } from '../../../src/facts/compose/project.ts';
import { composeCommand } from '../../../src/facts/workloads/compose-command.ts';
import { workload } from '../../harness/docker-workload.ts';
import { memoryHost } from '../../harness/memory-host.ts';

const host = await memoryHost({
  files: {
    '/srv/compose.yml': 'services:\n  web:\n    image: x:${TAG}\n',
    '/srv/prod.yml': 'services:\n  web:\n    restart: always\n',
    '/srv/prod env': 'TAG=2\n',
    '/etc/more.env': 'TAG=3\n',
  },
});

/** The command of a container that Compose made of `web`, with these labels besides. */
async function commandOf(project: Readonly<Record<string, string>>, engine = '/run/docker.sock') {
  const labels = { working_dir: '/srv', config_files: '/srv/compose.yml', ...project };
  const Labels: Record<string, string> = { 'com.docker.compose.service': 'web' };
  for (const [name, value] of Object.entries(labels))
    Labels[`com.docker.compose.project${name === '' ? '' : `.${name}`}`] = value;
  const made = workload('one', { config: { Labels } });
  const [defined = made] = await withDefinitions(host, [{ ...made, engine }]);
  return composeCommand(defined)?.join(' ');
}

describe('a container that Compose made', () => {
  test.each([
    ['of an old version, which told no project', {}, 'docker compose -f /srv/compose.yml'],
    ['of a project with a name', { '': 'ai' }, 'docker compose -p ai -f /srv/compose.yml'],
    [
      'of several files',
      { '': 'ai', config_files: '/srv/compose.yml,/srv/prod.yml' },
      'docker compose -p ai -f /srv/compose.yml -f /srv/prod.yml',
    ],
    [
      'in another directory than its first file’s',
      { '': 'ai', working_dir: '/' },
      'docker compose -p ai --project-directory / -f /srv/compose.yml',
    ],
    [
      'with variables of files',
      { '': 'ai', environment_file: '/srv/prod env,/etc/more.env' },
      'docker compose -p ai --env-file /srv/prod env --env-file /etc/more.env -f /srv/compose.yml',
    ],
    [
      'with a file of variables that Compose v1 names from the project’s directory',
      { '': 'ai', environment_file: 'prod env' },
      'docker compose -p ai --env-file /srv/prod env -f /srv/compose.yml',
    ],
  ])('%s', async (_, labels, expected) => {
    expect(await commandOf(labels)).toBe(expected);
  });

  test('of a user’s own engine is made anew there', async () => {
    expect(await commandOf({ '': 'ai' }, '/run/user/1000/docker.sock')).toBe(
      'docker -H unix:///run/user/1000/docker.sock compose -p ai -f /srv/compose.yml',
    );
  });

  test('from files that are gone has none', async () => {
    expect(await commandOf({ environment_file: '/srv/gone.env' })).toBeUndefined();
  });
});

test('a service of a file in a repository leaves the project’s name to Compose', async () => {
  const { services } = await resolveComposeProject(host, ['/srv/compose.yml', '/srv/prod.yml'], '/srv');
  const service = services.get('web');
  expect(service === undefined ? null : composeCommand(service)?.join(' ')).toBe(
    'docker compose -f /srv/compose.yml -f /srv/prod.yml',
  );
});

test('what Podman has is not made anew by Docker', async () => {
  const made = workload('one', {
    config: {
      Labels: {
        'com.docker.compose.service': 'web',
        'com.docker.compose.project.config_files': '/srv/compose.yml',
      },
    },
  });
  const [defined = made] = await withDefinitions(host, [{ ...made, source: 'podman' }]);
  expect(composeCommand(defined)).toBeUndefined();
});
