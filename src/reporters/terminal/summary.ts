import type { Report, LayerScore } from '../../engine/report.ts';
import { scoreCaps } from '../../engine/report.ts';
import type { Severity } from '../../engine/rule.ts';
import { visible } from '../visible.ts';
import type { Paint, Style } from './style.ts';
import { count, gradePaint, hang, plain } from './style.ts';

/** What was audited, how, and how long it took. */
export function header(report: Report, style: Style, elapsed: number): string[] {
  const { target, tool } = report;
  const rules = new Set(report.findings.map((finding) => finding.rule)).size;
  const facts = [target.name, target.os, vantage(target), `${count(rules, 'rule')}, ${elapsed.toFixed(1)} s`];
  const text = facts.filter((fact) => fact !== null && fact !== '').join(' · ');
  return hang(style, `aisec ${visible(tool.version)}   `, text, plain, style.chalk.bold);
}

function vantage({ kind, privileged, collectedAt }: Report['target']): string {
  const account = privileged ? 'as root' : 'not as root';
  switch (kind) {
    case 'live':
      return account;
    case 'rootfs':
      return 'a root directory: files only';
    case 'snapshot':
      return `a snapshot of ${collectedAt.slice(0, 10)}, taken ${account}`;
    case 'project':
      return 'a repository';
  }
}

/** The score in words, and what holds it down. */
export function scoreLines(report: Report, style: Style): string[] {
  const { value, best, grade, layers } = report.score;
  if (value === null)
    return hang(style, '  n/a   ', 'none of the rules applies here', plain, style.chalk.bold);
  const unclear = layers.reduce((sum, layer) => sum + layer.undetermined, 0);
  const upTo =
    best === null || best <= value || unclear === 0
      ? ''
      : `, up to ${String(best)} if the ${count(unclear, 'undetermined rule')} ${unclear === 1 ? 'passes' : 'pass'}`;
  const points = `  ${String(value).padStart(3)} ${grade ?? ' '}   `;
  return [
    ...hang(style, points, `proved ${String(value)} of 100${upTo}`, plain, gradePaint(style, grade)),
    ...capLines(report, value, style),
  ];
}

function capLines(report: Report, value: number, style: Style): string[] {
  for (const severity of ['critical', 'high'] as const) {
    const cap = scoreCaps[severity];
    const open = unproved(report, severity);
    if (open.length === 0) continue;
    if (value < cap) return [];
    const [first = ''] = open;
    const which = open.length === 1 ? first : `${first} and ${String(open.length - 1)} more`;
    const text = `held at ${String(cap)}: a ${severity} rule is not proved to pass (${which})`;
    return hang(style, '          ', text, style.chalk.dim);
  }
  return [];
}

function unproved(report: Report, severity: Severity): string[] {
  const open = report.findings.filter(
    (each) => each.severity === severity && each.outcome !== 'pass' && each.outcome !== 'not-applicable',
  );
  return [...new Set(open.map((finding) => finding.rule))];
}

/** One line a layer: a bar, the value, and how many rules came out how. */
export function layerLines(report: Report, style: Style): string[] {
  return report.score.layers.flatMap((layer) => {
    const bar = barOf(layer, style);
    const value = layer.value === null ? 'n/a' : String(layer.value);
    const prefix = `  ${String(layer.layer)} ${layer.id.padEnd(12)} ${bar} ${value.padStart(3)}${isNarrow(style) ? '  ' : '   '}`;
    const counts = countsOf(layer);
    return hang(style, prefix, counts, layer.fail > 0 ? plain : style.chalk.dim, valuePaint(layer, style));
  });
}

/** Where the counts would not fit beside a longer bar. */
function isNarrow({ width }: Style): boolean {
  return width < 70;
}

function countsOf(layer: LayerScore): string {
  const counts: readonly (readonly [number, string])[] = [
    [layer.fail, 'failed'],
    [layer.undetermined, 'undetermined'],
    [layer.waived, 'waived'],
    [layer.pass, 'passed'],
  ];
  const told = counts.filter(([number]) => number > 0).map(([number, word]) => `${String(number)} ${word}`);
  if (told.length > 0) return told.join(' · ');
  // With --layer or --rule, most layers have no rule in the report at all.
  return layer.notApplicable > 0 ? 'nothing applies' : 'not audited';
}

function barOf({ value }: LayerScore, style: Style): string {
  const cells = isNarrow(style) ? 4 : 10;
  if (value === null) return '·'.repeat(cells);
  const full = Math.floor((value * cells) / 100);
  return '█'.repeat(full) + '░'.repeat(cells - full);
}

function valuePaint({ value }: LayerScore, { chalk }: Style): Paint {
  if (value === null) return chalk.dim;
  if (value >= 80) return chalk.green;
  return value >= 40 ? chalk.yellow : chalk.red;
}
