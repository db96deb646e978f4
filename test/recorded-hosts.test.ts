import { describe, expect, test } from '@jest/globals';
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
      const { findings } = await audited;
      const failed = findings.filter(({ outcome }) => outcome === 'fail');
      const bare = failed.filter(
        ({ message, remediation }) =>
          /(?<!\$)\{[a-zA-Z][a-zA-Z0-9]*\}/.test(`${message ?? ''} ${remediation?.summary ?? ''}`) ||
          (recorded.kind !== 'project' && hasNothingToRun(remediation)),
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

function subjectsByRule(findings: readonly Finding[]): Record<string, string[]> {
  const subjects: Record<string, string[]> = {};
  for (const { rule, subject } of findings) (subjects[rule] ??= []).push(subject);
  return subjects;
}
