import { defineFact } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { gapsOf, known, unknown } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import { processesFact } from '../processes.ts';

export interface AuditRule {
  /** As auditctl(8) takes and prints it: `-w /etc/passwd -p wa -k identity`. */
  readonly text: string;
  readonly source: string;
  /** `null` for rules that the kernel told. */
  readonly line: number | null;
}

/** What records who started which program and who changed the accounts. */
export interface AuditDaemon {
  /** Name of the running recorder: `auditd`, `falco`; `null` when none runs. */
  readonly running: string | null;
  /** Whether it records by rules of its own, and not by those of the kernel. */
  readonly ownRules: boolean;
  /** Rules in force, or those that boot will load when only root may ask the kernel. */
  readonly rules: Evidence<readonly AuditRule[]>;
  /** Whether the kernel records at all (`auditctl -s`, or `-e` in the files). */
  readonly enabled: Evidence<boolean>;
}

/** Programs that watch by eBPF. */
const ownWatchers = ['falco', 'tetragon', 'tracee'];
/** Programs that take what the kernel's audit rules record; osqueryd does so only where it is told to. */
const kernelReaders = ['auditd', 'auditbeat', 'go-audit', 'osqueryd'];

/** See auditd(8) and audit.rules(7). */
export const auditDaemonFact = defineFact<AuditDaemon>({
  id: 'audit-daemon',
  gather: async (host, read) => {
    const [processes, rules] = await Promise.all([read(processesFact), auditRules(host)]);
    const enabled = await isEnabled(host, rules);
    if (processes.state === 'unknown') return processes;
    const names = new Set(processes.value.map(({ name }) => name));
    const running = [...ownWatchers, ...kernelReaders].find((name) => names.has(name)) ?? null;
    const [unseen] = gapsOf(processes);
    if (running === null && unseen !== undefined) return unknown('denied', unseen, processes.source);
    const ownRules = running !== null && ownWatchers.includes(running);
    return known({ running, ownRules, rules, enabled }, processes.source);
  },
});

/** `enabled 1`, before audit 2.3.3 `AUDIT_STATUS: enabled=1 …`; 2 is on and locked. See auditctl(8). */
async function isEnabled(host: Host, rules: Evidence<readonly AuditRule[]>): Promise<Evidence<boolean>> {
  if (rules.state === 'unknown') return rules;
  // Rules of the kernel have no lines: only then can it be asked.
  if (rules.source !== 'auditctl -l') {
    const last = rules.value.findLast(({ text }) => /^-e\s+\d/.test(text));
    return known(last === undefined || !/^-e\s+0/.test(last.text), rules.source);
  }
  const status = await host.run(['auditctl', '-s']);
  if (status.state === 'unknown') return status;
  const flag = /\benabled[ =](\d)/.exec(status.value.stdout)?.[1];
  return flag === undefined
    ? unknown('unparsable', 'auditctl -s did not say whether auditing is on', status.source)
    : known(flag !== '0', status.source);
}

/** What the kernel holds, else the files that augenrules(8) merges into it. */
async function auditRules(host: Host): Promise<Evidence<readonly AuditRule[]>> {
  const listed = host.origin.running && host.origin.privileged ? await host.run(['auditctl', '-l']) : null;
  if (listed?.state === 'known' && listed.value.exitCode === 0) {
    const { source } = listed;
    const lines = listed.value.stdout.split('\n').filter((line) => line.startsWith('-'));
    return known(
      lines.map((text) => ({ text, source, line: null })),
      source,
    );
  }
  const path = '/etc/audit/audit.rules';
  const file = await host.read(path);
  if (file.state === 'unknown') return file;
  const lines = (file.value ?? '')
    .split('\n')
    .map((text, index) => ({ text: text.trim(), source: path, line: index + 1 }));
  return known(
    lines.filter(({ text }) => text.startsWith('-')),
    path,
  );
}
