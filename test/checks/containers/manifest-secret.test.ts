import { describe, expect, test } from '@jest/globals';
import { manifestSecret } from '../../../src/checks/containers/manifest-secret.ts';
import { unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { readManifests } from '../../harness/manifests.ts';

const password = 'Tr0ub4dor';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const object = (kind: string, data: object) =>
  JSON.stringify({ apiVersion: 'v1', kind, metadata: { name: 'm' }, ...data });

const outside = unknown('unsupported', 'there is no .git/index', '/.git/index');

async function judge(kind: string, yaml: string, tracked: unknown = outside) {
  const { manifests } = await readManifests(yaml);
  const verdicts = evaluate(manifestSecret, { manifests, tracked }, { kind });
  const shown = JSON.stringify(verdicts);
  expect(shown).not.toContain(password);
  expect(shown).not.toContain(base64(password));
  return verdicts;
}

describe('in a ConfigMap', () => {
  test.each([
    ['pass', {}, null],
    [
      'pass',
      { data: { LOG_LEVEL: 'debug', API_KEY_FILE: '/run/secrets/x', DB_PASSWORD: '${DB_PASSWORD}' } },
      null,
    ],
    ['fail', { data: { API_KEY: password } }, 'configMap'],
    ['fail', { data: { DB_PASSWORD: 'postgres' } }, 'configMapKnown'],
    ['fail', { data: { DB_PASSWORD: 'changeme' } }, 'configMapKnown'],
    ['fail', { data: { DB_PASSWORD: 'REPLACE_ME' } }, 'configMap'],
    ['fail', { data: { 'config.yaml': `db:\n  password: ${password}\n` } }, 'configMap'],
    ['fail', { data: { URL: `postgres://u:${password}@db/x` } }, 'configMap'],
    ['fail', { binaryData: { x: base64(`API_KEY=${password}`) } }, 'configMap'],
  ])('%s: %j', async (outcome, data, message) => {
    const verdicts = await judge('ConfigMap', object('ConfigMap', data));
    expect(verdicts).toMatchObject([{ outcome, subject: 'm', ...(message === null ? {} : { message }) }]);
  });

  test('a block of text is masked by its key, and cited at it', async () => {
    const verdicts = await judge(
      'ConfigMap',
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n  api_key: |\n    ${password}\n`,
    );
    expect(verdicts).toMatchObject([
      { outcome: 'fail', evidence: [{ source: 'k8s.yaml', line: 5, column: 3 }] },
    ]);
  });
});

describe('in a Secret', () => {
  const docker = JSON.stringify({ auths: { r: { auth: base64(`u:${password}`) } } });
  const key = '-----BEGIN PRIVATE KEY-----\nTr0ub4dor\n-----END PRIVATE KEY-----\n';
  const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
  test.each([
    ['fail', 'secret', { stringData: { password } }],
    ['fail', 'secret', { data: { password: base64(password) } }],
    ['fail', 'secret', { data: { OPENAI_API_KEY: base64(password) } }],
    ['fail', 'secret', { data: { url: base64(`postgres://u:${password}@db/x`) } }],
    ['fail', 'secret', { stringData: { 'app.env': `A=1\nAPI_KEY=${password}\n` } }],
    ['fail', 'secret', { type: 'kubernetes.io/tls', data: { 'tls.key': base64(key) } }],
    ['fail', 'secret', { data: { '.dockerconfigjson': base64(docker) } }],
    [
      'fail',
      'secret',
      { data: { '.dockercfg': `\n${base64(docker).slice(0, 40)}\n${base64(docker).slice(40)}\n` } },
    ],
    ['fail', 'secret', { stringData: { port: 5432, password } }],
    ['fail', 'secret', { stringData: { password: 90714326 } }],
    ['fail', 'secret', { stringData: { a_token: password, b_token: '<b>' } }],
    ['fail', 'secretKnown', { stringData: { password: 'postgres' } }],
    ['fail', 'secretKnown', { data: { x: base64('DB_PASSWORD=minioadmin') } }],
    ['fail', 'secret', { stringData: { password: `\${DB_PASSWORD:-${password}}` } }],
    ['pass', null, {}],
    ['pass', null, { data: null, stringData: { password: '' } }],
    ['pass', null, { stringData: { password: '${DB_PASSWORD}', token: '$(TOKEN)' } }],
    ['pass', null, { stringData: { password: '{{ .Values.password }}' } }],
    ['pass', null, { data: { password: '{{ password | b64encode }}' } }],
    ['pass', null, { data: { password: 'ENC[AES256_GCM,data:dGVzdA==,iv:a+b=,tag:c/d=,type:str]' } }],
    ['pass', null, { data: { other: 'ENC[AES256_GCM,data:dGVzdA==,iv:a+b=,tag:c/d=,type:str]' } }],
    ['pass', null, { stringData: { username: 'app', POSTGRES_DB: 'n8n', url: 'https://a.example/x' } }],
    ['pass', null, { data: { 'tls.crt': base64(certificate), 'ca.crt': base64(certificate) } }],
    ['undetermined', null, { stringData: { password: 'changeme' } }],
    ['undetermined', null, { data: { password: base64('changeme') } }],
    ['undetermined', null, { stringData: { password: 'REPLACE_ME' } }],
    ['undetermined', null, { stringData: { password: 'changePassword' } }],
    ['undetermined', null, { stringData: { api_key: '<your api key>' } }],
    ['undetermined', null, { data: { api_key: '<base64-encoded-key>' } }],
    ['undetermined', null, { stringData: { 'api-key': 'your-openai-api-key-here' } }],
    ['undetermined', null, { data: { value: base64('opaque') } }],
    ['undetermined', null, { stringData: { 'alertmanager.yaml': 'route: {receiver: none}' } }],
    ['undetermined', null, { data: { 'keystore.jks': '/u3+7QAAAAIAAAAB' } }],
  ])('%s %s: %j', async (outcome, message, data) => {
    const verdicts = await judge('Secret', object('Secret', data));
    expect(verdicts).toMatchObject([{ outcome, subject: 'm', ...(message === null ? {} : { message }) }]);
  });

  const yaml = `apiVersion: v1\nkind: Secret\nmetadata: {name: m}\ndata:\n  # of ours\n  api-key: ${base64(password)}\n`;

  test('the key is cited where it stands, and its value never', async () => {
    expect(await judge('Secret', yaml)).toMatchObject([
      {
        data: { keys: 'api-key', file: 'k8s.yaml' },
        evidence: [{ source: 'k8s.yaml', line: 6, column: 3, excerpt: 'api-key: masked' }],
      },
    ]);
  });

  test('what git does not keep is not committed', async () => {
    expect(await judge('Secret', yaml, () => false)).toMatchObject([{ outcome: 'pass' }]);
    expect(await judge('Secret', yaml, (path: string) => path === 'k8s.yaml')).toMatchObject([
      { outcome: 'fail' },
    ]);
  });

  test('no SealedSecret, ExternalSecret or Secret of another API is one', async () => {
    const others = [
      { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', spec: { encryptedData: { password } } },
      { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', spec: {} },
      { apiVersion: 'example.com/v1', kind: 'Secret', stringData: { password } },
    ].map((each) => JSON.stringify({ metadata: { name: 'm' }, ...each }));
    expect(await judge('Secret', others.join('\n---\n'))).toMatchObject([{ outcome: 'not-applicable' }]);
  });
});

test.each(['ConfigMap', 'Secret'])('not-applicable without a %s', (kind) => {
  const given = { manifests: [], tracked: outside };
  expect(evaluate(manifestSecret, given, { kind })).toMatchObject([{ outcome: 'not-applicable' }]);
});
