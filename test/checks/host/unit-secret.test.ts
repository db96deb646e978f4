import { describe, expect, test } from '@jest/globals';
import { unitSecret } from '../../../src/checks/host/unit-secret.ts';
import { known, unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { command, sampleUnit, settings } from '../../harness/sample-unit.ts';

const path = '/etc/ollama.env';
const stat = (mode: number, type = 'file') => known({ type, mode, uid: 0, gid: 0, size: 1, mtime: 0 }, path);
const access = (mode: number, above = 0o755) => ({
  accounts: { users: [], groups: [], incomplete: null },
  units: [
    {
      unit: 'ollama.service',
      uid: 0,
      paths: [],
      environmentFiles: [
        {
          path,
          stat: stat(mode),
          directories: [{ path: '/etc', role: 'directory', stat: stat(above, 'directory') }],
        },
      ],
    },
  ],
});
const environment = (values: Readonly<Record<string, string>>, source?: string) =>
  sampleUnit({ environment: settings(values, source) });
const fromFile = { ...environment({ API_KEY: '<masked>' }, path), environmentFiles: [path] };

describe('unit-secret', () => {
  test.each([
    ['pass', environment({ A: 'b', API_KEY_FILE: '/run/credentials/x' }), access(0o644)],
    ['fail', environment({ API_KEY: '<masked>' }), access(0o600)],
    ['fail', environment({ DATABASE_URL: 'postgres://u:<masked:well-known>@db' }), access(0o600)],
    ['fail', sampleUnit({ execStart: [command('/bin/vllm --api-key <masked>')] }), access(0o600)],
    ['fail', fromFile, access(0o644)],
    ['pass', fromFile, access(0o640)],
    ['pass', fromFile, access(0o644, 0o700)],
    ['undetermined', fromFile, unknown('unsupported', 'no modes here', 'project')],
    ['undetermined', sampleUnit({ unreadable: ['/etc/x.env is too large'] }), access(0o600)],
    ['undetermined', sampleUnit({ unread: ['/etc/systemd/system/ollama.service'] }), access(0o600)],
    ['undetermined', { ...environment({ A: 'b' }), unseen: 'x could not be read' }, access(0o600)],
  ])('%s %#', (outcome, unit, given) => {
    expect(evaluate(unitSecret, { units: [unit], access: given })).toMatchObject([{ outcome }]);
  });

  test('not-applicable without units', () => {
    expect(evaluate(unitSecret, { units: [], access: access(0) })).toMatchObject([
      { outcome: 'not-applicable' },
    ]);
  });

  test('every variable is a finding of its own, and only a file in /etc is edited', () => {
    const [first, second] = evaluate(unitSecret, {
      units: [environment({ A_TOKEN: '<masked>', B_TOKEN: '<masked>' })],
      access: access(0),
    });
    expect(first).toMatchObject({
      subject: 'ollama.service A_TOKEN',
      data: { source: '/etc/systemd/system/ollama.service' },
    });
    expect(second).toMatchObject({ subject: 'ollama.service B_TOKEN' });
    const [vendor] = evaluate(unitSecret, {
      units: [environment({ A_TOKEN: '<masked>' }, '/usr/lib/x')],
      access: access(0),
    });
    expect(vendor).toMatchObject({ outcome: 'fail', evidence: [{ source: '/usr/lib/x', line: 5 }] });
    expect(vendor).not.toMatchObject({ data: { source: expect.anything() } });
  });
});
