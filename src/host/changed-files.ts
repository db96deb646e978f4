import { trustedDirectories } from './limits.ts';

/** Programs that a repository's own settings could name are not run, and its index is not written. */
const guards = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '--no-optional-locks'];

/**
 * Files of a directory in a git repository that differ from a commit, those that git does not know yet
 * included, as paths inside the directory.
 *
 * @throws ChangesUnknown where git is not there, or does not know the commit
 */
export async function changedFiles(directory: string, since: string): Promise<ReadonlySet<string>> {
  if (since.startsWith('-')) throw new ChangesUnknown(`no commit begins with a dash: ${since}`);
  const [changed, added] = await Promise.all([
    git(directory, ['diff', '--name-only', '-z', '--relative', '--no-renames', '--no-ext-diff', since, '--']),
    git(directory, ['ls-files', '--others', '--exclude-standard', '-z']),
  ]);
  return new Set([changed, added].flatMap((output) => output.split('\0')).filter((path) => path !== ''));
}

async function git(directory: string, args: readonly string[]): Promise<string> {
  const { execa } = await import('execa');
  const result = await execa('git', [...guards, '-C', directory, ...args], {
    reject: false,
    stdin: 'ignore',
    timeout: 30_000,
    extendEnv: false,
    env: {
      LC_ALL: 'C',
      PATH: trustedDirectories.join(':'),
      HOME: '/nonexistent',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
    },
    stripFinalNewline: false,
  });
  if (result.exitCode === 0) return result.stdout;
  if (result.exitCode === undefined) throw new ChangesUnknown('git is not installed');
  const why = result.stderr.split('\n').find((line) => line.startsWith('fatal: ')) ?? result.stderr;
  throw new ChangesUnknown(`git says of ${directory}: ${why.replace(/^fatal: /, '').trim()}`);
}

/** What changed cannot be told, in one line. */
export class ChangesUnknown extends Error {
  override readonly name = 'ChangesUnknown';
}
