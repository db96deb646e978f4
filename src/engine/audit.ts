import type { Host } from '../host/host.ts';
import { onlyChanged } from './changed.ts';
import type { Check } from './check.ts';
import type { Config } from './config.ts';
import { evaluateRule } from './evaluate.ts';
import type { Fact } from './fact.ts';
import { factReader } from './fact.ts';
import type { GateExit } from './gate.ts';
import { gate } from './gate.ts';
import type { Exposure, Finding, Report } from './report.ts';
import type { Rule } from './rule.ts';
import { layers, severities } from './rule.ts';
import { score } from './score.ts';
import { applyAttestations, applyWaivers } from './waive.ts';

/** What the report says of the machine beside its findings; `null` is unknown. */
export interface Identity {
  readonly name: string | null;
  readonly os: string | null;
  readonly kernel: string | null;
}

export interface AuditRequest {
  readonly host: Host;
  /** Already configured and selected. */
  readonly rules: readonly Rule[];
  readonly checks: ReadonlyMap<string, Check>;
  readonly config: Config;
  readonly strict: boolean;
  readonly identity: Fact<Identity>;
  readonly exposures: Fact<readonly Exposure[]>;
  readonly version: string;
  /** The only files whose findings are wanted; `null`: all. */
  readonly changed: ReadonlySet<string> | null;
  /** ISO date that waivers and attestations are held against. */
  readonly today: string;
}

/** Gathers, judges, scores and gates: one audit of one host. */
export async function audit(request: AuditRequest): Promise<{ report: Report; exit: GateExit }> {
  const { host, config } = request;
  const read = factReader(host);
  const [identity, exposures, ...judged] = await Promise.all([
    read(request.identity),
    request.exposures.kinds.includes(host.origin.kind) ? read(request.exposures) : null,
    ...request.rules.map((rule) => findingsOf(rule, request, read)),
  ]);
  const all = judged.flat();
  const wanted = request.changed === null ? all : onlyChanged(all, request.changed);
  const attested = applyAttestations(wanted, config.attest, request.today);
  const waived = applyWaivers(attested.findings, config.waivers, request.today);
  const findings = waived.findings.toSorted(byWeight);
  const scored = score(findings);
  const verdict = gate(findings, scored, { ...config, strict: request.strict });
  const { kind, name, privileged, collectedAt } = host.origin;
  const known = identity.state === 'known' ? identity.value : null;
  const report: Report = {
    schema: 'aisec/report/v1',
    tool: { name: 'aisec', version: request.version },
    target: {
      kind,
      name: known?.name ?? name,
      os: known?.os ?? null,
      kernel: known?.kernel ?? null,
      privileged,
      collectedAt,
    },
    profile: config.profile,
    score: scored,
    gate: verdict.gate,
    findings,
    exposures: exposures?.state === 'known' ? [...exposures.value] : null,
    warnings: [...attested.warnings, ...waived.warnings],
  };
  return { report, exit: verdict.exit };
}

function findingsOf(
  rule: Rule,
  { checks, host }: AuditRequest,
  read: ReturnType<typeof factReader>,
): Promise<Finding[]> {
  const check = checks.get(rule.check);
  if (check === undefined) throw new Error(`rule ${rule.id} names the unknown check ${rule.check}`);
  return evaluateRule(rule, check, host.origin.kind, read);
}

/** Worst severity first, then by layer, rule, subject and message: the same order every time. */
function byWeight(a: Finding, b: Finding): number {
  return (
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    layers.indexOf(a.layer) - layers.indexOf(b.layer) ||
    compare(a.rule, b.rule) ||
    compare(a.subject, b.subject) ||
    compare(a.message ?? '', b.message ?? '')
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
