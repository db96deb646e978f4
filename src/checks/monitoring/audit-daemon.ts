/** Nothing records who runs which program and who changes the accounts. */
import * as z from 'zod';
import type { Citation, Verdict } from '../../engine/check.ts';
import { defineCheck, pass, theHost, undetermined } from '../../engine/check.ts';
import type { AuditRule } from '../../facts/logging/audit-daemon.ts';
import { auditDaemonFact } from '../../facts/logging/audit-daemon.ts';

const messages = {
  off: 'No audit daemon runs: after a break-in nobody can say which programs were started and which accounts were changed.',
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
    const exec = rules.find(recordsExecution);
    const unwatched = identityFiles.filter((file) => !rules.some((rule) => watches(rule, file)));
    const missing = [...(exec === undefined ? ['started programs (execve)'] : []), ...unwatched];
    if (missing.length === 0) return [pass(theHost, ...(exec === undefined ? [] : [cite(exec)]))];
    const data = { missing: missing.join(', ') };
    const evidence = [{ source: audit.rules.source, line: null, excerpt: `${String(rules.length)} rules` }];
    return [{ outcome: 'fail', message: 'rules', subject: theHost, data, evidence }];
  },
});

function recordsExecution({ text }: AuditRule): boolean {
  return /-a\s+(?:always,exit|exit,always)\b/.test(text) && /-S\s+(?:\S+,)?(?:execve|all)\b/.test(text);
}

/** A watch of the file, or of a directory above it, for writing. */
function watches({ text }: AuditRule, file: string): boolean {
  const path = /(?:-w\s+|-F\s+path=|-F\s+dir=)(\/\S*)/.exec(text)?.[1];
  const permissions = /(?:-p\s+|-F\s+perm=)([rwxa]+)/.exec(text)?.[1] ?? 'rwxa';
  if (path === undefined || !/[wa]/.test(permissions)) return false;
  return path === file || file.startsWith(path.endsWith('/') ? path : `${path}/`);
}

function cite({ source, line, text }: AuditRule): Citation {
  return { source, line, excerpt: text };
}
