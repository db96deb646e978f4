import * as z from 'zod';
import { FailOn } from './report.ts';
import type { Rule } from './rule.ts';
import { Profile, Severity } from './rule.ts';

const Day = z.iso.date('must be a date such as 2027-01-31');
const Text = z.string().trim().min(1);

const Waiver = z.strictObject({
  rule: Text,
  /** The one subject that is waived; without it, the whole rule. */
  subject: Text.optional(),
  reason: Text,
  /** Last day on which the waiver counts. */
  expires: Day,
});
export type Waiver = z.infer<typeof Waiver>;

const Attestation = z.strictObject({
  rule: Text,
  by: Text,
  on: Day,
  expires: Day,
  note: Text,
});
export type Attestation = z.infer<typeof Attestation>;

const RuleOverride = z.union(
  [
    z.literal('off'),
    z.strictObject({ severity: Severity.optional(), with: z.record(z.string(), z.unknown()).optional() }),
  ],
  'must be off, or an object with severity and with',
);

/** `aisec.yaml`. */
export const Config = z.strictObject({
  profile: Profile.default('lab'),
  failOn: FailOn.default('high'),
  minScore: z.int().min(0).max(100).nullable().default(null),
  rules: z.record(z.string(), RuleOverride).default({}),
  waivers: z.array(Waiver).default([]),
  attest: z.array(Attestation).default([]),
  /** Folder of further rules, relative to this file; they use the checks that aisec has. */
  rulesDir: Text.optional(),
});
export type Config = z.infer<typeof Config>;

/** The rules of a profile, as the owner's configuration changes them. */
export function configureRules(rules: readonly Rule[], config: Config): Rule[] {
  const configured: Rule[] = [];
  for (const rule of rules) {
    const profile = rule.profiles[config.profile];
    const override = config.rules[rule.id];
    if (profile?.enabled === false || override === 'off') continue;
    configured.push({
      ...rule,
      severity: override?.severity ?? profile?.severity ?? rule.severity,
      with: { ...rule.with, ...override?.with },
    });
  }
  return configured;
}
