import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { gapsOf } from '../../../src/host/evidence.ts';
import { resolveComposeProject } from '../../../src/facts/compose/project.ts';
import type { Files } from '../../harness/compose.ts';
import { composeUnder, gapsIn, service, web, workloadsIn } from '../../harness/compose.ts';
import { memoryHost } from '../../harness/memory-host.ts';
import { temporaryDirectory } from '../../harness/temporary-directory.ts';

describe('names of networks and images', () => {
  test.each<[string, Files, object]>([
    [
      'the root',
      { '/compose.yml': 'services: {w: {build: .}}' },
      { networks: ['project_default'], image: { reference: 'w', built: true } },
    ],
    [
      'a directory',
      { '/My.App/compose.yml': 'services: {w: {build: .}}' },
      { networks: ['myapp_default'], image: { reference: 'myapp-w', built: true } },
    ],
    [
      'name',
      { '/a/compose.yml': 'name: n\nservices: {w: {build: ., image: i:1}}' },
      { networks: ['n_default'], image: { reference: 'i:1', built: false } },
    ],
    [
      'an image that is never pulled',
      { '/a/compose.yml': 'services: {w: {build: ., image: i:1, pull_policy: build}}' },
      { image: { reference: 'i:1', built: true } },
    ],
    [
      'keys that are words of the engine',
      {
        '/compose.yml':
          'services: {w: {image: x, ports: ["80:80"], networks: [none, host]}}\nnetworks: {none: , host: }',
      },
      {
        networks: ['project_host', 'project_none'],
        publishes: [{ containerPort: 80 }, { containerPort: 80 }],
        unsettled: new Map(),
      },
    ],
    [
      'the host’s network as an external one',
      {
        '/compose.yml':
          'services: {w: {image: x, networks: [h]}}\nnetworks: {h: {name: host, external: true}}',
      },
      { networks: ['host'], namespaces: { network: 'host' } },
    ],
    [
      'COMPOSE_PROJECT_NAME',
      {
        '/a/.env': 'COMPOSE_PROJECT_NAME=e',
        '/a/compose.yml': 'name: n\nservices: {w: {image: "${COMPOSE_PROJECT_NAME}"}}',
      },
      { networks: ['e_default'] },
    ],
    [
      'networks',
      {
        '/a/compose.yml':
          'services: {w: {image: x, networks: [b, c]}}\nnetworks: {b: {name: own}, c: {external: true}}',
      },
      { networks: ['c', 'own'], openNetworks: [{ name: 'c', kind: null }] },
    ],
    [
      'macvlan',
      { '/a/compose.yml': 'services: {w: {image: x, networks: {b: }}}\nnetworks: {b: {driver: macvlan}}' },
      { networks: ['a_b'], openNetworks: [{ name: 'a_b', kind: 'macvlan' }] },
    ],
    [
      'public IPv6',
      {
        '/a/compose.yml':
          'services: {w: {image: x, networks: [b]}}\nnetworks: {b: {enable_ipv6: true, ipam: {config: [{subnet: "2001:db8::/64"}]}}}',
      },
      { openNetworks: [{ name: 'a_b', kind: 'bridge with public IPv6 addresses' }] },
    ],
    [
      'the engine’s bridge',
      { '/a/compose.yml': 'services: {w: {image: x, network_mode: bridge}}' },
      { networks: ['bridge'], namespaces: { network: 'bridge' } },
    ],
    [
      'none',
      { '/a/compose.yml': 'services: {w: {image: x, network_mode: none}}' },
      { networks: ['none'], namespaces: { network: 'none' } },
    ],
  ])('%s', async (_, files, expected) => {
    expect(Object.values(await workloadsIn(files))).toMatchObject([expected]);
  });
});

