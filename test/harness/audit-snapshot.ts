import { rules } from '../../rules/registry.ts';
import { checks } from '../../src/checks/registry.ts';
import { audit } from '../../src/engine/audit.ts';
import { Config } from '../../src/engine/config.ts';
import type { Report } from '../../src/engine/report.ts';
import { exposureFact } from '../../src/facts/exposure/exposure.ts';
import { identityFact } from '../../src/facts/identity.ts';
import { openSnapshotStore } from '../../src/host/snapshot-store.ts';
import { snapshotHost } from '../../src/host/snapshot.ts';

/** Every built-in rule over a recorded host, with the default configuration. */
export async function auditSnapshot(path: string): Promise<Report> {
  const { report } = await audit({
    host: await snapshotHost(await openSnapshotStore(path)),
    rules,
    checks,
    config: Config.parse({}),
    strict: false,
    identity: identityFact,
    exposures: exposureFact,
    version: '0.0.0',
    today: '2026-11-21',
  });
  return report;
}
