import { describe, expect, test } from '@jest/globals';
import type { Files } from '../../harness/compose.ts';
import { composeIn, gapsIn, namesIn, web, workloadsIn } from '../../harness/compose.ts';
import { gapsOf } from '../../../src/host/evidence.ts';

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
      'what is extended runs by itself as well',
      {
        '/compose.yml': 'services: {web: {extends: {file: compose.base.yml, service: b}}}',
        '/compose.base.yml': 'services: {b: {image: x}, c: {image: x}}',
      },
      ['web', 'b', 'c'],
    ],
    [
      'a template is not put over what extends it',
      {
        '/compose.yml': 'services: {web: {image: x, extends: {file: compose.base.yml, service: web}}}',
        '/compose.base.yml': 'services: {web: {privileged: true}}',
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

describe('a file that another one extends from', () => {
  test('keeps what it runs itself', async () => {
    const found = await workloadsIn({
      '/docker-compose.prod.yml':
        'services:\n  web: {image: w, privileged: true}\n  db: {image: d, privileged: true, network_mode: host}\n',
      '/docker-compose.test.yml':
        'services: {web: {extends: {file: docker-compose.prod.yml, service: web}, privileged: false}}',
    });
    const shown = Object.values(found).map(({ name, privileged }) => [name, privileged]);
    expect(shown.toSorted()).toEqual([
      ['db', true],
      ['web (docker-compose.prod.yml)', true],
      ['web (docker-compose.test.yml)', false],
    ]);
  });

  test('still refines another file', async () => {
    const found = await workloadsIn({
      '/compose.yml': web('user: "1"'),
      '/compose.prod.yml': 'services: {web: {privileged: true}}',
      '/compose.staging.yml':
        'services: {web: {image: x, extends: {file: compose.prod.yml, service: web}, privileged: false}}',
    });
    expect(found['web (compose.prod.yml)']?.privileged).toBe(true);
  });

  const user = (file: string) => `services: {web: {image: x, extends: {file: ${file}, service: app}}}`;
  test.each<[string, Files, string[]]>([
    [
      'templates are no services',
      {
        '/compose.yml': user('compose.common.yml'),
        '/compose.common.yml': 'services: {base: {tty: true}, app: {extends: base}, spare: {tty: true}}',
      },
      [],
    ],
    [
      'nor are they beside whole services',
      {
        '/compose.yml': user('compose.common.yml'),
        '/compose.common.yml': 'services: {base: {tty: true}, app: {extends: base}, own: {image: y}}',
      },
      [],
    ],
    [
      'but what nobody extends there is told',
      {
        '/compose.yml': user('compose.common.yml'),
        '/compose.common.yml': 'services: {app: {tty: true}, own: {image: y}, lost: {tty: true}}',
      },
      [
        'compose.common.yml: Compose refuses what has neither an image nor a build, and no file beside it has one: lost (line 1)',
      ],
    ],
  ])('%s', async (_, files, gaps) => {
    expect(await gapsIn(files)).toEqual(gaps);
  });
});

describe('files of another name', () => {
  const one = web('privileged: true');
  test.each<[string, Files, string[]]>([
    ['docker-stack.yml', { '/docker-stack.yml': one }, ['web']],
    [
      'stack.yml, swarm.yaml',
      { '/a/stack.yml': one, '/b/swarm.yaml': web('tty: true') },
      ['web (a/stack.yml)', 'web (b/swarm.yaml)'],
    ],
    ['any name', { '/deploy/prod.yml': `version: "3.8"\nx-a: {}\n${one}networks: {n: {}}\n` }, ['web']],
    ['in quotes', { '/prod.yml': '"services": {"web": {"image": "x:1"}}' }, ['web']],
    ['a build', { '/dev.yml': 'services:\n  web:\n    build: .\n' }, ['web']],
    ['a key of its own, in a stack', { '/stack.yml': web('tpyo: 1') }, ['web']],
    [
      'beside a base, by itself',
      { '/compose.yml': web('user: "1"'), '/stack.yml': 'services: {s: {image: s}}' },
      ['web', 's'],
    ],
    [
      'what refines the base goes over it',
      { '/compose.yml': web('user: "1"'), '/prod.yml': 'services: {web: {privileged: true}}' },
      ['web (compose.yml)', 'web (prod.yml)'],
    ],
    [
      'what is included or extended, under another name than Compose’s, is no project',
      {
        '/compose.yml': 'include: [db.yml]\nservices: {web: {extends: {file: base.yml, service: b}}}',
        '/base.yml': 'services: {b: {image: x}}',
        '/db.yml': 'services: {db: {image: d}}',
      },
      ['web', 'db'],
    ],
    [
      'what COMPOSE_FILE names',
      { '/.env': 'COMPOSE_FILE=a.yml:b.yml', '/a.yml': one, '/b.yml': 'services: {web: {tty: true}}' },
      ['web'],
    ],
  ])('%s', async (_, files, names) => {
    expect((await namesIn(files)).toSorted()).toEqual(names.toSorted());
  });

  test('a fragment says what the file has under it', async () => {
    const found = await workloadsIn({
      '/compose.yml': web('mem_limit: 1g'),
      '/prod.yml': 'services: {web: {privileged: true}}',
    });
    expect(found['web (prod.yml)']).toMatchObject({ privileged: true, limits: { memoryBytes: 2 ** 30 } });
  });

  test.each([
    ['a fragment of nothing', 'prod.yml', 'services: {web: {privileged: true}}'],
    [
      'a workflow',
      '.github/workflows/ci.yml',
      'on: push\njobs:\n  a:\n    services:\n      db: {image: d}\n',
    ],
    ['a workflow that cannot be parsed', 'ci.yml', 'on: push\nservices:\n  db: {image: d\njobs: {}\n'],
    ['a pipeline of GitLab', '.gitlab-ci.yml', 'image: a\nservices:\n  - postgres:17\n'],
    ['a list of services', 'services.yml', 'services:\n- postgres:17\n'],
    ['a list of services behind comments', 'services.yml', 'services: # of ours\n\n  # all\n  - name: [\n'],
    ['a list in one line', 'services.yml', 'services: [docker]'],
    ['a pipeline of Woodpecker', '.woodpecker.yml', 'steps: {a: {image: x}}\nservices: {db: {image: d}}'],
    ['Kubernetes', 'k8s.yaml', 'apiVersion: v1\nkind: X\nservices: {web: {image: x}}'],
    ['OpenAPI', 'api.yaml', 'openapi: 3.1.0\npaths: {}\nservices: {web: {image: x}}'],
    [
      'dependency injection',
      'services.yaml',
      'services:\n  _defaults: {autowire: true}\n  App\\A: {class: B}\n',
    ],
    ['variables of Ansible', 'vars/main.yml', 'services:\n  web: {image: x, domain: a.example}\n'],
    ['values of a chart', 'values.yaml', 'services:\n  web:\n    image: {repository: x, tag: y}\n'],
    ['services that are words', 'a.yml', 'services: {web: nginx}'],
    ['services that are none', 'a.yml', 'services:\n'],
    ['no YAML at all', 'a.yml', 'x: [\nservices\n'],
  ])('not %s', async (_, path, text) => {
    const evidence = await composeIn({ [`/${path}`]: text });
    expect(evidence).toMatchObject({ state: 'known', value: [] });
    expect(gapsOf(evidence)).toEqual([]);
  });

  test.each([
    ['services:\n  web: {image: x\n', 'stack.yml:3'],
    ['version: "3"\nservices:\n  web:\n\timage: x\n', 'stack.yml:'],
    ['services:\n  web:\n    image: {{ image }}\n', 'stack.yml:3: the file is a template'],
    ['services: {web: {image: x}, db: {user: "1"}}', 'neither an image nor a build'],
  ])('what cannot be read is said: %j', async (text, gap) => {
    expect((await gapsIn({ '/stack.yml': text })).join('\n')).toContain(gap);
  });

  test.each(['services:' + '\n'.repeat(3e6), 'services:\n'.repeat(3e5), `services:\n${' '.repeat(3e6)}x`])(
    'what nobody wrote takes no time to speak of (%#)',
    async (text) => {
      const began = performance.now();
      expect(await composeIn({ '/a.yml': text })).toMatchObject({ state: 'known', value: [] });
      expect(performance.now() - began).toBeLessThan(20_000);
    },
  );

  test('more files than anybody keeps are said to be too many', async () => {
    const many = Object.fromEntries(Array.from({ length: 5001 }, (_, at) => [`/${String(at)}.yml`, 'a: 1']));
    expect((await gapsIn(many)).join()).toContain('only the first 5000 YAML files');
  });
});