describe('merging', () => {
  const merged = async (base: string, over: string) =>
    (
      await workloadsIn({
        '/compose.yml': web(base),
        '/compose.override.yml': `services:\n  web:\n    ${over}\n`,
      })
    ).web;

  test.each<[string, string, object]>([
    ['environment: {A: 1, B: 2}', 'environment: [B=3, C=4]', { environment: { A: '1', B: '3', C: '4' } }],
    ['command: [a, b]', 'command: c', { command: ['c'] }],
    ['entrypoint: a', 'entrypoint: ', { command: [] }],
    ['privileged: true', 'privileged: false', { privileged: false }],
    ['privileged: true', 'privileged:', { privileged: true }],
    ['cap_add: [A]', 'cap_add: [B, A]', { capAdd: ['A', 'B'] }],
    [
      'volumes: ["/a:/x", "/b:/y"]',
      'volumes: ["/c:/x:ro"]',
      {
        mounts: [
          { source: '/c', target: '/x', writable: false },
          { source: '/b', target: '/y' },
        ],
      },
    ],
    ['networks: [a]', 'networks: {b: }', { networks: ['project_a', 'project_b'] }],
    [
      'ports: ["80:80"]',
      'ports: !override ["127.0.0.1:80:80"]',
      { publishes: [{ hostAddress: '127.0.0.1' }] },
    ],
    ['ports: ["80:80"]', 'ports: !reset []', { publishes: [] }],
    ['privileged: true', 'privileged: !reset null', { privileged: false }],
    [
      'deploy: {resources: {limits: {memory: 1g}}}',
      'deploy: {resources: {limits: {cpus: "2"}}}',
      { limits: { memoryBytes: 1_073_741_824, cpus: 2 } },
    ],
    ['healthcheck: {test: [CMD, a]}', 'healthcheck: {test: [NONE]}', { healthcheck: 'disabled' }],
    ['build: a\n    pull_policy: build', 'build: {target: b}', { image: { built: true } }],
  ])('%s and %s', async (base, over, expected) => {
    expect(await merged(base, over)).toMatchObject(expected);
  });

  test('anchors, merge keys and x- fields', async () => {
    const { web: found } = await workloadsIn({
      '/compose.yml':
        'x-a: &a\n  privileged: true\n  restart: always\nx-b: &b {restart: "no", user: "7"}\nservices:\n  web:\n    <<: [*a, *b]\n    image: x\n    privileged: false\n',
    });
    expect(found).toMatchObject({ privileged: false, restart: 'always', user: '7' });
    expect(found?.places.get('restart')?.line).toBe(3);
  });

  test('are the same for a file that says it is YAML 1.1', async () => {
    const { web: found } = await workloadsIn({
      '/compose.yml':
        '%YAML 1.1\n---\nx-a: &a {privileged: true}\nservices:\n  web:\n    <<: *a\n    image: x\n    user: 010\n    environment: {ON: y}\n',
    });
    expect(found).toMatchObject({ privileged: true, user: '8', environment: { ON: 'y' } });
  });

  test('several documents of a file are merged', async () => {
    expect(
      (await workloadsIn({ '/compose.yml': `${web('user: "1"')}---\nservices: {web: {user: "2"}}\n` })).web
        ?.user,
    ).toBe('2');
  });
});

describe('extends and include', () => {
  test('another file’s paths start there, what is added comes after, what is reset is gone', async () => {
    const files = {
      '/compose.yml':
        'services:\n  web:\n    extends: {file: base/common.yml, service: b}\n    ports: !reset []\n    cap_add: [B]\n    privileged: false\n',
      '/base/common.yml':
        'services:\n  a: {image: x, volumes: ["./d:/d"], env_file: e.env, pid: host}\n  b: {extends: a, ports: ["80:80"], cap_add: [A], privileged: true}\n',
      '/base/e.env': 'FROM=base\n',
    };
    expect((await workloadsIn(files)).web).toMatchObject({
      publishes: [],
      capAdd: ['A', 'B'],
      privileged: false,
      mounts: [{ source: './base/d' }],
      environment: { FROM: 'base' },
      namespaces: { pid: 'host' },
    });
  });

  test('an included project has its own directory and variables, and the first’s come before', async () => {
    const files = {
      '/compose.yml':
        'include:\n  - path: [inc/compose.yml, inc/more.yml]\n  - {path: other/c.yml, project_directory: ., env_file: other/o.env}\nservices: {web: {image: x}}\n',
      '/.env': 'A=outer\n',
      '/inc/compose.yml': 'services: {in: {image: "i:${A}-${B}", volumes: ["./d:/d"]}}',
      '/inc/more.yml': 'services: {in: {privileged: true}}',
      '/inc/.env': 'A=inner\nB=inner\n',
      '/other/c.yml': 'services: {out: {image: "o:${C}", volumes: ["./d:/d"]}}',
      '/other/o.env': 'C=own\n',
    };
    const found = await workloadsIn(files);
    expect(found['in (compose.yml)'] ?? found.in).toMatchObject({
      image: { tag: 'outer-inner' },
      privileged: true,
      mounts: [{ source: './inc/d' }],
    });
    expect(found.out).toMatchObject({ image: { tag: 'own' }, mounts: [{ source: './d' }] });
  });

  test.each<[string, Files, string]>([
    [
      'extends that lead back',
      { '/compose.yml': 'services: {a: {extends: b, image: x}, b: {extends: a, image: x}}' },
      'which leads back to itself',
    ],
    ['extends of itself', { '/compose.yml': 'services: {a: {extends: a, image: x}}' }, 'leads back'],
    [
      'extends of nothing',
      { '/compose.yml': 'services: {a: {extends: z, image: x}}' },
      'compose.yml:1:25: service a extends z, which is not there',
    ],
    [
      'extends of no file',
      { '/compose.yml': 'services: {a: {extends: {file: z.yml, service: b}, image: x}}' },
      'z.yml is named, and is not there',
    ],
    [
      'extends of a variable',
      { '/compose.yml': 'services: {a: {extends: "${B}", image: x}}' },
      'a variable names',
    ],
    [
      'includes that lead back',
      { '/compose.yml': 'include: [b.yml]\nservices: {a: {image: x}}', '/b.yml': 'include: [compose.yml]' },
      'b.yml: includes itself',
    ],
    [
      'an include from elsewhere',
      { '/compose.yml': 'include: ["https://example.com/a.git"]' },
      'a remote file, which was not read',
    ],
    [
      'an include of two things of one name',
      {
        '/compose.yml': 'include: [b.yml]\nservices: {a: {image: x}}',
        '/b.yml': 'services: {a: {image: y}}',
      },
      'b.yml:1:12: services.a stands in compose.yml:2:12 as well',
    ],
    ['a service that is nothing', { '/compose.yml': 'services: {a: 1}' }, 'service a is no mapping'],
    [
      'a service without image',
      { '/compose.yml': 'services:\n  a: {user: "1"}' },
      'neither an image nor a build',
    ],
    [
      'two forms',
      { '/compose.yml': web('volumes: [a]'), '/compose.override.yml': 'services: {web: {volumes: {b: c}}}' },
      'Compose refuses to merge them',
    ],
    ['a dollar', { '/compose.yml': web('user: "${"') }, 'compose.yml:4:11: ${ that begins no variable'],
    ['.env', { '/compose.yml': web('user: "1"'), '/.env': 'A=1\n!\n' }, '.env: line 2: no variable name'],
  ])('%s is told', async (_, files, sentence) => {
    expect((await gapsIn(files)).join('\n')).toContain(sentence);
  });
});

