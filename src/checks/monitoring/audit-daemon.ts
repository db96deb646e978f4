/** Nothing records who runs which program and who changes the accounts. */
import * as z from 'zod';
import type { Citation, Verdict } from '../../engine/check.ts';
import { defineCheck, pass, theHost, undetermined } from '../../engine/check.ts';
import type { AuditDaemon, AuditRule } from '../../facts/logging/audit-daemon.ts';
import { auditDaemonFact } from '../../facts/logging/audit-daemon.ts';

const messages = {
  off: 'No audit daemon runs: after a break-in nobody can say which programs were started and which accounts were changed.',
  disabled: '{daemon} runs, but the kernel records nothing for it: {reason}.',
  rules:
    '{daemon} runs, but no rule records {missing}: what matters after a break-in is not there to be read.',
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
    const { running: daemon } = audit;
    if (daemon === null) {
      return [{ outcome: 'fail', message: 'off', subject: theHost, data: {}, evidence: [process] }];
    }
    if (audit.ownRules) return [pass(theHost, process)];
    if (audit.rules.state === 'unknown') return [undetermined(`${daemon} runs; ${audit.rules.detail}`)];
    const rules = audit.rules.value;
    const disabled = whyDisabled(audit, daemon);
    if (disabled !== null) return [disabled];
    if (audit.enabled.state === 'unknown') return [undetermined(`${daemon} runs; ${audit.enabled.detail}`)];
    const exec = rules.find(recordsExecution);
    const unwatched = identityFiles.filter((file) => !rules.some((rule) => watches(rule, file)));
    const missing = [...(exec === undefined ? ['started programs (execve)'] : []), ...unwatched];
    if (missing.length === 0) return [pass(theHost, ...(exec === undefined ? [] : [cite(exec)]))];
    const data = { daemon, missing: missing.join(', ') };
    const evidence = [{ source: audit.rules.source, line: null, excerpt: `${String(rules.length)} rules` }];
    return [{ outcome: 'fail', message: 'rules', subject: theHost, data, evidence }];
  },
});

/** Auditing is off, or each process is exempted when it starts: then neither calls nor watches are recorded. */
function whyDisabled({ enabled, rules }: AuditDaemon, daemon: string): Verdict<typeof messages> | null {
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
  const [data, evidence] = [{ daemon, reason: why.reason }, [why.line]];
  return { outcome: 'fail', message: 'disabled', subject: theHost, data, evidence };
}

/**
 * Records every program that is started on this machine, or all but those without a login behind them.
 *
 * Any other field limits the rule to some programs, users or files: `-C euid!=uid`, `-F exe=`, `-F path=`.
 */
function recordsExecution({ text }: AuditRule): boolean {
  const fields = Array.from(text.matchAll(/\s-[FC]\s+(\S+)/g), ([, field = '']) => field);
  const isLimited = fields.some(
    (field) => !/^(?:arch=|key=|(?:login|a)uid(?:>=|>|!=)|success(?:=1|!=0)$)/.test(field),
  );
  return isAlways(text) && !isLimited && /-S\s+(?:\S+,)?(?:execve|all)\b/.test(text);
}

/** A watch of the file, or of a directory above it, for writing. */
function watches({ text }: AuditRule, file: string): boolean {
  if (!/^-w\s/.test(text) && !isAlways(text)) return false;
  const [, kind, path] = /(-w\s+|-F\s+path=|-F\s+dir=)(\/\S*)/.exec(text) ?? [];
  const permissions = /(?:-p\s+|-F\s+perm=)([rwxa]+)/.exec(text)?.[1] ?? 'rwxa';
  if (path === undefined || !/[wa]/.test(permissions)) return false;
  if (path === file) return true;
  // A path is that inode alone; the other two hold for all below.
  return !(kind ?? '').includes('path=') && file.startsWith(path.endsWith('/') ? path : `${path}/`);
}

/** A rule that records what ends, not only what 32-bit programs do. */
function isAlways(text: string): boolean {
  return /^-[aA]\s+(?:always,exit|exit,always)\b/.test(text) && !/-F\s+arch=b32\b/.test(text);
}

function cite({ source, line, text }: AuditRule): Citation {
  return { source, line, excerpt: text };
}
