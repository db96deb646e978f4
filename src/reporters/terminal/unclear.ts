import type { Finding } from '../../engine/report.ts';
import type { Group, Sorted } from '../groups.ts';
import { groupBy } from '../groups.ts';
import type { Style } from './style.ts';
import { count, hang, heading, severityPaint } from './style.ts';

/** What could not be told, by the reason: one line of reason, then the rules it blinds. */
export function unclearLines({ unclear, manual }: Sorted, style: Style): string[] {
  return [...undetermined(unclear, style), ...questions(manual, style)];
}

function undetermined(findings: readonly Finding[], style: Style): string[] {
  if (findings.length === 0) return [];
  const rules = new Set(findings.map((finding) => finding.rule)).size;
  const reasons = [...groupBy(findings, reasonOf).values()];
  return [
    '',
    ...heading(style, ' Cannot tell', `${count(rules, 'rule')}: what is not proved earns nothing`),
    ...reasons.flatMap((group) => ['', ...reasonLines(group, style)]),
  ];
}

function reasonLines(group: Group<Finding>, style: Style): string[] {
  const [first] = group;
  const broke = first.outcome === 'error';
  const paint = broke ? style.chalk.red : style.chalk.yellow;
  const rules = [...groupBy(group, (finding) => finding.rule).entries()];
  const lines = hang(
    style,
    '  ? ',
    broke ? `aisec itself failed: ${reasonOf(first)}` : reasonOf(first),
    paint,
  );
  const same = rules.length > 1 && group.every(({ subject }) => subject === first.subject);
  const names = same
    ? rules.map(([rule]) => rule).join(', ') + subjectsOf([first])
    : rules.map(([rule, each]) => rule + subjectsOf(each)).join(', ');
  return [...lines, ...hang(style, '    ', names)];
}

function subjectsOf(group: Group<Finding>): string {
  const subjects = group.map(({ subject }) => subject).filter((subject) => subject !== 'host');
  if (subjects.length === 0) return '';
  const more = subjects.length > 3 ? ` and ${String(subjects.length - 3)} more` : '';
  return ` (${subjects.slice(0, 3).join(', ')}${more})`;
}

function reasonOf(finding: Finding): string {
  return finding.message ?? finding.title;
}

function questions(findings: readonly Finding[], style: Style): string[] {
  if (findings.length === 0) return [];
  return [
    '',
    ...heading(style, ' For a person to answer', 'under "attest" in aisec.yaml'),
    ...findings.flatMap((finding) => [
      '',
      ...hang(
        style,
        '  ? ',
        `${finding.rule}${finding.subject === 'host' ? '' : ` · ${finding.subject}`}`,
        severityPaint(style, finding.severity),
      ),
      ...hang(style, '    ', reasonOf(finding)),
    ]),
  ];
}
