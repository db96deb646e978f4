import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import type { Outcome, Report } from '../../src/engine/report.ts';
import { outcomes } from '../../src/engine/report.ts';
import { labSources } from './paths.ts';

const RuleIds = z.array(z.string()).default([]);

/** boxes/NAME.yaml: what an audit of the box must say. */
const Expected = z.strictObject({
  /** Exit code with the default gate. */
  exit: z.int(),
  /** Rules that fail. */
  fails: RuleIds,
  /** Whether no other rule may fail. */
  exact: z.boolean().default(true),
  /** Rules that pass for real: silence, not applicable or undetermined is not enough. */
  passes: RuleIds,
  /** `proved`: every critical or high rule passes or does not apply; what cannot be told does not count. */
  severe: z.enum(['proved', 'fails']).default('fails'),
  /** Text that the findings of a rule contain, in subject or message. */
  says: z.record(z.string(), z.array(z.string())).default({}),
  /** Text that they never contain. */
  never: z.record(z.string(), z.array(z.string())).default({}),
  /** Rules that may fail or not, since the machine underneath decides. */
  either: z.record(z.string(), z.string()).default({}),
});
export type Expected = z.infer<typeof Expected>;

export function expectedOf(name: string): Expected {
  return Expected.parse(parse(readFileSync(join(labSources, `boxes/${name}.yaml`), 'utf8')));
}

/** The outcome of each rule: the worst of its subjects. */
export function outcomesOf(report: Report): Map<string, Outcome> {
  const found = new Map<string, Outcome>();
  for (const { rule, outcome } of report.findings) {
    const before = found.get(rule);
    if (before === undefined || outcomes.indexOf(outcome) < outcomes.indexOf(before))
      found.set(rule, outcome);
  }
  return found;
}

export interface Difference {
  /** Expected to fail, and does not: `rule: what it is instead`. */
  readonly missing: string[];
  /** Fails, and was not expected to: `rule: the first message`. */
  readonly extra: string[];
  /** Expected to pass, and does not. */
  readonly unproved: string[];
  /** Fails without saying what it should, or says what it never should. */
  readonly misspoken: string[];
}

export const asExpected: Difference = { missing: [], extra: [], unproved: [], misspoken: [] };

/** How a report differs from what its box must give; rules that were not audited are left out. */
export function differenceOf(report: Report, expected: Expected): Difference {
  const found = outcomesOf(report);
  const allowed = new Set([...expected.fails, ...Object.keys(expected.either)]);
  const first = (rule: string) =>
    report.findings.find((finding) => finding.rule === rule && finding.outcome === found.get(rule))
      ?.message ?? '';
  const describe = (rule: string) => `${rule}: ${found.get(rule) ?? ''} ${first(rule)}`;
  return {
    missing: expected.fails.filter((rule) => (found.get(rule) ?? 'fail') !== 'fail').map(describe),
    extra: [...found.keys()]
      .filter((rule) => expected.exact && found.get(rule) === 'fail' && !allowed.has(rule))
      .map(describe),
    unproved: expected.passes.filter((rule) => (found.get(rule) ?? 'pass') !== 'pass').map(describe),
    misspoken: [
      ...speechOf(report, expected.says)
        .filter(({ said, text }) => !said.includes(text))
        .map(({ rule, text }) => `${rule} does not say ${text}`),
      ...speechOf(report, expected.never)
        .filter(({ said, text }) => said.includes(text))
        .map(({ rule, text }) => `${rule} says ${text}`),
    ],
  };
}

/** Each text that is looked for, beside all that the failures of its rule say. */
function speechOf(report: Report, wanted: Expected['says']): { rule: string; text: string; said: string }[] {
  return Object.entries(wanted).flatMap(([rule, texts]) => {
    const findings = report.findings.filter((finding) => finding.rule === rule);
    if (findings.length === 0) return [];
    const said = findings
      .filter(({ outcome }) => outcome === 'fail')
      .map(({ subject, message }) => `${subject} ${message ?? ''}`)
      .join('\n');
    return texts.map((text) => ({ rule, text, said }));
  });
}

/** Critical and high rules that are neither proved nor without a subject. */
export function severeDoubts(report: Report, { either }: Expected): string[] {
  const doubts = report.findings.filter(
    ({ rule, severity, outcome }) =>
      ['critical', 'high'].includes(severity) &&
      !['pass', 'not-applicable'].includes(outcome) &&
      !(rule in either),
  );
  return doubts.map(
    ({ rule, subject, outcome, message }) => `${rule} ${outcome} (${subject}): ${message ?? ''}`,
  );
}

/** Rules that the box speaks of and that do not exist: a misspelt id would otherwise go unnoticed. */
export function unknownRules(report: Report, { fails, passes, says, never, either }: Expected): string[] {
  const found = outcomesOf(report);
  const named = [...fails, ...passes, ...[says, never, either].flatMap(Object.keys)];
  return [...new Set(named)].filter((rule) => !found.has(rule)).toSorted();
}
