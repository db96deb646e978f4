import type { FailOn, Finding, Gate, Score } from './report.ts';
import type { Severity } from './rule.ts';
import { severities } from './rule.ts';

export interface GatePolicy {
  readonly failOn: FailOn;
  readonly minScore: number | null;
  /** Whether what could not be determined fails too. */
  readonly strict: boolean;
}

/** 0 passed, 1 failed, 3 nothing, or with `strict` not enough, could be determined. */
export type GateExit = 0 | 1 | 3;

export function gate(
  findings: readonly Finding[],
  score: Score,
  policy: GatePolicy,
): { gate: Gate; exit: GateExit } {
  const { failOn, minScore } = policy;
  const counts = (finding: Finding) => finding.waived === null && reaches(finding.severity, failOn);
  const failed = rulesOf(findings.filter((each) => each.outcome === 'fail' && counts(each)));
  const unseen = rulesOf(
    findings.filter((each) => (each.outcome === 'undetermined' || each.outcome === 'error') && counts(each)),
  );
  const reasons: string[] = [];
  if (failed.length > 0) reasons.push(`${rules(failed)} of severity ${failOn} or worse failed`);
  if (minScore !== null && (score.value ?? 0) < minScore) {
    reasons.push(`the score ${String(score.value ?? 'n/a')} is below ${String(minScore)}`);
  }
  const judged = reasons.length > 0;
  const blind = !findings.some(({ outcome }) => outcome === 'pass' || outcome === 'fail');
  if (blind) {
    reasons.push('nothing could be determined');
  } else if (policy.strict && unseen.length > 0) {
    reasons.push(`${rules(unseen)} of severity ${failOn} or worse could not be determined`);
  }
  const exit = reasons.length === 0 ? 0 : judged && !blind ? 1 : 3;
  return { gate: { failOn, minScore, passed: exit === 0, reasons }, exit };
}

function reaches(severity: Severity, failOn: FailOn): boolean {
  return failOn !== 'never' && severities.indexOf(severity) <= severities.indexOf(failOn);
}

function rulesOf(findings: readonly Finding[]): string[] {
  return [...new Set(findings.map((finding) => finding.rule))];
}

function rules(ids: readonly string[]): string {
  return `${String(ids.length)} rule${ids.length === 1 ? '' : 's'} (${ids.join(', ')})`;
}
