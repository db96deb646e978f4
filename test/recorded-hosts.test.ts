import { describe, expect, test } from '@jest/globals';
import { rules } from '../rules/registry.ts';
import type { Finding } from '../src/engine/report.ts';
import { Report } from '../src/engine/report.ts';
import { auditRecorded } from './harness/audit-recorded.ts';
import { recordedHosts } from './harness/recorded-hosts.ts';

/** Every finding on every recorded host is expected, and every expected one is found. */
describe.each(recordedHosts().map((each) => [each.name, each] as const))(
  'recorded host %s',
  (_, recorded) => {
    const audited = auditRecorded(recorded);

    test.each(['error', 'fail', 'undetermined', 'manual', 'pass'] as const)('%s', async (outcome) => {
      const { findings } = await audited;
      const found = findings.filter((finding) => finding.outcome === outcome);
      expect(subjectsByRule(found)).toEqual(recorded.expected[outcome] ?? {});
    });

    test('keeps to the public contract', async () => {
      expect(Report.safeParse(await audited).error).toBeUndefined();
    });

    test('leaves no placeholder unfilled and no fix without commands', async () => {
      const report = await audited;
      const failed = report.findings.filter(({ outcome }) => outcome === 'fail');
      const bare = failed.filter(
        (finding) =>
          /(?<!\$)\{[a-zA-Z][a-zA-Z0-9]*\}/.test(
            `${finding.message ?? ''} ${finding.remediation?.summary ?? ''}`,
          ) ||
          (recorded.kind !== 'project' && hasNothingToRun(finding.remediation) && !isShut(finding, report)),
      );
      expect(bare.map(({ rule, subject, message }) => ({ rule, subject, message }))).toEqual([]);
    });

    test('names subject and evidence of every failure', async () => {
      const { findings } = await audited;
      const blank = findings.filter(
        ({ outcome, subject, evidence }) => outcome === 'fail' && (subject === '' || evidence.length === 0),
      );
      expect(blank.map(({ rule, subject }) => ({ rule, subject }))).toEqual([]);
    });
  },
);

/** A file is edited by hand; on a machine there is something to run. */
function hasNothingToRun(remediation: Finding['remediation']): boolean {
  if (remediation === null) return true;
  const { commands, verify, undo } = remediation;
  return [commands, verify, undo].some(({ length }) => length === 0);
}

const closedByStopgaps = rules.filter(({ layer, stopgap }) => layer === 'application' && stopgap);

/** Its rule has nothing but a port to close, and nobody is seen to come in. */
function isShut({ rule, subject }: Finding, { exposures }: Report): boolean {
  const open = (exposures ?? []).filter(({ scope }) => scope !== 'loopback' && scope !== 'containers');
  return (
    closedByStopgaps.some(({ id }) => id === rule) &&
    !open.some(({ service, workload }) =>
      workload === null
        ? subject.startsWith(`${service ?? ''} (`)
        : subject.includes(`(container ${workload})`),
    )
  );
}

function subjectsByRule(findings: readonly Finding[]): Record<string, string[]> {
  const subjects: Record<string, string[]> = {};
  for (const { rule, subject } of findings) (subjects[rule] ??= []).push(subject);
  return subjects;
}
