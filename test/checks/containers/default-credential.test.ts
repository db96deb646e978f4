import { describe, expect, test } from '@jest/globals';
import { defaultCredential } from '../../../src/checks/containers/default-credential.ts';
import type { AiService } from '../../../src/facts/catalogue/ai-services.ts';
import { maskedLiteral, maskedWellKnown } from '../../../src/host/mask.ts';
import { byPort, inContainer, inUnit } from '../../harness/ai-service.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { exposure } from '../../harness/exposures.ts';

const published = { publishes: ['0.0.0.0:5432'] };
const known = (name: string) => ({ environment: { [name]: maskedWellKnown } });
const own = (name: string) => ({ environment: { [name]: maskedLiteral } });

function container(id: string, has: Parameters<typeof inContainer>[1]): AiService {
  const service = inContainer(id, has);
  return {
    ...service,
    workload: { ...service.workload, places: new Map() } as unknown as AiService['workload'],
  };
}

const judge = (service: AiService, reach: string, exposures: readonly object[] = []) =>
  evaluate(defaultCredential, { services: [service], exposures }, { reach });

describe('default-credential', () => {
  test.each([
    ['fail', container('postgresql', { ...known('POSTGRES_PASSWORD'), ...published })],
    ['pass', container('postgresql', { ...own('POSTGRES_PASSWORD'), ...published })],
    // A file, or a variable that is not seen.
    [
      'undetermined',
      container('grafana', {
        environment: { GF_SECURITY_ADMIN_PASSWORD__FILE: '/run/secrets/x' },
        ...published,
      }),
    ],
    ['undetermined', container('postgresql', { environment: { POSTGRES_PASSWORD: '${DB}' }, ...published })],
    ['not-applicable', container('postgresql', published)],
    ['not-applicable', container('ollama', published)],
    ['not-applicable', byPort('postgresql', '0.0.0.0:5432')],
    // MinIO reads it at every start: what is not set is minioadmin.
    ['fail', container('minio', published)],
    ['fail', container('minio', { ...known('MINIO_ROOT_PASSWORD'), ...published })],
    ['pass', container('minio', { ...own('MINIO_ROOT_PASSWORD'), ...published })],
    // Grafana only at its first: somebody may have changed it.
    ['undetermined', container('grafana', published)],
    ['undetermined', container('grafana', { ...own('GF_SECURITY_ADMIN_PASSWORD'), ...published })],
    [
      'undetermined',
      container('minio', { environment: { MINIO_CONFIG_ENV_FILE: '/etc/minio.env' }, ...published }),
    ],
    [
      'pass',
      container('minio', {
        environment: { MINIO_CONFIG_ENV_FILE: '/etc/minio.env', MINIO_ROOT_PASSWORD: maskedLiteral },
        ...published,
      }),
    ],
    ['fail', container('grafana', { ...known('GF_SECURITY_ADMIN_PASSWORD'), ...published })],
    ['fail', container('redis', { argv: ['redis-server', '--requirepass', maskedWellKnown], ...published })],
    ['fail', inUnit('litellm', { ...known('LITELLM_MASTER_KEY'), listens: ['0.0.0.0:4000'] })],
  ])('%s when others reach it', (outcome, service) => {
    expect(judge(service, 'network')).toMatchObject([{ outcome }]);
  });

  test.each([
    ['loopback', 'not-applicable', 'fail'],
    ['containers', 'not-applicable', 'fail'],
    ['lan', 'fail', 'not-applicable'],
    ['any', 'fail', 'not-applicable'],
    ['unknown', 'undetermined', 'fail'],
  ] as const)('reached from %s: %s, and %s where nobody should', (scope, network, local) => {
    const service = container('postgresql', known('POSTGRES_PASSWORD'));
    const exposures = [exposure({ scope, workload: 'my-postgresql', kind: 'published', port: 5432 })];
    expect(judge(service, 'network', exposures)).toMatchObject([{ outcome: network }]);
    expect(judge(service, 'local', exposures)).toMatchObject([{ outcome: local }]);
  });

  test('where nothing is known of the way to it, what it publishes decides', () => {
    const service = container('postgresql', known('POSTGRES_PASSWORD'));
    expect(judge(service, 'network')).toMatchObject([{ outcome: 'not-applicable' }]);
    expect(judge(service, 'local')).toMatchObject([{ outcome: 'fail' }]);
  });

  test('a password that is kept in a file, or came later, is said to be', () => {
    const because = (environment: Readonly<Record<string, string>>) =>
      judge(container('grafana', { environment, ...published }), 'network');
    expect(because({ GF_SECURITY_ADMIN_PASSWORD__FILE: '/run/secrets/x' })).toMatchObject([
      { because: expect.stringContaining('kept in /run/secrets/x, which was not read') },
    ]);
    expect(because({ GF_SECURITY_ADMIN_PASSWORD__FILE: maskedLiteral })).toMatchObject([
      { because: expect.stringContaining('the file that GF_SECURITY_ADMIN_PASSWORD__FILE names') },
    ]);
    expect(because({ GF_SECURITY_ADMIN_PASSWORD: maskedLiteral })).toMatchObject([
      { because: expect.stringContaining('still admin/admin') },
    ]);
  });

  test('says what it is, and never the password', () => {
    const [verdict] = judge(container('minio', published), 'network');
    expect(verdict).toMatchObject({ data: { setting: expect.stringContaining('minioadmin/minioadmin') } });
    expect(
      JSON.stringify(
        judge(container('grafana', { ...known('GF_SECURITY_ADMIN_PASSWORD'), ...published }), 'network'),
      ),
    ).not.toContain('admin/admin');
  });
});
