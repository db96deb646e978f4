import { describe, expect, test } from '@jest/globals';
import { configMapSecret } from '../../../src/checks/containers/config-map-secret.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { readManifests } from '../../harness/manifests.ts';

const map = (data: object) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' }, ...data });

describe('config-map-secret', () => {
  test.each([
    ['pass', {}, null],
    [
      'pass',
      { data: { LOG_LEVEL: 'debug', API_KEY_FILE: '/run/secrets/x', DB_PASSWORD: '${DB_PASSWORD}' } },
      null,
    ],
    ['fail', { data: { API_KEY: 'Tr0ub4dor' } }, 'literal'],
    ['fail', { data: { DB_PASSWORD: 'postgres' } }, 'wellKnown'],
    ['fail', { data: { 'config.yaml': 'db:\n  password: Tr0ub4dor\n' } }, 'literal'],
    ['fail', { data: { URL: 'postgres://u:Tr0ub4dor@db/x' } }, 'literal'],
    ['fail', { binaryData: { x: Buffer.from('API_KEY=Tr0ub4dor').toString('base64') } }, 'literal'],
  ])('%s: %j', async (outcome, data, message) => {
    const { manifests } = await readManifests(map(data));
    const verdicts = evaluate(configMapSecret, { manifests });
    expect(verdicts).toMatchObject([{ outcome, subject: 'm', ...(message === null ? {} : { message }) }]);
    expect(JSON.stringify(verdicts)).not.toContain('Tr0ub4dor');
  });

  test('a block of text is masked by its key, and cited at it', async () => {
    const { manifests } = await readManifests(
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n  api_key: |\n    Tr0ub4dor\n',
    );
    const verdicts = evaluate(configMapSecret, { manifests });
    expect(verdicts).toMatchObject([
      { outcome: 'fail', evidence: [{ source: 'k8s.yaml', line: 5, column: 3 }] },
    ]);
  });

  test('not-applicable without ConfigMaps', () => {
    expect(evaluate(configMapSecret, { manifests: [] })).toMatchObject([{ outcome: 'not-applicable' }]);
  });
});
