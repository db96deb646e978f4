import type { Finding, Report } from '../../engine/report.ts';
import { severities } from '../../engine/rule.ts';
import type { Sorted } from '../groups.ts';
import { groupBy } from '../groups.ts';
import { visible } from '../visible.ts';
import type { Style } from './style.ts';
import { count, hang, heading } from './style.ts';

/** What the owner decided to live with; it still earns nothing. */
export function waivedLines({ waived }: Sorted, style: Style): string[] {
  if (waived.length === 0) return [];
  return [
    '',
    ...heading(style, ' Waived', 'these earn nothing, and do not fail the gate'),
    '',
    ...waived.flatMap(({ rule, severity, subject, waived: waiver }) => {
      const on = subject === 'host' ? '' : ` · ${subject}`;
      return hang(
        style,
        '  ~ ',
        `${severity} ${rule}${on}: ${waiver?.reason ?? ''} (until ${waiver?.expires ?? '?'})`,
      );
    }),
  ];
}

/** How many passed and did not apply; with `verbose`, which, and on what evidence. */
export function passLines(
  report: Report,
  { passed, notApplicable }: Sorted,
  style: Style,
  verbose: boolean,
): string[] {
  const { chalk } = style;
  const rules = (part: 'pass' | 'notApplicable') =>
    report.score.layers.reduce((sum, layer) => sum + layer[part], 0);
  const absent = rules('notApplicable');
  const apart = absent === 0 ? '' : ` · ${String(absent)} ${absent === 1 ? 'does' : 'do'} not apply here`;
  const text = `${count(rules('pass'), 'rule')} passed${apart}`;
  const lines = ['', ...hang(style, ' ✓ ', text, chalk.green, chalk.green)];
  if (!verbose) return lines;
  return [
    ...lines,
    ...byRule(passed).flatMap(([rule, group]) => [
      '',
      ...hang(style, '  ✓ ', rule + subjectsOf(group), undefined, chalk.green),
      ...group.flatMap(proofLines(style)),
    ]),
    ...byRule(notApplicable).flatMap(([rule, [first]]) => [
      '',
      ...hang(style, '  - ', rule, chalk.dim),
      ...hang(style, '    ', first?.message ?? 'not applicable', chalk.dim),
    ]),
  ];
}

function byRule(findings: readonly Finding[]): [string, readonly Finding[]][] {
  return [...groupBy(findings, (finding) => finding.rule)];
}

function subjectsOf(group: readonly Finding[]): string {
  const subjects = group.map(({ subject }) => subject).filter((subject) => subject !== 'host');
  return subjects.length === 0 ? '' : ` · ${subjects.join(', ')}`;
}

function proofLines(style: Style): (finding: Finding) => string[] {
  return ({ evidence }) =>
    evidence.slice(0, 1).flatMap(({ source, line, excerpt }) => {
      const place = line === null ? source : `${source}:${String(line)}`;
      return hang(style, '    ', excerpt === null ? place : `${place}  ${excerpt.trim()}`, style.chalk.dim);
    });
}

/** The gate's verdict where it has one, and what to do next. */
export function closingLines(report: Report, { failed, unclear }: Sorted, style: Style): string[] {
  return [
    '',
    ...gateLines(report, style),
    ...nextLines(report, failed[0] ?? unclear[0] ?? null, unclear.length, style),
  ];
}

function gateLines(report: Report, style: Style): string[] {
  const { gate } = report;
  const { chalk } = style;
  if (!gate.passed) return hang(style, ' Gate failed  ', gate.reasons.join('; '), undefined, chalk.bold.red);
  const asked = [
    ...(gate.failOn === 'never' ? [] : [`nothing of severity ${gate.failOn} or worse failed`]),
    ...(gate.minScore === null ? [] : [`the score is at least ${String(gate.minScore)}`]),
  ];
  if (asked.length === 0) return [];
  const unseen = unseenByGate(report);
  const but =
    unseen === 0 ? '' : `; ${count(unseen, 'rule')} that severe could not be told: --strict fails on them`;
  return hang(style, ' Gate passed  ', asked.join(', and ') + but, chalk.dim, chalk.bold.green);
}

/** Rules that would fail the gate if they failed, and were not determined. */
function unseenByGate({ gate: { failOn }, findings }: Report): number {
  if (failOn === 'never') return 0;
  const least = severities.indexOf(failOn);
  const unseen = findings.filter(
    ({ outcome, severity, waived }) =>
      (outcome === 'undetermined' || outcome === 'error') &&
      waived === null &&
      severities.indexOf(severity) <= least,
  );
  return new Set(unseen.map(({ rule }) => rule)).size;
}

function nextLines(report: Report, first: Finding | null, unclear: number, style: Style): string[] {
  const blind = report.target.kind === 'live' && !report.target.privileged && unclear > 0;
  const steps: [string, string][] = [];
  if (blind) steps.push(['sudo aisec audit', 'to see what this account may not read']);
  if (first !== null) steps.push([`aisec explain ${visible(first.rule)}`, 'what it means']);
  return steps.flatMap(([command, why], index) => {
    const prefix = index === 0 ? ' Next  ' : '       ';
    return hang(style, prefix, `${command}  ${why}`, undefined, style.chalk.bold);
  });
}
