import type { Finding, LayerScore, Outcome, Score } from './report.ts';
import { outcomes, scoreCaps } from './report.ts';
import type { Layer, Severity } from './rule.ts';
import { layers } from './rule.ts';

const weights: Readonly<Record<Severity, number>> = { critical: 40, high: 20, medium: 8, low: 3, info: 0 };
const caps: Readonly<Partial<Record<Severity, number>>> = scoreCaps;

interface RuleResult {
  readonly layer: Layer;
  readonly severity: Severity;
  readonly outcome: Outcome;
  readonly waived: boolean;
}

/** A rule earns its weight only when it is proved to pass for every subject. */
export function score(findings: readonly Finding[]): Score {
  const results = resultsByRule(findings);
  const { value, best, coverage } = tally(results);
  return {
    value,
    best,
    grade: value === null ? null : gradeOf(value),
    coverage,
    layers: layers.map((id, index) => layerScore(index + 1, id, results)),
  };
}

function layerScore(layer: number, id: Layer, all: readonly RuleResult[]): LayerScore {
  const results = all.filter((result) => result.layer === id);
  const open = results.filter((result) => !result.waived);
  const count = (...wanted: Outcome[]) => open.filter((result) => wanted.includes(result.outcome)).length;
  return {
    layer,
    id,
    ...tally(results),
    pass: count('pass'),
    fail: count('fail'),
    undetermined: count('undetermined', 'manual', 'error'),
    notApplicable: count('not-applicable'),
    waived: results.length - open.length,
  };
}

function tally(results: readonly RuleResult[]): Pick<Score, 'value' | 'best' | 'coverage'> {
  const applicable = results.filter((result) => result.outcome !== 'not-applicable');
  const determined = applicable.filter(({ outcome }) => outcome === 'pass' || outcome === 'fail');
  const coverage = applicable.length === 0 ? 0 : determined.length / applicable.length;
  return {
    value: share(applicable, ({ outcome, waived }) => outcome === 'pass' && !waived),
    best: share(applicable, ({ outcome, waived }) => !waived && mayPass.has(outcome)),
    coverage: Math.round(coverage * 1e4) / 1e4,
  };
}

const mayPass: ReadonlySet<Outcome> = new Set(['pass', 'undetermined', 'manual']);

/** Percentage of the weight that is earned, floored and capped; `null` where nothing weighs anything. */
function share(results: readonly RuleResult[], earns: (result: RuleResult) => boolean): number | null {
  let total = 0;
  let earned = 0;
  let cap = 100;
  for (const result of results) {
    total += weights[result.severity];
    if (earns(result)) earned += weights[result.severity];
    else cap = Math.min(cap, caps[result.severity] ?? 100);
  }
  return total === 0 ? null : Math.min(cap, Math.floor((earned * 100) / total));
}

/** A rule's outcome is the worst of its subjects'; it is waived when only waived subjects stop it. */
function resultsByRule(findings: readonly Finding[]): RuleResult[] {
  const byRule = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const group = byRule.get(finding.rule);
    if (group === undefined) byRule.set(finding.rule, [finding]);
    else group.push(finding);
  }
  return Array.from(byRule.values(), (group) => {
    const blocking = group.filter(({ outcome }) => outcome !== 'pass' && outcome !== 'not-applicable');
    const { layer, severity } = group[0];
    return {
      layer,
      severity,
      outcome: outcomes.find((each) => group.some(({ outcome }) => outcome === each)) ?? 'error',
      waived: blocking.length > 0 && blocking.every(({ waived }) => waived !== null),
    };
  });
}

function gradeOf(value: number): Score['grade'] {
  if (value >= 90) return 'A';
  if (value >= 80) return 'B';
  if (value >= 65) return 'C';
  return value >= 40 ? 'D' : 'F';
}
