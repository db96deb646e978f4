import { spawnSync } from 'node:child_process';

/** Everything that must hold beside the tests; prints `N passed, N failed`. */
const steps = [
  ['types', 'npx', ['tsc', '-p', '.']],
  ['lint', 'npx', ['eslint', '.', '--max-warnings=0']],
  ['format', 'npx', ['prettier', '--check', '--log-level', 'warn', '.']],
  ['boundaries', 'npx', ['depcruise', '--config', '.dependency-cruiser.cjs', 'bin', 'src', 'rules']],
  ['dead code', 'npx', ['knip']],
  [
    'generated files',
    'sh',
    ['-c', 'npm run --silent generate && git diff --exit-code --stat -- src rules docs/rules schema'],
  ],
];

let failed = 0;
for (const [name, command, args] of steps) {
  const started = performance.now();
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)\n`);
  if (status !== 0) failed++;
}
process.stdout.write(`${steps.length - failed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
