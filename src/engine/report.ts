import * as z from 'zod';
import { Risk, Severity, layers, profiles } from './rule.ts';

/**
 * The public contract: what `--format json` prints. Other programs depend on it, so it changes only
 * by a new version, and never because an internal type did.
 */

/** Worst first: a rule's outcome is the worst of its subjects'. */
export const outcomes = ['error', 'fail', 'undetermined', 'manual', 'pass', 'not-applicable'] as const;
const Outcome = z.enum(outcomes);
export type Outcome = z.infer<typeof Outcome>;

const Percent = z.int().min(0).max(100);
const Ratio = z.number().min(0).max(1).describe('determined rules ÷ applicable rules');
const Count = z.int().min(0);

const LayerScore = z.strictObject({
  layer: z.int().min(1).max(6),
  id: z.enum(layers),
  value: Percent.nullable().describe('null: no rule of this layer applies'),
  best: Percent.nullable(),
  coverage: Ratio,
  pass: Count.describe('rules, not subjects'),
  fail: Count,
  undetermined: Count.describe('undetermined, manual and errored rules'),
  notApplicable: Count,
  waived: Count,
});
export type LayerScore = z.infer<typeof LayerScore>;

/** The most a score can be while an applicable rule of this severity is not proved to pass. */
export const scoreCaps = { critical: 39, high: 79 } as const;

export const grades = ['A', 'B', 'C', 'D', 'F'] as const;

const Score = z.strictObject({
  value: Percent.nullable().describe('share of the weight proved to pass; null: nothing applies'),
  best: Percent.nullable().describe('value, if every undetermined rule passed'),
  grade: z.enum(grades).nullable(),
  coverage: Ratio,
  layers: z.array(LayerScore),
});
export type Score = z.infer<typeof Score>;

export const FailOn = z.enum(['critical', 'high', 'medium', 'low', 'never']);
export type FailOn = z.infer<typeof FailOn>;

const Gate = z.strictObject({
  failOn: FailOn,
  minScore: Percent.nullable(),
  passed: z.boolean(),
  reasons: z.array(z.string()),
});
export type Gate = z.infer<typeof Gate>;

const Remediation = z.strictObject({
  summary: z.string(),
  commands: z.array(z.string()),
  verify: z.array(z.string()),
  undo: z.array(z.string()),
  snippet: z
    .string()
    .nullable()
    .describe('YAML to paste under the service or container that the evidence names'),
  risk: Risk,
});
export type Remediation = z.infer<typeof Remediation>;

const Finding = z.strictObject({
  rule: z.string(),
  check: z.string(),
  layer: z.enum(layers),
  severity: Severity,
  outcome: Outcome,
  title: z.string(),
  subject: z.string().describe('what was judged; `host` for the machine as a whole'),
  message: z.string().nullable().describe('what is wrong, or why it cannot be told; null when it passes'),
  waived: z.strictObject({ reason: z.string(), expires: z.string() }).nullable(),
  evidence: z.array(
    z.strictObject({
      source: z.string(),
      line: z.int().min(1).nullable(),
      column: z.int().min(1).nullable(),
      excerpt: z.string().nullable(),
    }),
  ),
  remediation: Remediation.nullable(),
  references: z.array(z.string()),
  maps: z.record(z.string(), z.array(z.string())),
  fingerprint: z.string().describe('stable over runs and line numbers: rule and subject'),
});
export type Finding = z.infer<typeof Finding>;

const farScopes = ['containers', 'vpn', 'lan', 'any'] as const;
export const scopes = ['loopback', ...farScopes, 'unknown'] as const;

const Exposure = z.strictObject({
  service: z.string().nullable().describe('id in the service catalogue'),
  process: z.string().nullable(),
  workload: z.string().nullable(),
  kind: z
    .enum(['socket', 'published', 'container'])
    .describe('a socket of the machine, a published port, or a port at a container’s own address'),
  proto: z.enum(['tcp', 'udp']),
  address: z.string(),
  port: z.int().min(0).max(65535),
  scope: z.enum(scopes).describe('the widest source that can connect'),
  authentication: z
    .enum(['proved', 'partial', 'none', 'unknown'])
    .nullable()
    .describe('whether it is proved to ask for a credential; null: no catalogue service was recognised'),
  reachableFrom: z.array(
    z.strictObject({
      interface: z.string(),
      scopes: z.array(z.enum(farScopes)).describe('what kinds of sources these are'),
      sources: z.array(z.string()),
      routerNeeded: z
        .boolean()
        .describe(
          'the interface has private addresses alone: the internet gets there if a router forwards it',
        ),
    }),
  ),
  path: z
    .array(z.string())
    .describe('the rules that decided, in the words of their owner; or why it is unknown'),
  firewallSays: z
    .enum(['admits', 'refuses', 'unknown', 'not-asked'])
    .describe('what the host firewall alone would answer the farthest source'),
});
export type Exposure = z.infer<typeof Exposure>;

/** Whether one packet gets through: an entry of what `aisec exposure --queries` prints. */
export interface QueryAnswer {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly proto: 'tcp' | 'udp';
  /** Where it comes in; empty where no route leads to the source. */
  readonly interface: string;
  readonly verdict: 'reachable' | 'blocked' | 'unknown';
  /** The rules on the way, and what ended it. */
  readonly because: readonly string[];
}

export const Report = z.strictObject({
  schema: z.literal('aisec/report/v1'),
  tool: z.strictObject({ name: z.literal('aisec'), version: z.string() }),
  target: z.strictObject({
    kind: z.enum(['live', 'rootfs', 'snapshot', 'project']),
    name: z.string(),
    os: z.string().nullable(),
    kernel: z.string().nullable(),
    privileged: z.boolean(),
    collectedAt: z.string(),
  }),
  profile: z.enum(profiles),
  score: Score,
  gate: Gate,
  findings: z.array(Finding),
  exposures: z.array(Exposure).nullable().describe('null: the listeners could not be read'),
  warnings: z.array(z.string()).describe('waivers and attestations that no longer count'),
});
export type Report = z.infer<typeof Report>;
