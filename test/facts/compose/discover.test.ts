import { describe, expect, test } from '@jest/globals';
import type { Files } from '../../harness/compose.ts';
import { namesIn, web, workloadsIn } from '../../harness/compose.ts';

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
