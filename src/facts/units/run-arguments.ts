/** The command line of `docker run` or `podman run`, taken apart. */
export interface RunArguments {
  readonly engine: 'docker' | 'podman';
  /** Values by long name without dashes, in their order; a switch's are `true` or `false`. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly image: string;
  readonly command: readonly string[];
}

/** Flags without a value. */
const switches = new Set([
  ...['detach', 'disable-content-trust', 'init', 'interactive', 'no-healthcheck', 'oom-kill-disable'],
  ...['privileged', 'publish-all', 'quiet', 'read-only', 'rm', 'sig-proxy', 'tty', 'use-api-socket', 'help'],
  // podman's own
  ...['env-host', 'http-proxy', 'no-hosts', 'no-hostname', 'passwd', 'read-only-tmpfs', 'replace', 'rmi'],
  ...['rootfs', 'tls-verify', 'unsetenv-all'],
  // of `podman pod create`
  ...['infra', 'share-parent'],
]);

/** One-letter flags by their long names; docker-run(1), podman-run(1). */
const short: Readonly<Record<string, string>> = {
  a: 'attach',
  c: 'cpu-shares',
  d: 'detach',
  e: 'env',
  h: 'hostname',
  i: 'interactive',
  l: 'label',
  m: 'memory',
  p: 'publish',
  P: 'publish-all',
  q: 'quiet',
  t: 'tty',
  u: 'user',
  v: 'volume',
  w: 'workdir',
};

const synonyms: Readonly<Record<string, string>> = { net: 'network', 'net-alias': 'network-alias' };

/** Options of the program itself that take a value, before the word `run`. */
const globalWithValue = new Set([
  ...['--config', '-c', '--context', '-H', '--host', '-l', '--log-level', '--tlscacert', '--tlscert'],
  ...['--tlskey', '--cgroup-manager', '--conmon', '--connection', '--events-backend', '--hooks-dir', '--url'],
  ...['--identity', '--network-cmd-path', '--root', '--runroot', '--runtime', '--runtime-flag', '--tmpdir'],
  ...[
    '--storage-driver',
    '--storage-opt',
    '--module',
    '--imagestore',
    '--volumepath',
    '--network-config-dir',
  ],
]);

/**
 * Finds a container engine's `run` or `create` in a command line, behind wrappers such as env(1), sudo(8)
 * or `sh -c`.
 *
 * @returns `null` when the command starts no new container
 */
export function parseRunArguments(argv: readonly string[]): RunArguments | null {
  const script = shellScript(argv);
  if (script !== null) {
    return script.map((command) => parseRunArguments(command)).find((found) => found !== null) ?? null;
  }
  const at = argv.findIndex((argument) => /(?:^|\/)(?:docker|podman|nerdctl)$/.test(argument));
  if (at < 0 || (at > 0 && !isWrapper(argv[0] ?? ''))) return null;
  const start = afterSubcommand(argv, at + 1);
  if (start === null) return null;
  const { flags, next } = parseFlags(argv, start);
  const image = argv[next];
  if (image === undefined) return null;
  const engine = argv[at]?.endsWith('podman') === true ? 'podman' : 'docker';
  return { engine, flags, image, command: argv.slice(next + 1) };
}

/** Whether a program runs the command that its arguments name. */
export function isWrapper(program: string): boolean {
  return /(?:^|\/)(?:env|sudo|doas|nice|ionice|nohup|exec|timeout|flock|systemd-cat|chronic|time)$/.test(
    program,
  );
}

/** Simple commands of `sh -c '…'`; `null` for anything else. Their words are split at blanks and quotes. */
export function shellScript(argv: readonly string[]): string[][] | null {
  if (!/(?:^|\/)(?:ba|da|z|k)?sh$/.test(argv[0] ?? '')) return null;
  const option = argv.findIndex((argument, index) => index > 0 && /^-[a-z]*c$/.test(argument));
  const text = option < 0 ? undefined : argv[option + 1];
  if (text === undefined) return null;
  const commands: string[][] = [[]];
  for (const [token] of text.matchAll(
    /\|\|?|&&?|[;\n]|(?:"(?:\\[\s\S]|[^"\\])*"|'[^']*'|\\[\s\S]|[^\s;|&"'\\])+/g,
  )) {
    if (/^[;|&\n]+$/.test(token)) commands.push([]);
    else commands.at(-1)?.push(unquote(token));
  }
  return commands;
}

function unquote(token: string): string {
  return token.replace(
    /"((?:\\[\s\S]|[^"\\])*)"|'([^']*)'|\\([\s\S])/g,
    (_, double?: string, single?: string, escaped?: string) =>
      double?.replace(/\\([\s\S])/g, '$1') ?? single ?? escaped ?? '',
  );
}

function afterSubcommand(argv: readonly string[], from: number): number | null {
  for (let at = from; at < argv.length; at += 1) {
    const argument = argv[at] ?? '';
    if (argument === 'run' || argument === 'create') return at + 1;
    if (argument === 'container') continue;
    if (!argument.startsWith('-')) return null;
    if (globalWithValue.has(argument)) at += 1;
  }
  return null;
}

/** Flags at the beginning of words, and where these end. */
export function parseFlags(
  argv: readonly string[],
  from: number,
): { flags: Map<string, string[]>; next: number } {
  const flags = new Map<string, string[]>();
  const add = (name: string, value: string) => {
    const key = synonyms[name] ?? name;
    flags.set(key, [...(flags.get(key) ?? []), value]);
  };
  let at = from;
  for (; at < argv.length; at += 1) {
    const argument = argv[at] ?? '';
    if (argument === '--') return { flags, next: at + 1 };
    if (!argument.startsWith('-') || argument === '-') break;
    const taken = argument.startsWith('--')
      ? addLong(argument.slice(2), argv[at + 1], add)
      : addShort(argument.slice(1), argv[at + 1], add);
    if (taken) at += 1;
  }
  return { flags, next: at };
}

type Add = (name: string, value: string) => void;

/** @returns whether the next argument is the flag's value */
function addLong(flag: string, next: string | undefined, add: Add): boolean {
  const equals = flag.indexOf('=');
  if (equals >= 0) add(flag.slice(0, equals), flag.slice(equals + 1));
  else if (switches.has(flag)) add(flag, 'true');
  else {
    add(flag, next ?? '');
    return true;
  }
  return false;
}

/** Letters run together: `-it`, `-p80:80`, `-dp 80:80`, `-e=A=b`. */
function addShort(letters: string, next: string | undefined, add: Add): boolean {
  for (const [index, letter] of Array.from(letters).entries()) {
    const name = short[letter] ?? letter;
    if (switches.has(name)) {
      const set = /^=(.*)$/.exec(letters.slice(index + 1))?.[1];
      add(name, set ?? 'true');
      if (set !== undefined) return false;
      continue;
    }
    const value = letters.slice(index + 1).replace(/^=/, '');
    add(name, value === '' ? (next ?? '') : value);
    return value === '';
  }
  return false;
}
