import type { Citation, NotApplicable, Pass, Undetermined } from '../../engine/check.ts';
import { notApplicable, pass, undetermined } from '../../engine/check.ts';
import type { SshdOption } from '../../facts/sshd/effective.ts';
import type { Sshd, SshdScope, SshdServer } from '../../facts/sshd/server.ts';

/** Words that the checks of sshd share. */

/** The verdicts of every server; not applicable where there is none. */
export function eachServer<V>(
  sshd: Sshd,
  judge: (server: SshdServer) => V | readonly V[],
): readonly (V | NotApplicable)[] {
  return sshd.servers.length === 0 ? [notApplicable(sshd.because)] : sshd.servers.flatMap(judge);
}

/** A value that looks right, unless {@link doubt} says that it proves nothing. */
export function passOrDoubt(
  server: SshdServer,
  subject: string,
  ...evidence: readonly Citation[]
): Pass | Undetermined {
  const why = doubt(server);
  return why === null ? pass(subject, ...evidence) : undetermined(why, subject);
}

/** No value: a drop-in leaves it to the files that it is for, of a server it could not be learned. */
export function notKnown(server: SshdServer, subject: string, option: string): NotApplicable | Undetermined {
  const { name, kind } = server;
  if (kind === 'fragment') {
    return { outcome: 'not-applicable', subject, because: `${name} does not set ${option}` };
  }
  const reason = doubt(server) ?? 'run as root, so that sshd -T can tell';
  return undetermined(`${option} of ${name} is not known: ${reason}`, subject);
}

/** `sshd`, or `sshd: Match User root`. */
export function scopeName({ name }: SshdServer, { block }: SshdScope): string {
  return block === null ? name : `${name}: ${blockName(block)}`;
}

export function blockName(block: NonNullable<SshdScope['block']>): string {
  return block.map(({ text }) => text.replace(/\s+/g, ' ').replace(/\s#.*$/, '')).join(' in ');
}

/** Who is meant: `every connection`, or `connections of Match User root`. */
export function scopeWho({ block }: SshdScope): string {
  return block === null ? 'every connection' : `connections that ${blockName(block)} applies to`;
}

export function cite(option: SshdOption | undefined): readonly Citation[] {
  return option === undefined
    ? []
    : [
        {
          source: option.source,
          line: option.line,
          excerpt: option.excerpt ?? (option.values.join(' ') || null),
        },
      ];
}

/**
 * Why values that look right prove nothing: files that could not be read, or a server that runs, or may run,
 * on an older configuration.
 */
export function doubt(server: SshdServer): string | null {
  if (server.incomplete !== null) return server.incomplete;
  const { drift } = server;
  if (drift.state === 'unknown') return server.kind === 'running' ? drift.detail : null;
  if (drift.value.changed.length > 0) {
    const path = drift.value.changed[0]?.path ?? '';
    const runs = drift.value.reloadSeen ? 'still runs' : 'may still run';
    return `${server.name} ${runs} on what ${path} said before it changed; reload it, then audit again`;
  }
  return null;
}

/** Whether a Match block only passes on what holds globally: then it is not a subject of its own. */
export function isInherited(keyword: string, scope: SshdScope, global: SshdScope): boolean {
  const [there, elsewhere] = [scope, global].map(({ options }) => options.get(keyword));
  if (scope === global || there?.values.join(' ') !== elsewhere?.values.join(' ')) return false;
  return there?.line == null || (there.line === elsewhere?.line && there.source === elsewhere.source);
}
