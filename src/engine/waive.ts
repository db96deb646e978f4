import type { Attestation, Waiver } from './config.ts';
import type { Finding } from './report.ts';

/** Findings after the owner's word on them, and what of that word no longer counts. */
interface Applied {
  readonly findings: Finding[];
  readonly warnings: string[];
}

/**
 * Marks waived findings. They still earn nothing; they only do not fail the gate.
 *
 * @param today - ISO date; a waiver counts up to and including the day it expires
 */
export function applyWaivers(
  findings: readonly Finding[],
  waivers: readonly Waiver[],
  today: string,
): Applied {
  const valid = waivers.filter((waiver) => waiver.expires >= today);
  const used = new Set<Waiver>();
  const applied = findings.map((finding) => {
    const waiver = valid.find((each) => covers(each, finding));
    if (waiver === undefined || !blocks(finding)) return finding;
    used.add(waiver);
    return { ...finding, waived: { reason: waiver.reason, expires: waiver.expires } };
  });
  const warnings = waivers
    .filter((waiver) => !used.has(waiver))
    .map((waiver) =>
      waiver.expires < today
        ? `the waiver of ${nameOf(waiver)} expired on ${waiver.expires}: it no longer counts`
        : `the waiver of ${nameOf(waiver)} matches nothing that fails: it can go`,
    );
  return { findings: applied, warnings };
}

/** Turns a manual question into a pass where somebody answers for it. */
export function applyAttestations(
  findings: readonly Finding[],
  attestations: readonly Attestation[],
  today: string,
): Applied {
  const valid = attestations.filter((each) => each.expires >= today && each.on <= today);
  const applied = findings.map((finding): Finding => {
    const attestation = valid.find((each) => each.rule === finding.rule);
    if (attestation === undefined || finding.outcome !== 'manual') return finding;
    const { by, on, note } = attestation;
    return {
      ...finding,
      outcome: 'pass',
      message: null,
      evidence: [{ source: `attested by ${by} on ${on}`, line: null, column: null, excerpt: note }],
    };
  });
  const warnings = attestations
    .filter((each) => !valid.includes(each))
    .map(({ rule, on, expires }) =>
      expires < today
        ? `the attestation of ${rule} expired on ${expires}: it no longer counts`
        : `the attestation of ${rule} is dated ${on}, in the future: it does not count yet`,
    );
  return { findings: applied, warnings };
}

function covers(waiver: Waiver, finding: Finding): boolean {
  return waiver.rule === finding.rule && (waiver.subject === undefined || waiver.subject === finding.subject);
}

function blocks(finding: Finding): boolean {
  return finding.outcome !== 'pass' && finding.outcome !== 'not-applicable';
}

function nameOf(waiver: Waiver): string {
  return waiver.subject === undefined ? waiver.rule : `${waiver.rule} for ${waiver.subject}`;
}
