import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import * as z from 'zod';
import type { Finding } from '../../src/engine/report.ts';
import { audit, prepare } from './audit.ts';
import type { Box } from './box.ts';
import { bootBox } from './box.ts';
import { labSources } from './paths.ts';
import { describeLab } from './prerequisites.ts';

/** What the commands of some rules need and a box does not have: a registry, mirrors, a reboot. */
const Unprovable = z.record(z.string(), z.string());
const unprovable = Unprovable.parse(parse(readFileSync(join(labSources, 'boxes/unprovable.yaml'), 'utf8')));

/** Where findings come from; in the second box, those that only Docker beside a firewall makes. */
const boxes: readonly (readonly [name: string, isMeant: (finding: Finding) => boolean])[] = [
  ['weak', () => true],
  ['tricky', ({ layer }) => layer === 'network'],
];

describeLab('remediation', () => {
  test.each(boxes)(
    'the printed commands repair what they are printed for in box %s, and nothing else breaks',
    async (name, isMeant) => {
      const box = await bootBox(name);
      try {
        await prepare(box, name);
        const { report } = await audit(box);
        const failed = report.findings.filter((finding) => finding.outcome === 'fail' && isMeant(finding));
        expect(await repairAll(box, failed)).toEqual([]);
      } finally {
        await box.stop();
      }
    },
    900_000,
  );
});

/** Tries the commands of every finding; what does not hold. */
async function repairAll(box: Box, findings: readonly Finding[]): Promise<readonly string[]> {
  const problems: string[] = [];
  const tried = withCommands(findings);
  for (const finding of tried) {
    const { rule, subject } = finding;
    const started = performance.now();
    const problem = await repair(box, finding);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const verdict = problem === null ? 'holds' : 'FAILS';
    process.stderr.write(`remediation: ${verdict} ${rule} (${subject}) ${seconds} s ${problem ?? ''}\n`);
    if (problem !== null) problems.push(`${rule} (${subject}): ${problem}`);
  }
  const [all, failed] = [tried.length, problems.length];
  process.stderr.write(`remediation: ${String(all - failed)} hold, ${String(failed)} do not\n`);
  expect(all).toBeGreaterThan(0);
  return problems;
}

/** Commands that fetch something, which no box can. */
const needsInternet =
  /\bapt(?:-get)?\b.*\b(?:update|install|upgrade|full-upgrade)\b|\bunattended-upgrade\b|\bdocker pull\b/;

type Repairable = Finding & { readonly remediation: NonNullable<Finding['remediation']> };

/**
 * One finding of every rule and kind of fix; all of them with AISEC_LAB_FULL=1, which takes long.
 * AISEC_LAB_RULES=ID,ID tries these alone, and AISEC_LAB_UNDO=1 undoes each and repairs it again.
 */
function withCommands(findings: readonly Finding[]): Repairable[] {
  const seen = new Set<string>();
  const only = process.env.AISEC_LAB_RULES?.split(',');
  return findings.filter((finding): finding is Repairable => {
    const { rule, remediation } = finding;
    if (remediation === null || remediation.commands.length === 0 || isUnprovable(finding)) return false;
    if (only !== undefined && !only.includes(rule)) return false;
    if (remediation.commands.some((line) => needsInternet.test(line))) {
      process.stderr.write(`remediation: not proved ${rule} (${finding.subject}): needs a mirror\n`);
      return false;
    }
    const kind = `${rule}: ${String(remediation.commands.length)}`;
    const isNew = !seen.has(kind);
    seen.add(kind);
    return isNew || process.env.AISEC_LAB_FULL === '1';
  });
}

/** `RULE (container)` in the list is about the rule's findings on containers alone. */
function isUnprovable({ rule, subject }: Finding): boolean {
  return rule in unprovable || (subject.includes('(container ') && `${rule} (container)` in unprovable);
}

/** Runs the commands of one finding; what does not hold afterwards, or `null`. */
async function repair(box: Box, finding: Repairable): Promise<string | null> {
  const { commands, undo } = finding.remediation;
  // Another finding's commands may have repaired it, and then they have nothing left to do.
  if ((await doubtAbout(box, finding)) === null) return null;
  const repaired = async (time: string) =>
    (await trouble(box, time, commands)) ?? (await doubtAbout(box, finding)) ?? (await brokenService(box));
  // Twice: they must be idempotent.
  const problem = (await trouble(box, 'first', commands)) ?? (await repaired('second'));
  if (problem !== null || undo.length === 0 || process.env.AISEC_LAB_UNDO !== '1') return problem;
  const undone = await trouble(box, 'undo', undo);
  if (undone !== null) return undone;
  if ((await doubtAbout(box, finding)) === null) return 'it still passes after undo';
  return repaired('third');
}

/** The first of the commands that fails, or `null`. */
async function trouble(box: Box, time: string, commands: readonly string[]): Promise<string | null> {
  for (const line of commands) {
    const { exitCode, stderr } = await box.run(`cd /root\n${line}\n`, 90);
    if (exitCode !== 0)
      return `${time} run of \`${line}\` exits ${String(exitCode)}: ${stderr.trim().slice(-300)}`;
  }
  return null;
}

/** What a finding says now, unless it passes or is gone. */
async function doubtAbout(box: Box, { rule, fingerprint }: Finding): Promise<string | null> {
  const { report } = await audit(box, { args: `--rule ${rule}` });
  const doubt = report.findings.find(
    (finding) => finding.fingerprint === fingerprint && finding.outcome !== 'pass',
  );
  return doubt === undefined ? null : `still ${doubt.outcome}: ${doubt.message ?? ''}`;
}

/** The operator still gets in, and the model server still serves its own machine. */
async function brokenService(box: Box): Promise<string | null> {
  const usable = await box.run(`
    for attempt in $(seq 30); do
      curl -fsS -m 2 -o /dev/null http://127.0.0.1:11434/ && exit 0
      sleep 0.2
    done 2>/dev/null
    systemctl status --no-pager --lines=5 ollama
    exit 1
  `);
  if (usable.exitCode !== 0) return `Ollama no longer answers on loopback: ${usable.stdout}`;
  const open = await box.neighbour.openPorts([22]);
  return open.includes(22) ? null : 'SSH no longer answers the neighbour';
}
