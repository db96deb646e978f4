import type { Evidence } from '../../host/evidence.ts';
import { known, unknown } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import type { Accounts } from './accounts.ts';
import { driftOf } from './drift.ts';
import type { Circumstances, SshdOption, SshdOptions } from './effective.ts';
import { effectiveOptions } from './effective.ts';
import { canonicalKeyword } from './keywords.ts';
import { parsePublicKeys } from './keys.ts';
import { defaultConfigFile } from './processes.ts';
import { askProgram } from './program.ts';
import { scenarioBounds, scenariosOf } from './scenarios.ts';
import type { HostKey, SshdScope, SshdServer } from './server.ts';
import { commandLineSource } from './server.ts';
import type { ConfigTree, Directive } from './tree.ts';
import { splitArguments, splitKeyword } from './words.ts';

/** What there is to gather one server from. */
export interface ServerRequest {
  readonly name: string;
  readonly kind: SshdServer['kind'];
  readonly tree: ConfigTree;
  readonly accounts: Accounts;
  readonly version: string | null;
  readonly pid?: number | null;
  readonly program?: SshdServer['program'];
  readonly unit?: string | null;
  readonly args?: readonly string[];
  readonly overrides?: readonly string[];
  /** Whether the installed `sshd` is the program that reads this configuration. */
  readonly ask: boolean;
}

const defaultHostKeys = ['rsa', 'ecdsa', 'ed25519'].map((type) => `/etc/ssh/ssh_host_${type}_key`);

export async function gatherServer(host: Host, request: ServerRequest): Promise<SshdServer> {
  const { name, kind, tree, version, accounts } = request;
  const args = [...fileArgument(tree.file), ...(request.args ?? [])];
  const base: Circumstances = {
    connection: null,
    version,
    commandLine: commandLine(request.overrides ?? []),
    fragment: kind === 'fragment',
  };
  const scenarios = scenariosOf(tree, accounts);
  const global = request.ask ? await askProgram(host, args, null) : null;
  const first: SshdScope = {
    block: null,
    connection: null,
    root: true,
    options: cited(global?.options ?? null, effectiveOptions(tree, base)),
  };
  const scopes = await Promise.all(
    scenarios.map(async ({ block, connection, root }): Promise<SshdScope> => {
      const own = effectiveOptions(tree, { ...base, connection, assume: connection === null ? block : [] });
      const answer = global !== null && connection !== null ? await askProgram(host, args, connection) : null;
      return { block, connection, root, options: cited(answer?.options ?? null, own) };
    }),
  );
  const [test, drift, hostKeys] = await Promise.all([
    request.ask ? testConfiguration(host, args) : unsupported('sshd -t'),
    request.pid == null
      ? unsupported('when sshd read its configuration')
      : driftOf(host, request.pid, tree, pidFileOf(first.options)),
    kind === 'file' || kind === 'fragment' ? [] : readHostKeys(host, first.options),
  ]);
  return {
    name,
    kind,
    pid: request.pid ?? null,
    program: request.program ?? 'installed',
    unit: request.unit ?? null,
    tree,
    version,
    answeredBy: global === null ? 'files' : 'program',
    scopes: [first, ...scopes],
    incomplete: incompleteness(tree, global !== null),
    test,
    drift,
    hostKeys,
  };
}

function fileArgument(file: string): readonly string[] {
  return file === defaultConfigFile ? [] : ['-f', file];
}

/** Options of the command line as directives that precede the file's. */
function commandLine(overrides: readonly string[]): readonly Directive[] {
  return overrides.flatMap((text) => {
    const split = splitKeyword(text);
    if (split === null) return [];
    const { keyword, rest } = split;
    const words = splitArguments(rest);
    return [
      {
        keyword: canonicalKeyword(keyword),
        words,
        rest,
        file: commandLineSource,
        line: 0,
        text,
        conditions: [],
      },
    ];
  });
}

/** The program's values; where the files say the same, with the line that decided it. */
function cited(program: SshdOptions | null, own: SshdOptions): SshdOptions {
  if (program === null) return own;
  return new Map(
    [...program].map(([name, option]): [string, SshdOption] => {
      const line = own.get(name);
      const agrees = line !== undefined && line.source !== 'default' && sameValues(line, option);
      return [name, agrees ? { ...line, values: option.values } : option];
    }),
  );
}

function sameValues(a: SshdOption, b: SshdOption): boolean {
  return a.values.join(' ') === b.values.join(' ');
}

async function testConfiguration(host: Host, args: readonly string[]): Promise<Evidence<string>> {
  const result = await host.run(['sshd', '-t', ...args]);
  if (result.state === 'unknown') return result;
  const { exitCode, stderr } = result.value;
  if (exitCode === 0) return known('', result.source);
  if (!host.origin.privileged) {
    return unknown('denied', 'sshd -t reads private host keys; run as root', result.source);
  }
  const message = stderr.trim().split('\n').slice(-3).join('; ');
  return /privilege separation directory/i.test(message)
    ? unknown('unsupported', 'sshd -t needs /run/sshd, which exists while the service runs', result.source)
    : known(message === '' ? `sshd -t ended with ${String(exitCode)}` : message, result.source);
}

function unsupported(what: string): Evidence<never> {
  return unknown('unsupported', `${what} cannot be asked of files alone`, what);
}

function pidFileOf(options: SshdOptions): string | null {
  return options.get('pidfile')?.values[0] ?? '/run/sshd.pid';
}

async function readHostKeys(host: Host, options: SshdOptions): Promise<readonly HostKey[]> {
  const set = options.get('hostkey')?.values ?? [];
  const paths = [...new Set(set.length > 0 ? set : defaultHostKeys)];
  const keys = await Promise.all(
    paths.map(async (path): Promise<HostKey | null> => {
      const [key, text] = await Promise.all([host.stat(path), host.read(`${path}.pub`)]);
      if (key.state === 'known' && key.value === null) return null;
      const found = text.state === 'known' ? parsePublicKeys(text.value ?? '')[0] : undefined;
      return { path, type: found?.type ?? null, bits: found?.bits ?? null };
    }),
  );
  return keys.filter((key) => key !== null);
}

function incompleteness(tree: ConfigTree, answered: boolean): string | null {
  const [unread] = tree.unread;
  if (unread !== undefined) return `${unread.detail}, and it may set this; run as root`;
  if (tree.blocks.length > scenarioBounds.blocks) {
    return `only the first ${String(scenarioBounds.blocks)} Match blocks were followed`;
  }
  // What sshd itself did not vouch for, and no keyword could look like, was not understood.
  const odd = tree.directives.find(
    ({ keyword, words }) => words === null || !/^[a-z][a-z0-9]*$/.test(keyword),
  );
  return answered || odd === undefined
    ? null
    : `${odd.file} line ${String(odd.line)} is no line of an sshd_config`;
}
