import type { Process } from '../processes.ts';

/** How a listening sshd was started. */
export interface SshdProcess {
  readonly pid: number;
  /** Full path of its program; `null` when it may not be read. */
  readonly exe: string | null;
  /** The systemd service that holds it; a login session's scope does not count. */
  readonly unit: string | null;
  readonly configFile: string;
  /** `-o`, `-p` and kin as given, in the form that `sshd -T` takes them again. */
  readonly args: readonly string[];
  /** Text of every `-o` option, and of `-p` as `Port N`. */
  readonly overrides: readonly string[];
}

export const defaultConfigFile = '/etc/ssh/sshd_config';

/** Options of sshd(8) that take an argument. */
const withArgument = 'CEbcfghkopu';

/** The daemons that listen; the processes of single connections, and other containers' daemons, are left out. */
export function listeningSshd(processes: readonly Process[]): readonly SshdProcess[] {
  const found = processes.filter((process) => process.containerId === null && isDaemon(process));
  const pids = new Set(found.map(({ pid }) => pid));
  return found
    .filter(({ ppid, argv }) => !pids.has(ppid) || isTitled(argv))
    .map((process) => {
      const words = argumentsOf(process.argv);
      const unit = process.unit?.endsWith('.service') ? process.unit : null;
      return { pid: process.pid, exe: process.exe, unit, ...parseArguments(words) };
    });
}

/** A listener names itself `sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups`. */
function isTitled(argv: readonly string[]): boolean {
  return /^sshd: .*\[listener\]/.test(argv.join(' '));
}

function isDaemon({ name, argv }: Process): boolean {
  if (name !== 'sshd') return false;
  if (isTitled(argv)) return true;
  const program = argv[0] ?? '';
  // `-i` serves one connection and ends; `-t`, `-T` and `-G` only print. A title of another kind is a session.
  return /(?:^|\/)sshd$/.test(program) && !argv.slice(1).some((word) => /^-[dDe46q]*[itTG]/.test(word));
}

function argumentsOf(argv: readonly string[]): readonly string[] {
  if (!isTitled(argv)) return argv.slice(1);
  const title = argv.join(' ');
  const command = title.slice('sshd: '.length, title.indexOf('[listener]')).trim();
  return command.split(/\s+/).slice(1);
}

export function parseArguments(
  words: readonly string[],
): Pick<SshdProcess, 'configFile' | 'args' | 'overrides'> {
  let configFile = defaultConfigFile;
  const args: string[] = [];
  const overrides: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (!word.startsWith('-')) continue;
    for (let letter = 1; letter < word.length; letter++) {
      const option = word[letter] ?? '';
      if (!withArgument.includes(option)) continue;
      const value = word.slice(letter + 1) || (words[++at] ?? '');
      if (option === 'f') configFile = value;
      if (option === 'o' || option === 'p' || option === 'h' || option === 'g')
        args.push(`-${option}`, value);
      if (option === 'o') overrides.push(value);
      if (option === 'p') overrides.push(`Port ${value}`);
      if (option === 'g') overrides.push(`LoginGraceTime ${value}`);
      break;
    }
  }
  return { configFile, args, overrides };
}
