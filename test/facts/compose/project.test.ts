import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { resolveComposeProject } from '../../../src/facts/compose/project.ts';
import type { Workload } from '../../../src/facts/workloads/workload.ts';
import { gapsOf } from '../../../src/host/evidence.ts';
import { composeIn, composeUnder, service } from '../../harness/compose.ts';
import { memoryHost } from '../../harness/memory-host.ts';
import { temporaryDirectory } from '../../harness/temporary-directory.ts';

type Files = Readonly<Record<string, string>>;

async function workloadsIn(files: Files): Promise<Readonly<Record<string, Workload>>> {
  const evidence = await composeIn(files);
  if (evidence.state === 'unknown') throw new Error(evidence.detail);
  return Object.fromEntries(evidence.value.map((workload) => [workload.name, workload]));
}

async function namesIn(files: Files): Promise<string[]> {
  return Object.keys(await workloadsIn(files));
}

async function gapsIn(files: Files): Promise<readonly string[]> {
  return gapsOf(await composeIn(files));
}

const web = (lines: string) => `services:\n  web:\n    image: x:1\n    ${lines}\n`;

describe('which files are a project', () => {
  test.each<[string, Files, string[]]>([
    ['nothing', { '/README.md': 'x' }, []],
    [
      'the first of the four names',
      { '/compose.yaml': web('user: "1"'), '/a/compose.yml': 'services: {b: {image: b}}' },
      ['web', 'b'],
    ],
    ['one that is named for -f', { '/compose.prod.yml': web('user: "1"') }, ['web']],
    [
      'one that names services and has compose in its name',
      { '/my-compose-stack.yaml': web('user: "1"') },
      ['web'],
    ],
    ['none that has no services', { '/my-compose-stack.yaml': 'a: 1', '/composer.yml': '{' }, []],
    [
      'what refines the base goes over it',
      { '/compose.yml': web('user: "1"'), '/compose.prod.yml': 'services: {web: {privileged: true}}' },
      ['web (compose.yml)', 'web (compose.prod.yml)'],
    ],
    [
      'what runs alone is by itself',
      { '/compose.yml': web('user: "1"'), '/compose.tools.yml': 'services: {tool: {image: t}}' },
      ['web', 'tool'],
    ],
    [
      'what refines another file goes over that',
      { '/compose.a.yml': web('user: "1"'), '/compose.b.yml': 'services: {web: {user: "2"}}' },
      ['web (compose.a.yml)', 'web (compose.b.yml)'],
    ],
    [
      'the same service through two projects is one',
      {
        '/compose.yml': `${web('user: "1"')}  db: {image: d}\n`,
        '/compose.prod.yml': 'services: {web: {user: "2"}}',
      },
      ['web (compose.yml)', 'db', 'web (compose.prod.yml)'],
    ],
    [
      'what is extended is no project',
      {
        '/compose.yml': 'services: {web: {extends: {file: compose.base.yml, service: b}}}',
        '/compose.base.yml': 'services: {b: {image: x}}',
      },
      ['web'],
    ],
    [
      'what is included is none, but for a base',
      {
        '/compose.yml': 'include: [compose.db.yml, c/compose.yml]',
        '/compose.db.yml': 'services: {db: {image: d}}',
        '/c/compose.yml': 'services: {c: {image: c}}',
      },
      ['db', 'c (compose.yml)', 'c (c/compose.yml)'],
    ],
    [
      'COMPOSE_FILE of .env chooses',
      {
        '/.env': 'COMPOSE_FILE=a.yml:b.yml',
        '/a.yml': web('user: "1"'),
        '/b.yml': 'services: {web: {user: "2"}}',
      },
      ['web'],
    ],
    [
      'profiles share a container name',
      {
        '/compose.yml':
          'services: {a: {image: x, container_name: m, profiles: [p]}, b: {image: y, container_name: m}}',
      },
      ['m (a)', 'm (b)'],
    ],
  ])('%s', async (_, files, names) => {
    expect((await namesIn(files)).toSorted()).toEqual(names.toSorted());
  });

  test('COMPOSE_FILE of .env is what Compose takes', async () => {
    const files = {
      '/.env': 'COMPOSE_FILE=compose.yml:prod.yml',
      '/compose.yml': web('user: "1"'),
      '/prod.yml': 'services: {web: {user: "2"}}',
    };
    expect((await workloadsIn(files)).web?.user).toBe('2');
  });

  test('an override is merged by itself, and a service keeps the lines of both', async () => {
    const { web: found } = await workloadsIn({
      '/compose.yml': web('ports: ["127.0.0.1:8080:80"]'),
      '/compose.override.yml': 'services:\n  web:\n    ports: ["8080:80"]\n    user: "5"\n',
    });
    expect(found?.publishes.map(({ hostAddress }) => hostAddress)).toEqual(['127.0.0.1', '0.0.0.0', '::']);
    expect(found?.places.get('user')).toEqual({ file: 'compose.override.yml', line: 4, column: 5 });
    expect(found?.places.get('image')).toEqual({ file: 'compose.yml', line: 3, column: 5 });
  });

  test('a service of another is its container, by its final name', async () => {
    const found = await workloadsIn({
      '/compose.yml':
        'services:\n  a: {image: x, container_name: box}\n  b: {image: y, network_mode: "service:a", pid: "service:a"}\n',
    });
    expect(found.b?.namespaces).toMatchObject({ network: 'container:box', pid: 'container:box' });
    expect(found.b?.networks).toEqual([]);
  });
});

describe('names of networks and images', () => {
  test.each<[string, Files, object]>([
    [
      'the root',
      { '/compose.yml': 'services: {w: {build: .}}' },
      { networks: ['default'], image: { reference: 'w', built: true } },
    ],
    [
      'a directory',
      { '/My.App/compose.yml': 'services: {w: {build: .}}' },
      { networks: ['myapp_default'], image: { reference: 'myapp-w', built: true } },
    ],
    [
      'name',
      { '/a/compose.yml': 'name: n\nservices: {w: {build: ., image: i:1}}' },
      { networks: ['n_default'], image: { reference: 'i:1', built: true } },
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
    ['networks: [a]', 'networks: {b: }', { networks: ['a', 'b'] }],
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
    ['build: a', 'build: {target: b}', { image: { built: true } }],
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
