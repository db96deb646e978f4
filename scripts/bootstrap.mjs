import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * What `npm run audit` and `npm test` do on a fresh clone: install, build, run. Uses nothing but
 * Node, since nothing else may be there yet.
 */
const root = resolve(import.meta.dirname, '..');
process.chdir(root);
const [task = 'audit', ...args] = process.argv.slice(2);

function newest(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function must(command, commandArgs, env = {}) {
  // Standard output belongs to the result: installing and building speak on standard error.
  const { status } = spawnSync(command, commandArgs, {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ...env },
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** The program needs few packages; the tools that test it, many more. */
function install(withTools) {
  const mark = 'node_modules/.package-lock.json';
  const fresh = existsSync(mark) && statSync(mark).mtimeMs >= statSync('package-lock.json').mtimeMs;
  if (fresh && existsSync(`node_modules/${withTools ? 'jest' : 'esbuild'}`)) return;
  process.stderr.write('aisec: installing what it is built with …\n');
  const tools = withTools ? '--include=dev' : '--omit=dev';
  must('npm', ['ci', tools, '--no-audit', '--no-fund', '--loglevel=error']);
}

function build() {
  const built = 'dist/aisec.js';
  const sources = ['bin', 'src', 'rules', 'scripts', 'package.json'].map(newest);
  if (existsSync(built) && statSync(built).mtimeMs >= Math.max(...sources)) return;
  must(process.execPath, ['scripts/build.mjs']);
}

function jest(jestArgs) {
  // --experimental-vm-modules lets Jest load ES modules; as an argument it does not leak into children.
  return [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    ...jestArgs,
  ];
}

const tasks = {
  // A look at this machine, not a gate: the exit code speaks only when a gate is asked for.
  audit: () => {
    const gated = args.some((arg) => /^--(fail-on|min-score|strict)\b/.test(arg));
    return ['dist/aisec.js', 'audit', ...(gated ? [] : ['--fail-on', 'never']), ...args];
  },
  test: () => jest(args),
  'test:lab': () => jest(['--config', 'test/lab/jest.config.js', '--runInBand', ...args]),
};

install(task !== 'audit');
build();
const { status, signal } = spawnSync(process.execPath, tasks[task](), { stdio: 'inherit' });
process.exit(status ?? (signal === null ? 1 : 130));
