import { rules } from '../../rules/registry.ts';
import { checks } from '../../src/checks/registry.ts';
import { audit } from '../../src/engine/audit.ts';
import { Config } from '../../src/engine/config.ts';
import type { Report } from '../../src/engine/report.ts';
import { exposureFact } from '../../src/facts/exposure/exposure.ts';
import { identityFact } from '../../src/facts/identity.ts';
import { directoryHost } from '../../src/host/directory.ts';
import { openSnapshotStore } from '../../src/host/snapshot-store.ts';
import { snapshotHost } from '../../src/host/snapshot.ts';
import type { RecordedHost } from './recorded-hosts.ts';

/** Every built-in rule over a recorded host or repository, with the default configuration. */
export async function auditRecorded({ kind, path }: Pick<RecordedHost, 'kind' | 'path'>): Promise<Report> {
  const host =
    kind === 'project'
      ? directoryHost('project', path, new Date('2026-11-21T00:00:00Z'))
      : await snapshotHost(await openSnapshotStore(path));
  const { report } = await audit({
    host,
    rules,
    checks,
    config: Config.parse({}),
    strict: false,
    identity: identityFact,
    exposures: exposureFact,
    version: '0.0.0',
    changed: null,
    today: '2026-11-21',
  });
  return report;
}