describe('environment', () => {
  test('files one over the other, values of .env, what is not set', async () => {
    const found = await service(
      'env_file:\n  - a.env\n  - {path: b.env}\n  - {path: none.env, required: false}\n  - {path: raw.env, format: raw}\nenvironment: [OWN=1, FROM_ENV, NONE]',
      {
        files: {
          '/a.env': 'A=1\nB=1\n',
          '/b.env': '\nB=${A}2\nOWN=9\nS_PASSWORD=<masked>\n',
          '/raw.env': "R='$x'\n",
          '/.env': 'FROM_ENV=yes\n',
        },
      },
    );
    expect(found.environment).toEqual({
      A: '1',
      B: '12',
      OWN: '1',
      S_PASSWORD: '<masked>',
      R: "'$x'",
      FROM_ENV: 'yes',
      NONE: '',
    });
    expect(found.places.get('environment B')).toEqual({ file: 'b.env', line: 2, column: 1 });
    expect([...found.unsettled.keys()]).toEqual(['environment NONE']);
  });
});

describe('links', () => {
  const root = temporaryDirectory();
  test('a link in the project leads where it leads, and what is outside is not there', async () => {
    await mkdir(join(root, 'sub'));
    await symlink('/var/run', join(root, 'run'));
    await symlink('../../../etc/hostname', join(root, 'out.env'));
    await writeFile(
      join(root, 'compose.yml'),
      web('volumes: ["./run/docker.sock:/s", "./sub/../run:/r", "./sub:/t"]\n    env_file: out.env'),
    );
    const evidence = await composeUnder(root);
    const [found] = evidence.state === 'known' ? evidence.value : [];
    expect(found?.mounts.map(({ source, real }) => `${source} ${String(real)}`)).toEqual([
      './run /run',
      './run/docker.sock /run/docker.sock',
      './sub ./sub',
    ]);
    expect(found?.unsettled.get('environment')).toContain('out.env is not in the project');
  });
});

describe('compose files that are links', () => {
  const root = temporaryDirectory();
  test('are followed', async () => {
    await writeFile(join(root, 'stack.txt'), web('user: "7"'));
    await symlink('stack.txt', join(root, 'docker-compose.yml'));
    expect(await composeUnder(root)).toMatchObject({
      value: [{ name: 'web', user: '7', origin: 'docker-compose.yml' }],
    });
  });

  test('and one that leads out of the project is told', async () => {
    await mkdir(join(root, 'a'));
    await writeFile(join(root, 'a/x'), '');
    await symlink('/etc/none.yml', join(root, 'a/compose.yaml'));
    expect(gapsOf(await composeUnder(root))).toEqual(['a/compose.yaml is named, and is not there']);
  });
});

test('on a machine, paths are absolute', async () => {
  const host = await memoryHost({
    files: {
      '/opt/s/compose.yml': web('volumes: ["./d:/d", "../e:/e"]\n    env_file: e.env'),
      '/opt/s/e.env': 'A=1',
    },
  });
  const { services, name, problems } = await resolveComposeProject(host, ['/opt/s/compose.yml'], '/opt/s');
  expect([name, problems]).toEqual(['s', []]);
  expect(services.get('web')).toMatchObject({
    origin: '/opt/s/compose.yml',
    mounts: [{ source: '/opt/s/d' }, { source: '/opt/e' }],
    networks: ['s_default'],
    environment: { A: '1' },
  });
});
