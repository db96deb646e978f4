import { hash } from 'node:crypto';
import { gapsOf } from '../host/evidence.ts';
import type { HostKind } from '../host/host.ts';
import type { Check, Citation, Fail as FailOf, Messages, Verdict } from './check.ts';
import { theHost } from './check.ts';
import type { FactReader } from './fact.ts';
import type { Finding, Remediation } from './report.ts';
import type { Fix, Rule } from './rule.ts';
import type { Value } from './template.ts';
import { renderCommand, renderMessage, renderYaml } from './template.ts';

/** A rule that broke: it proves nothing and hides no other rule. */
interface Broken {
  readonly outcome: 'error';
  readonly because: string;
}

type Fail = FailOf<Messages>;

/** One rule's findings, one per subject, never empty. */
export async function evaluateRule(
  rule: Rule,
  check: Check,
  kind: HostKind,
  read: FactReader,
): Promise<Finding[]> {
  const verdicts = await judge(rule, check, kind, read);
  return verdicts.map((verdict) => findingOf(rule, check, verdict, kind));
}

async function judge(
  rule: Rule,
  check: Check,
  kind: HostKind,
  read: FactReader,
): Promise<readonly (Verdict | Broken)[]> {
  if (Object.values(check.needs).some((fact) => !fact.kinds.includes(kind))) {
    return [{ outcome: 'not-applicable', because: 'a project directory is not a running machine' }];
  }
  const given: Record<string, unknown> = {};
  const needed = await Promise.all(
    Object.entries(check.needs).map(async ([name, fact]) => [name, await read(fact)] as const),
  );
  for (const [name, evidence] of needed) {
    if (evidence.state === 'unknown') return [{ outcome: 'undetermined', because: evidence.detail }];
    given[name] = evidence.value;
  }
  const gaps = needed.flatMap(([, evidence]) => gapsOf(evidence));
  for (const [name, fact] of Object.entries(check.optional)) given[name] = await read(fact);
  try {
    const verdicts = check.evaluate(given, check.params.parse(rule.with));
    if (verdicts.length === 0) return [{ outcome: 'error', because: `${check.id} gave no verdict` }];
    return gaps.length === 0 ? verdicts : withGaps(verdicts, gaps);
  } catch (error) {
    return [{ outcome: 'error', because: `${check.id} failed: ${String(error)}` }];
  }
}

/** What was seen stands; what was not may hold any number of further subjects. */
function withGaps(verdicts: readonly Verdict[], gaps: readonly string[]): readonly Verdict[] {
  const seen = verdicts.filter(({ outcome }) => outcome !== 'not-applicable');
  const because = [...new Set(gaps)].join('; ');
  return [...seen, { outcome: 'undetermined', because, subject: 'what was not seen' }];
}

function findingOf(rule: Rule, check: Check, verdict: Verdict | Broken, kind: HostKind): Finding {
  const subject = ('subject' in verdict ? verdict.subject : undefined) ?? theHost;
  return {
    rule: rule.id,
    check: check.id,
    layer: rule.layer,
    severity: rule.severity,
    outcome: verdict.outcome,
    title: rule.title,
    subject,
    message: messageOf(check, verdict),
    waived: null,
    evidence: 'evidence' in verdict ? (verdict.evidence ?? []).map((each) => cited(each, kind)) : [],
    remediation: verdict.outcome === 'fail' ? remedyFor(rule, verdict, subject) : null,
    references: rule.references,
    maps: rule.maps,
    fingerprint: fingerprintOf(rule.id, subject),
  };
}

/** A repository's files are named from its root, as its owner does. */
function cited({ source, line, column, excerpt }: Citation, kind: HostKind): Finding['evidence'][number] {
  const name = kind === 'project' ? source.replace(/^\//, '') : source;
  return { source: name, line, column: column ?? null, excerpt };
}

function remedyFor(rule: Rule, verdict: Fail, subject: string): Remediation {
  const fix = remediationOf(fixFor(rule, verdict), { subject, ...verdict.data });
  // Commands beside a snippet do nothing before it is pasted.
  const isByHand = fix.commands.length === 0 || fix.snippet !== null;
  if (!rule.stopgap || !isByHand) return fix;
  const untils = (verdict.stopgaps ?? []).map((stopgap) => remediationOf(stopgap.fix, stopgap.data));
  const once = (lines: (until: Remediation) => readonly string[]) => [...new Set(untils.flatMap(lines))];
  return {
    ...fix,
    summary: [fix.summary, ...once(({ summary }) => [summary])].join(' '),
    commands: [...fix.commands, ...once(({ commands }) => commands)],
    verify: [...fix.verify, ...once(({ verify }) => verify)],
    undo: [...once(({ undo }) => undo), ...fix.undo],
  };
}

/** The most special one that fits. */
function fixFor({ fix, fixes }: Rule, { message, variant = '', foreign = false }: Fail): Fix {
  const own = fixes[`${message}/${variant}`] ?? fixes[variant];
  if (own !== undefined) return own;
  const common = fixes[message] ?? fix;
  return foreign ? { ...common, commands: [], verify: [], undo: [] } : common;
}

function messageOf(check: Check, verdict: Verdict | Broken): string | null {
  switch (verdict.outcome) {
    case 'pass':
      return null;
    case 'fail':
      return renderMessage(check.messages[verdict.message] ?? verdict.message, verdict.data);
    case 'manual':
      return verdict.question;
    default:
      return verdict.because;
  }
}

function remediationOf(fix: Fix, data: Readonly<Record<string, Value>>): Remediation {
  const render = (templates: readonly string[]) => {
    const commands = templates.map((template) => renderCommand(template, data));
    return commands.every((command) => command !== null) ? commands : [];
  };
  return {
    summary: renderMessage(fix.summary, data),
    commands: render(fix.commands),
    verify: render(fix.verify),
    undo: render(fix.undo),
    snippet: fix.snippet === undefined ? null : renderYaml(fix.snippet, data),
    risk: fix.risk,
  };
}

function fingerprintOf(rule: string, subject: string): string {
  return hash('sha256', `${rule}\0${subject}`).slice(0, 16);
}
