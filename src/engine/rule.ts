import * as z from 'zod';

/** The six layers of the model, outermost first. */
export const layers = ['network', 'access', 'host', 'containers', 'application', 'monitoring'] as const;
export type Layer = (typeof layers)[number];

/** Worst first. */
export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;
export const Severity = z.enum(severities);
export type Severity = z.infer<typeof Severity>;

export const profiles = ['lab', 'server', 'ci'] as const;
export const Profile = z.enum(profiles);
export type Profile = z.infer<typeof Profile>;

export const Risk = z.enum(['none', 'restart', 'lockout', 'reboot']);
export type Risk = z.infer<typeof Risk>;

const Text = z.string().trim().min(1);
const RuleId = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be kebab-case');

/**
 * How to put it right. Placeholders such as `{unit}` take the finding's data; in `commands`,
 * `verify` and `undo` every value is quoted for a shell.
 */
export const Fix = z.strictObject({
  summary: Text,
  /** Run by root in this order; idempotent. */
  commands: z.array(Text).default([]),
  /** Show that it worked. */
  verify: z.array(Text).default([]),
  /** Restore what was. */
  undo: z.array(Text).default([]),
  /** YAML to paste under the service or container that the finding names; values as YAML scalars. */
  snippet: Text.optional(),
  /** What running the commands may cost. */
  risk: Risk,
});
export type Fix = z.infer<typeof Fix>;

/** A policy: which check, with which parameters, how severe, why, and how to fix it. */
export const Rule = z.strictObject({
  id: RuleId,
  check: RuleId,
  /** Parameters of the check. */
  with: z.record(z.string(), z.unknown()).default({}),
  severity: Severity,
  title: Text,
  why: Text,
  fix: Fix,
  /**
   * Another fix for a message of the check, or for a variant (`compose`: a service of a compose file,
   * `kubernetes`: a container of a manifest), or for both: `MESSAGE`, `VARIANT`, `MESSAGE/VARIANT`.
   */
  fixes: z.record(z.string(), Fix).default({}),
  /** Whether findings whose fix is made by hand bring commands for the time until then, chosen for the machine. */
  stopgap: z.boolean().default(false),
  references: z.array(Text).default([]),
  /** Other catalogues' ids for the same thing: `cis-debian12: ["5.1.3"]`. */
  maps: z.record(z.string(), z.array(Text)).default({}),
  since: Text,
  /** Former ids. */
  aliases: z.array(RuleId).default([]),
  /** What a profile other than `lab` changes. */
  profiles: z
    .partialRecord(
      Profile,
      z.strictObject({ severity: Severity.optional(), enabled: z.boolean().optional() }),
    )
    .default({}),
});
export type RuleFile = z.infer<typeof Rule>;

/** A rule with the layer that its folder gives it. */
export type Rule = RuleFile & { readonly layer: Layer };
