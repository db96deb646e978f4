import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { factReader } from '../../../src/engine/fact.ts';
import { envFilesFact } from '../../../src/facts/workloads/env-files.ts';
import { gapsOf } from '../../../src/host/evidence.ts';
import { directoryHost } from '../../../src/host/directory.ts';
import { dockerContainer, idOf } from '../../harness/docker-container.ts';
import { memoryHost } from '../../harness/memory-host.ts';
import { temporaryDirectory } from '../../harness/temporary-directory.ts';

const socket = '/run/docker.sock';
const label = (name: string) => `com.docker.compose.project.${name}`;

async function evidenceOn(labels: Readonly<Record<string, string>>, files: Readonly<Record<string, string>>) {
  const container = dockerContainer('web', { config: { Labels: labels } });
  const bodies = {
    '/info': { ServerVersion: '28.5.1', DefaultRuntime: 'runc', DockerRootDir: '/var/lib/docker' },
    '/containers/json?all=1': [{ Id: idOf('web'), Names: ['/web'] }],
    [`/containers/${idOf('web')}/json`]: container,
    '/volumes': { Volumes: [] },
    '/networks': [],
  };
  const host = await memoryHost({
    files: {
      '/proc/1/cmdline': '/sbin/init\0',
      '/proc/1/status': 'Name:\tsystemd\nUid:\t0\t0\t0\t0\n',
      '/proc/42/cmdline': 'dockerd\0',
      '/proc/42/status': 'Name:\tdockerd\nUid:\t0\t0\t0\t0\n',
      ...files,
    },
    recording: { [socket]: { stat: { type: 'socket', mode: 0o660, uid: 0, gid: 103, size: 0, mtime: 0 } } },
    gets: Object.entries(bodies).map(([path, body]) => ({ socket, path, body: JSON.stringify(body) })),
  });
  return factReader(host)(envFilesFact);
}

async function onMachine(...has: Parameters<typeof evidenceOn>) {
  const evidence = await evidenceOn(...has);
  if (evidence.state === 'unknown') throw new Error(evidence.detail);
  return evidence.value;
}

const project = temporaryDirectory();
for (const path of ['.env', '.env.example', 'a/.env.production', 'a/env.txt', 'b/prod.env', 'b/sample.env']) {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), 'API_KEY=abcdefghijkl\n');
}

describe('env files', () => {
  test('of the compose project that a container is of: .env, --env-file, env_file', async () => {
    const found = await onMachine(
      {
        [label('working_dir')]: '/srv/chat',
        [label('config_files')]: '/srv/chat/compose.yml',
        [label('environment_file')]: '/srv/secrets.env',
      },
      {
        '/srv/chat/compose.yml':
          'services:\n  web:\n    image: x\n    env_file: [web.env, {path: ./more.env, required: false}, "${X}.env", absent.env]\n  db: {env_file: ../db.env}\n',
        '/srv/chat/.env': 'API_KEY=<masked>\nPORT=80\n',
        '/srv/chat/web.env': 'PORT=80\n',
        '/srv/chat/more.env': '# x\nexport DB_PASSWORD=<masked:well-known>\n',
        '/srv/db.env': '',
        '/srv/secrets.env': '',
      },
    );
    expect(
      found.map(({ path, secrets }) => [path, secrets.state === 'known' ? secrets.value : null]),
    ).toEqual([
      ['/srv/chat/.env', [{ name: 'API_KEY', line: 1 }]],
      ['/srv/chat/more.env', [{ name: 'DB_PASSWORD', line: 2 }]],
      ['/srv/chat/web.env', []],
      ['/srv/db.env', []],
      ['/srv/secrets.env', []],
    ]);
    const [first] = found;
    expect(first?.place.kind === 'machine' ? first.place.directories.map(({ path }) => path) : []).toEqual([
      '/srv',
      '/srv/chat',
    ]);
  });

  test.each<[string, Readonly<Record<string, string>>, string | null]>([
    ['is gone', {}, 'it is gone'],
    ['does not parse', { 'compose.yml': 'services: [' }, 'it does not parse'],
    ['is another thing', { 'compose.yml': 'services: {web: {env_file: 5}}' }, 'it does not parse'],
    ['includes others', { 'compose.yml': 'include: [other.yml]\n' }, 'what it includes or extends'],
    [
      'extends another',
      { 'compose.yml': 'services: {web: {extends: {file: base.yml, service: web}}}\n' },
      'what it includes or extends',
    ],
    ['extends itself', { 'compose.yml': 'services: {web: {extends: base}, base: null}\n' }, null],
    ['is whole', { 'compose.yml': 'services: {web: {image: x}}\n' }, null],
  ])('a compose file that %s', async (_, files, gap) => {
    const labels = { [label('working_dir')]: '/srv/chat', [label('config_files')]: '/srv/chat/compose.yml' };
    const at = Object.entries(files).map(([name, text]) => [`/srv/chat/${name}`, text] as const);
    const gaps = gapsOf(await evidenceOn(labels, Object.fromEntries(at)));
    expect(gaps).toEqual(
      gap === null ? [] : [expect.stringMatching(`^which env_file /srv/chat/compose.yml names.*${gap}`)],
    );
  });

  test('none for a container that no compose file made', async () => {
    expect(await onMachine({}, { '/.env': 'API_KEY=<masked>\n' })).toEqual([]);
  });

  test('in a project, examples left out', async () => {
    const evidence = await factReader(directoryHost('project', project, new Date()))(envFilesFact);
    expect(evidence).toMatchObject({
      state: 'known',
      value: ['/.env', '/a/.env.production', '/b/prod.env'].map((path) => ({
        path,
        place: { kind: 'project', tracked: { state: 'unknown' } },
      })),
    });
  });
});
