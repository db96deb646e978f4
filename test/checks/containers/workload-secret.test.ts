import { describe, expect, test } from '@jest/globals';
import { workloadSecret } from '../../../src/checks/containers/workload-secret.ts';
import { maskSecrets } from '../../../src/host/mask.ts';
import type { dockerContainer } from '../../harness/docker-container.ts';
import { service } from '../../harness/compose.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { workload } from '../../harness/docker-workload.ts';

/** As the fact gets it: the engine's answer, masked at the door. */
function masked(Env: readonly string[], Args: readonly string[] = [], Labels = {}) {
  const text = maskSecrets(JSON.stringify({ config: { Env, Labels }, other: { Args } }));
  return workload('x', JSON.parse(text) as Parameters<typeof dockerContainer>[1]);
}

describe('workload-secret', () => {
  test.each([
    ['pass', masked([]), undefined],
    ['pass', masked(['POSTGRES_PASSWORD_FILE=/run/secrets/pg', 'OPENAI_API_KEY=']), undefined],
    ['pass', masked(['API_KEY=${API_KEY}']), undefined],
    ['fail', masked(['API_KEY=abcdef1234567']), 'literal'],
    ['fail', masked(['POSTGRES_PASSWORD=postgres']), 'wellKnown'],
    ['fail', masked(['DATABASE_URL=postgres://app:hunter2xy@db/app']), 'literal'],
    ['fail', masked([], ['serve', '--api-key', 'abcdef1234567']), 'literal'],
    ['fail', masked([], [], { 'traefik.token': 'abcdef1234567' }), 'literal'],
  ])('%s', (outcome, has, message) => {
    const [verdict] = evaluate(workloadSecret, { workloads: [has] });
    expect(verdict).toMatchObject({ outcome, subject: 'x', ...(message === undefined ? {} : { message }) });
    expect(JSON.stringify(verdict)).not.toMatch(/abcdef1234567|hunter2xy/);
  });

  test('not-applicable without containers', () => {
    expect(evaluate(workloadSecret, { workloads: [] })).toMatchObject([{ outcome: 'not-applicable' }]);
  });
});

describe('in a compose file', () => {
  const judge = async (lines: string, more: Parameters<typeof service>[1] = {}) => {
    const verdicts = evaluate(workloadSecret, { workloads: [await service(lines, more)] });
    expect(JSON.stringify(verdicts)).not.toMatch(/abcdef1234567|hunter2xy/);
    return verdicts;
  };
  const config = (content: string) => `configs:\n  app:\n    content: ${content}\n`;
  const used = 'configs: [app]';

  test.each([
    ['literal', 'variable API_KEY', 'environment:\n  API_KEY: >-\n    abcdef1234567'],
    ['literal', 'label api.token', 'labels:\n  api.token: |\n    abcdef1234567'],
    ['declared', 'build argument NPM_TOKEN', 'build: {context: ., args: {NPM_TOKEN: abcdef1234567}}'],
    ['declared', 'build argument NPM_TOKEN', 'build: {context: ., args: ["NPM_TOKEN=abcdef1234567"]}'],
    ['declared', 'build argument INDEX', 'build: {context: ., args: {INDEX: "https://u:hunter2xy@a/"}}'],
    ['declared', 'build argument NPM_TOKEN', 'build: {context: ., args: {NPM_TOKEN: "${T:-abcdef1234567}"}}'],
    ['declaredKnown', 'build argument DB_PASSWORD', 'build: {context: ., args: {DB_PASSWORD: postgres}}'],
    [
      'literal',
      'build argument A_TOKEN',
      'environment: {B_TOKEN: abcdef1234567}\nbuild: {args: {A_TOKEN: x1}}',
    ],
  ])('%s: %s', async (message, place, lines) => {
    const [verdict] = await judge(lines);
    expect(verdict).toMatchObject({
      outcome: 'fail',
      message,
      subject: 'web',
      data: { places: expect.stringContaining(place) as unknown },
    });
  });

  test.each([
    'build: {context: ., args: {NPM_TOKEN: "${NPM_TOKEN}", VERSION: "1.2"}}',
    'build: {context: ., args: [NPM_TOKEN]}',
    'build: .',
    'environment: {CHUNK_TOKENS: 512, NPM_TOKEN: ""}',
  ])('passes %s', async (lines) => {
    expect(await judge(lines)).toMatchObject([{ outcome: 'pass' }]);
  });

  test('a build argument is cited where it is written', async () => {
    expect(await judge('build:\n  args:\n    NPM_TOKEN: abcdef1234567')).toMatchObject([
      { evidence: [{ source: 'compose.yml', line: 6, column: 9 }], variant: 'compose' },
    ]);
  });

  test.each([
    [used, config('|\n      db:\n        password: hunter2xy')],
    [used, config('"[db]\\npassword = hunter2xy\\n"')],
    ['configs: [{source: app, target: /etc/app.ini}]', config('|\n      url: redis://u:hunter2xy@h')],
    ['configs: [api_key]', 'configs:\n  api_key:\n    content: abcdef1234567\n'],
  ])('a config whose content is inline: %s %s', async (lines, top) => {
    expect(await judge(lines, { top })).toMatchObject([
      {
        outcome: 'fail',
        message: 'declared',
        evidence: [{ source: 'compose.yml', line: 7, column: 5 }],
      },
    ]);
  });

  test.each([
    [used, config('|\n      db:\n        password: ${DB_PASSWORD}\n        password_file: /run/secrets/db')],
    [used, 'configs: {app: {file: ./app.ini}}'],
    [used, 'configs: {app: {external: true}}'],
    ['configs: [authorized_keys]', 'configs: {authorized_keys: {content: "ssh-ed25519 AAAAC3Nza me"}}'],
  ])('passes %s %s', async (lines, top) => {
    expect(await judge(lines, { top })).toMatchObject([{ outcome: 'pass' }]);
  });

  test('a file of labels is read, under the labels that are written', async () => {
    const files = { '/l.env': 'a=1\napi.token=abcdef1234567\n' };
    expect(await judge('label_file: l.env', { files })).toMatchObject([
      {
        outcome: 'fail',
        data: { places: 'label api.token' },
        evidence: [{ source: 'l.env', line: 2, column: 1 }],
      },
    ]);
    const over = 'label_file: [l.env]\nlabels: {api.token: "${TOKEN}"}';
    expect(await judge(over, { files })).toMatchObject([{ outcome: 'pass' }]);
    expect(await judge('label_file: gone.env')).toMatchObject([{ outcome: 'undetermined' }]);
  });
});
