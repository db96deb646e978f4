/** Nothing records who runs which program and who changes the accounts. */
import * as z from 'zod';
import type { Citation, Verdict } from '../../engine/check.ts';
import { defineCheck, pass, theHost, undetermined } from '../../engine/check.ts';
import type { AuditDaemon, AuditRule } from '../../facts/logging/audit-daemon.ts';
import { auditDaemonFact } from '../../facts/logging/audit-daemon.ts';

const messages = {
  off: 'No audit daemon runs: after a break-in nobody can say which programs were started and which accounts were changed.',
  disabled: 'auditd runs, but the kernel records nothing for it: {reason}.',
  rules: 'auditd runs, but has no rule for {missing}: what matters after a break-in is not recorded.',
};

export const auditDaemon = defineCheck({
  id: 'audit-daemon',
  needs: { audit: auditDaemonFact },
  params: z.strictObject({
    /** Files whose changes must be recorded. */
    identityFiles: z.array(z.string()).min(1),
  }),
  messages,
  evaluate: ({ audit }, { identityFiles }): Verdict<typeof messages>[] => {
    const process: Citation = { source: '/proc', line: null, excerpt: audit.running };
    if (audit.running === null) {
      return [{ outcome: 'fail', message: 'off', subject: theHost, data: {}, evidence: [process] }];
    }
    // The others bring their own rules.
    if (audit.running !== 'auditd') return [pass(theHost, process)];
    if (audit.rules.state === 'unknown') return [undetermined(`auditd runs; ${audit.rules.detail}`)];
    const rules = audit.rules.value;
    const disabled = whyDisabled(audit);
    if (disabled !== null) return [disabled];
    if (audit.enabled.state === 'unknown') return [undetermined(`auditd runs; ${audit.enabled.detail}`)];
    const exec = rules.find(recordsExecution);
    const unwatched = identityFiles.filter((file) => !rules.some((rule) => watches(rule, file)));
    const missing = [...(exec === undefined ? ['started programs (execve)'] : []), ...unwatched];
    if (missing.length === 0) return [pass(theHost, ...(exec === undefined ? [] : [cite(exec)]))];
    const data = { missing: missing.join(', ') };
    const evidence = [{ source: audit.rules.source, line: null, excerpt: `${String(rules.length)} rules` }];
    return [{ outcome: 'fail', message: 'rules', subject: theHost, data, evidence }];
  },
});

/** Auditing is off, or each process is exempted when it starts: then neither calls nor watches are recorded. */
function whyDisabled({ enabled, rules }: AuditDaemon): Verdict<typeof messages> | null {
  const never = (rules.state === 'known' ? rules.value : []).find(({ text }) =>
    /^-[aA]\s+(?:never,task|task,never)\s*(?:-k\s+\S+\s*)?$/.test(text),
  );
  const off = enabled.state === 'known' && !enabled.value;
  const why = off
    ? {
        reason: 'auditing is switched off',
        line: { source: enabled.source, line: null, excerpt: 'enabled 0' },
      }
    : never && { reason: 'a rule exempts every new process', line: cite(never) };
  if (why === undefined) return null;
  const [data, evidence] = [{ reason: why.reason }, [why.line]];
  return { outcome: 'fail', message: 'disabled', subject: theHost, data, evidence };
}

function recordsExecution({ text }: AuditRule): boolean {
  return /-[aA]\s+(?:always,exit|exit,always)\b/.test(text) && /-S\s+(?:\S+,)?(?:execve|all)\b/.test(text);
}

/** A watch of the file, or of a directory above it, for writing. */
function watches({ text }: AuditRule, file: string): boolean {
  if (!/^-w\s/.test(text) && !/-[aA]\s+(?:always,exit|exit,always)\b/.test(text)) return false;
  const path = /(?:-w\s+|-F\s+path=|-F\s+dir=)(\/\S*)/.exec(text)?.[1];
  const permissions = /(?:-p\s+|-F\s+perm=)([rwxa]+)/.exec(text)?.[1] ?? 'rwxa';
  if (path === undefined || !/[wa]/.test(permissions)) return false;
  return path === file || file.startsWith(path.endsWith('/') ? path : `${path}/`);
}

function cite({ source, line, text }: AuditRule): Citation {
  return { source, line, excerpt: text };
}
