import type { Finding } from './report.ts';

/**
 * What an audit of changed files alone has to say: findings that cite one of them, and doubts that cite no file
 * at all. A rule of which nothing is left does not apply.
 *
 * @param changed - paths as findings cite them
 */
export function onlyChanged(findings: readonly Finding[], changed: ReadonlySet<string>): Finding[] {
  const kept = findings.filter((finding) => isAbout(finding, changed));
  const spoken = new Set(kept.map(({ rule }) => rule));
  const silent = new Map(findings.filter(({ rule }) => !spoken.has(rule)).map((each) => [each.rule, each]));
  return [...kept, ...[...silent.values()].map(unchanged)];
}

function isAbout({ evidence, outcome }: Finding, changed: ReadonlySet<string>): boolean {
  if (evidence.length === 0) return outcome !== 'pass';
  return evidence.some(({ source }) => changed.has(source));
}

function unchanged(finding: Finding): Finding {
  return {
    ...finding,
    outcome: 'not-applicable',
    subject: 'host',
    message: 'no file that it judges has changed',
    evidence: [],
    remediation: null,
  };
}
