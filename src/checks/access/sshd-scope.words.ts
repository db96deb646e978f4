import type { Citation } from '../../engine/check.ts';
import type { SshdOption } from '../../facts/sshd/effective.ts';
import { connectionSpecification } from '../../facts/sshd/program.ts';
import { commandLineSource } from '../../facts/sshd/server.ts';
import type { SshdScope, SshdServer } from '../../facts/sshd/server.ts';

/** Words and commands that the checks of sshd share. */

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
 * Why values that look right prove nothing: files that could not be read, or a server that runs on an older
 * configuration.
 */
export function doubt(server: SshdServer): string | null {
  if (server.incomplete !== null) return server.incomplete;
  const { drift } = server;
  if (drift.state === 'known' && drift.value.changed.length > 0) {
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

/** Where and how to put one option right; the commands of the rules take these by name. */
export interface Remedy {
  /** A drop-in of ours wins, or the deciding line itself has to change. */
  readonly way: 'dropIn' | 'inPlace';
  readonly data: Readonly<Record<string, string>>;
}

/** Options of which sshd keeps the last value, as measured on OpenSSH 9.2: a drop-in read first changes nothing. */
const lastValueWins: ReadonlySet<string> = new Set(['maxstartups']);

/** First value wins: a drop-in helps only where it is read before the line that decides now. */
export function remedyFor(server: SshdServer, scope: SshdScope, setting: string, keyword: string): Remedy {
  const { tree } = server;
  const option = scope.options.get(keyword);
  const common = {
    setting,
    config: tree.file,
    leastUid: letsRootIn(scope) ? '0' : '1000',
    ...(isFile(server) ? {} : { connection: connectionSpecification(scope.connection ?? {}) || 'lport=1' }),
    ...unitData(server),
  };
  // What the command line sets, no file can change: the rule's summary has to do.
  if (option?.source === commandLineSource) return { way: 'inPlace', data: common };
  const isSet = option?.line != null;
  const ours = scope.block === null && !(isSet && lastValueWins.has(keyword));
  const directory = ours ? dropInDirectory(server, keyword) : null;
  if (directory !== null) return { way: 'dropIn', data: { ...common, directory } };
  const written = setting.replace(/[\\/&]/g, '\\$&');
  const inFile = option?.line != null && option.excerpt !== null;
  const target = inFile ? option.source : tree.file;
  const script = inFile
    ? `${rangeOf(scope)}s/^[[:space:]]*${escapeForSed(option.excerpt)}[[:space:]]*$/${written}/`
    : // On one line, so that the command can be copied: GNU sed reads the \\n as a line break.
      `1{/^${escapeForSed(setting)}$/!s/^/${written}\\n/}`;
  return { way: 'inPlace', data: { ...common, target, script } };
}

/** Whether root's own key opens a whole login: only then is it a way in that is left. */
function letsRootIn({ options }: SshdScope): boolean {
  const value = options.get('permitrootlogin')?.values[0] ?? '';
  return ['yes', 'prohibit-password', 'without-password'].includes(value);
}

/** A project's file is not the machine's: no command here would reach the server that it is for. */
function isFile({ kind }: SshdServer): boolean {
  return kind === 'file' || kind === 'fragment';
}

/** What to reload; nothing for a server that no service holds: its owner has to say how. */
function unitData(server: SshdServer): Readonly<Record<string, string>> {
  if (server.unit !== null) return { unit: server.unit };
  return isFile(server) || server.kind === 'running' ? {} : { unit: 'ssh.service' };
}

/** A directory of drop-ins that the main file includes before the line that decides; `null`: there is none. */
function dropInDirectory({ tree }: SshdServer, keyword: string): string | null {
  const include = tree.includes.find(({ pattern }) => /^[^*?[]+\/\*(?:\.conf)?$/.test(pattern));
  if (include?.file !== tree.file) return null;
  const directory = include.pattern.replace(/\/\*(?:\.conf)?$/, '');
  const absolute = directory.startsWith('/') ? directory : `/etc/ssh/${directory}`;
  const deciding = tree.directives.find((each) => each.keyword === keyword && each.conditions.length === 0);
  if (deciding === undefined) return absolute;
  const ours = `${absolute}/00-aisec-`;
  const later = deciding.file.startsWith(`${absolute}/`)
    ? deciding.file > ours
    : deciding.file !== tree.file || deciding.line > include.line;
  return later ? absolute : null;
}

/** Lines from the block's Match on, or up to the first Match: numbers would shift with another fix. */
function rangeOf({ block }: SshdScope): string {
  const next = '/^[[:space:]]*[Mm][Aa][Tt][Cc][Hh][[:space:]]/';
  const last = block?.at(-1);
  return last === undefined ? `0,${next}` : `/^[[:space:]]*${escapeForSed(last.text)}[[:space:]]*$/,${next}`;
}

function escapeForSed(text: string): string {
  return text.replace(/[\\/.*[\]^$]/g, '\\$&');
}
