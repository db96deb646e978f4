import type { SshdOption } from '../../facts/sshd/effective.ts';
import { connectionSpecification } from '../../facts/sshd/program.ts';
import { commandLineSource } from '../../facts/sshd/server.ts';
import type { SshdScope, SshdServer } from '../../facts/sshd/server.ts';
import type { Directive } from '../../facts/sshd/tree.ts';

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
  const deciding = decidingLine(server, option);
  const common = {
    setting,
    config: tree.file,
    leastUid: letsRootIn(scope) ? '0' : '1000',
    ...(isFile(server) ? {} : { connection: connectionSpecification(scope.connection ?? {}) || 'lport=1' }),
    ...unitData(server),
  };
  // What the command line sets, no file can change: the rule's summary has to do.
  if (option?.source === commandLineSource) return { way: 'inPlace', data: common };
  const overridable = deciding === undefined || (isGlobal(deciding) && !lastValueWins.has(keyword));
  const directory = scope.block === null && overridable ? dropInDirectory(server, keyword) : null;
  if (directory !== null) return { way: 'dropIn', data: { ...common, directory } };
  const [target, script] = editOf(server, scope, setting, deciding);
  return { way: 'inPlace', data: { ...common, target, script } };
}

/** The line of a file that an option's value comes from; `undefined`: the default, or it is not known. */
function decidingLine({ tree }: SshdServer, option: SshdOption | undefined): Directive | undefined {
  return tree.directives.find(({ file, line }) => file === option?.source && line === option.line);
}

function isGlobal({ conditions }: Directive): boolean {
  return conditions.length === 0;
}

/** The file to change and the sed script that does it, on one line so that the command can be copied. */
function editOf(
  { tree }: SshdServer,
  { block }: SshdScope,
  setting: string,
  deciding: Directive | undefined,
): readonly [target: string, script: string] {
  const written = setting.replace(/[\\/&]/g, '\\$&');
  const match = block?.at(-1);
  if (deciding !== undefined && (match === undefined || !isGlobal(deciding))) {
    return [deciding.file, `${rangeOf(deciding)}s/${wholeLine(deciding.text)}/${written}/`];
  }
  // GNU sed reads \n as a line break.
  if (match === undefined) return [tree.file, `1{/^${escapeForSed(setting)}$/!s/^/${written}\\n/}`];
  // What holds everywhere stays as it is: the block alone gets a line of its own, as its first.
  const there = `\\n${escapeForSed(setting)}[[:space:]]*$`;
  return [match.file, `/${wholeLine(match.text)}/{$!N;/${there}/!s/^[^\\n]*/&\\n${written}/}`];
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

/** Lines from the Match that a line stands under on, or up to the first Match: numbers would shift with another fix. */
function rangeOf({ conditions, file }: Directive): string {
  const next = '/^[[:space:]]*[Mm][Aa][Tt][Cc][Hh][[:space:]]/';
  const last = conditions.at(-1);
  // A file that is included under a Match does not hold that line itself.
  return last?.file === file ? `/${wholeLine(last.text)}/,${next}` : `0,${next}`;
}

function wholeLine(text: string): string {
  return `^[[:space:]]*${escapeForSed(text)}[[:space:]]*$`;
}

function escapeForSed(text: string): string {
  return text.replace(/[\\/.*[\]^$]/g, '\\$&');
}
