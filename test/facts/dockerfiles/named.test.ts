/** Dockerfiles by any name: what Compose and quadlets build from, and what stands in a Compose file. */
import { describe, expect, test } from '@jest/globals';
import { dockerfileBase } from '../../../src/checks/containers/dockerfile-base.ts';
import { dockerfileUser } from '../../../src/checks/containers/dockerfile-user.ts';
import { factReader } from '../../../src/engine/fact.ts';
import { dockerfilesFact, isDockerfile } from '../../../src/facts/dockerfiles/dockerfiles.ts';
import type { Dockerfiles } from '../../../src/facts/dockerfiles/dockerfile.ts';
import type { Files } from '../../harness/compose.ts';
import { projectHost } from '../../harness/compose.ts';
import { paramsOf } from '../../harness/dockerfile.ts';
import { evaluate } from '../../harness/evaluate.ts';

async function dockerfilesIn(files: Files): Promise<Dockerfiles> {
  const evidence = await factReader(await projectHost(files))(dockerfilesFact);
  if (evidence.state === 'unknown') throw new Error(evidence.detail);
  return evidence.value;
}

async function shownIn(files: Files): Promise<readonly string[]> {
  const found = await dockerfilesIn(files);
  return found.files.map((file) => `${file.name}: ${file.state === 'read' ? 'read' : file.because}`);
}

const building = (build: string) => `services:\n  web:\n    build: ${build}\n`;
const from = 'FROM a:1\n';

describe('by name', () => {
  test.each([
    ...['Dockerfile', 'Containerfile.gpu', 'Dockerfile-cuda', 'app.dockerfile', 'Dockerfile.py'],
    ...['dockerfile', 'dockerfile.prod', 'dockerfile-dev', 'containerfile_ci', 'dockerfile.v1.2'],
  ])('%s', (name) => {
    expect(isDockerfile(`/a/${name}`)).toBe(true);
  });

  test.each([
    ...['dockerfile.ts', 'dockerfile.d.ts', 'dockerfile_test.go', 'dockerfile.spec.js', 'dockerfile.md'],
    ...[
      'dockerfile.yml',
      'dockerfile.html',
      'Dockerfile.md',
      'dockerfile-lint.json',
      'Dockerfile.dockerignore',
    ],
  ])('not %s', (name) => {
    expect(isDockerfile(`/a/${name}`)).toBe(false);
  });
});

describe('by what builds from it', () => {
  test.each<[string, Files, readonly string[]]>([
    [
      'in the context',
      {
        '/a/compose.yml': building('{context: ./app, dockerfile: docker/prod.docker}'),
        '/a/app/docker/prod.docker': from,
      },
      ['a/app/docker/prod.docker: read'],
    ],
    [
      'without a context, by two services',
      {
        '/compose.yml': 'services: {a: {build: {dockerfile: x.docker}}, b: {build: {dockerfile: x.docker}}}',
        '/x.docker': from,
      },
      ['x.docker: read'],
    ],
    [
      'once, where it has a usual name',
      { '/compose.yml': building('{dockerfile: Dockerfile.prod}'), '/Dockerfile.prod': from },
      ['Dockerfile.prod: read'],
    ],
    [
      'a variable of .env',
      { '/compose.yml': building('{dockerfile: "${F}.docker"}'), '/.env': 'F=x', '/x.docker': from },
      ['x.docker: read'],
    ],
    [
      'through extends, from where that stands',
      {
        '/compose.yml': 'services: {web: {extends: {file: b/c.yml, service: s}}}',
        '/b/c.yml': 'services: {s: {build: {dockerfile: x.docker}}}',
        '/b/x.docker': from,
      },
      ['b/x.docker: read'],
    ],
    [
      'a variable that nothing sets',
      { '/compose.yml': building('{dockerfile: "${F}.docker"}') },
      [
        'compose.yml (service web): which file service web is built from depends on variables that nothing in the project sets (${F}.docker)',
      ],
    ],
    [
      'a variable in a usual name',
      { '/compose.yml': building('{dockerfile: "Dockerfile.${F}"}'), '/Dockerfile.x': from },
      ['Dockerfile.x: read'],
    ],
    [
      'one that is not there',
      { '/compose.yml': building('{dockerfile: x.docker}') },
      ['x.docker: compose.yml:3 builds from it, and it is not there'],
    ],
    [
      'one outside of the project',
      {
        '/compose.yml': building('{context: .., dockerfile: x.docker}'),
        '/a/compose.yml': building('{dockerfile: /x.docker}'),
        '/b/compose.yml': building('{context: "https://example.com/a.git", dockerfile: x.docker}'),
        '/x.docker': from,
      },
      [],
    ],
    [
      'a quadlet',
      { '/q/web.build': '[Build]\nImageTag=x\nFile=sub/web.docker\n', '/q/sub/web.docker': from },
      ['q/sub/web.docker: read'],
    ],
    [
      'a quadlet with a directory of its own',
      {
        '/q/web.build': '[Build]\nSetWorkingDirectory=../app\nFile=web.docker\n',
        '/q/other.build': '[Build]\nFile=%h/other.docker\n',
        '/app/web.docker': from,
      },
      ['app/web.docker: read'],
    ],
  ])('%s', async (_, files, expected) => {
    expect(await shownIn(files)).toEqual(expected);
  });
});

describe('a text in a Compose file', () => {
  test('is read, and cited where it stands', async () => {
    const files = {
      '/compose.yml': building('\n      dockerfile_inline: |\n        FROM a:1\n\n        USER root\n'),
    };
    const given = { dockerfiles: await dockerfilesIn(files) };
    expect(evaluate(dockerfileUser, given, paramsOf('dockerfile-root'))).toMatchObject([
      {
        outcome: 'fail',
        subject: 'compose.yml (service web)',
        evidence: [{ source: 'compose.yml', line: 7, column: 9, excerpt: 'USER root' }],
      },
    ]);
  });

  test('that is no literal block is cited where it begins', async () => {
    const files = { '/compose.yml': building('\n      dockerfile_inline: "FROM a:latest\\nUSER 1"\n') };
    const given = { dockerfiles: await dockerfilesIn(files) };
    expect(evaluate(dockerfileBase, given, paramsOf('dockerfile-latest'))).toMatchObject([
      { outcome: 'fail', evidence: [{ source: 'compose.yml', line: 4, column: 26 }] },
    ]);
  });

  test('of two services is two', async () => {
    const files = {
      '/compose.yml':
        'services: {a: {build: {dockerfile_inline: "FROM a"}}, b: {build: {dockerfile_inline: "RUN <<EOF"}}}',
    };
    expect(await shownIn(files)).toEqual([
      'compose.yml (service a): read',
      'compose.yml (service b): the here-document EOF has no end',
    ]);
  });
});
