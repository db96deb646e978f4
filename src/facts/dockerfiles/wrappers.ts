import type { ShellWord } from './shell-script.ts';

/** A program that starts the one that its own words name. */
interface Wrapper {
  /** Letters of options whose value is the rest of the word, or the next one. */
  readonly letters?: string;
  /** Long options whose value may be the next word. */
  readonly long?: string;
  /** Words of its own between its options and the program. */
  readonly operands?: number;
}

/** By their manual pages. */
const wrappers = new Map<string, Wrapper>([
  [
    'sudo',
    {
      letters: 'ugCprtTDRhU',
      long: 'user|group|close-from|prompt|role|type|chdir|chroot|host|other-user|command-timeout',
    },
  ],
  ['doas', { letters: 'uCa' }],
  ['gosu', { operands: 1 }],
  ['su-exec', { operands: 1 }],
  ['s6-setuidgid', { operands: 1 }],
  ['runuser', { letters: 'ugGsw', long: 'user|group|supp-group|shell|whitelist-environment' }],
  [
    'setpriv',
    {
      long: '(?:ambient|inh)-caps|bounding-set|re?uid|euid|re?gid|egid|groups|securebits|pdeathsig|selinux-label|apparmor-profile',
    },
  ],
  ['env', { letters: 'uCS', long: 'unset|chdir|split-string' }],
  ['nice', { letters: 'n', long: 'adjustment' }],
  ['ionice', { letters: 'cnpPu', long: 'class|classdata' }],
  ['chrt', { letters: 'TPD', operands: 1 }],
  ['taskset', { operands: 1 }],
  ['timeout', { letters: 'ks', long: 'kill-after|signal', operands: 1 }],
  ['stdbuf', { letters: 'ioe', long: 'input|output|error' }],
  ['chroot', { long: 'userspec|groups', operands: 1 }],
  ['unshare', { letters: 'SGRw', long: 'setuid|setgid|root|wd|map-user|map-group' }],
  ['flock', { letters: 'wE', long: 'timeout|wait|conflict-exit-code', operands: 1 }],
  ['setarch', { operands: 1 }],
  ['tini', { letters: 'pe' }],
  ['dumb-init', { letters: 'r', long: 'rewrite' }],
  ['exec', { letters: 'a' }],
  ['strace', { letters: 'oepEsuaISPXb' }],
  ['xargs', { letters: 'adEILnPs' }],
  ...['command', 'builtin', 'nohup', 'setsid', 'catatonit', 'fakeroot', 'unbuffer'].map(
    (name): [string, Wrapper] => [name, {}],
  ),
  ...['eatmydata', 'busybox', 'toybox', 'linux32', 'linux64'].map((name): [string, Wrapper] => [name, {}]),
]);

/** The index of the word that names the program. */
export function programAt(words: readonly ShellWord[]): number {
  const last = words.length - 1;
  let at = 0;
  while (at < last) {
    const name = baseName(words[at]?.text ?? '');
    if (name === 'find') {
      const action = words.findIndex(({ text }, index) => index > at && /^-(?:exec|ok)(?:dir)?$/.test(text));
      if (action === -1 || action === last) return at;
      at = action + 1;
      continue;
    }
    const wrapper = wrappers.get(name);
    if (wrapper === undefined || (name === 'runuser' && !namesUser(words, at))) return at;
    at = behindOptions(words, at + 1, wrapper) + (wrapper.operands ?? 0);
  }
  return Math.min(at, Math.max(0, last));
}

function behindOptions(words: readonly ShellWord[], from: number, wrapper: Wrapper): number {
  let at = from;
  while (at < words.length - 1) {
    const text = words[at]?.text ?? '';
    if (text === '--') return at + 1;
    if (text.startsWith('-')) at += takesNext(text, wrapper) ? 2 : 1;
    else if (/^[A-Za-z_]\w*=/.test(text)) at += 1;
    else break;
  }
  return at;
}

/** `-u`, `-Eu`, `--user`; not `-uroot`, `--user=root`. */
function takesNext(option: string, { letters = '', long = '' }: Wrapper): boolean {
  if (option.startsWith('--')) return long !== '' && new RegExp(`^--(?:${long})$`).test(option);
  const valued = Array.from(option.slice(1)).findIndex((letter) => letters.includes(letter));
  return valued !== -1 && valued === option.length - 2;
}

/** runuser(1) starts a program with `-u` alone; without it is another su(1). */
function namesUser(words: readonly ShellWord[], at: number): boolean {
  return /^(?:-u|--user)/.test(words[at + 1]?.text ?? '');
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
