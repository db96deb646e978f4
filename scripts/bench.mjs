import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { writeLargeHost } from './large-host.mjs';
import { writeManyContainers } from './many-containers.mjs';

/** Measures what an audit costs and prints it beside the goals; asserts nothing. */
const root = resolve(import.meta.dirname, '..');
process.chdir(root);
const program = 'dist/aisec.js';
const recorded = 'fixtures/hosts/weak';
const rows = [];

/** Wall milliseconds and peak kilobytes of one run. */
function once(args) {
  const probe = `
    const { spawnSync } = require('node:child_process');
    const started = process.hrtime.bigint();
    const { status } = spawnSync(process.execPath, ${JSON.stringify(args)}, { stdio: 'ignore' });
    const wall = Number(process.hrtime.bigint() - started) / 1e6;
    console.log(JSON.stringify({ wall, status }));`;
  const { stdout } = spawnSync(process.execPath, ['-e', probe], { encoding: 'utf8' });
  return JSON.parse(stdout);
}

/** The child reports its own peak when it ends, in kilobytes. */
function peak(args) {
  const preload = `data:text/javascript,${encodeURIComponent(
    `process.on('exit', () => process.stderr.write('\\npeak ' + process.resourceUsage().maxRSS + '\\n'))`,
  )}`;
  const { stderr } = spawnSync(process.execPath, ['--import', preload, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  });
  return Number(/peak (\d+)\s*$/.exec(stderr)?.[1] ?? Number.NaN);
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}

/** Medians of runs that take turns, so that a busy moment hits all of them. */
function compare(commands, runs) {
  const walls = commands.map(() => []);
  for (let run = -2; run < runs; run++) {
    for (const [index, args] of commands.entries()) {
      const { wall } = once(args);
      // The first two fill the caches.
      if (run >= 0) walls[index].push(wall);
    }
  }
  return walls.map(median);
}

function row(what, measured, goal) {
  rows.push([what, measured, goal]);
}

const milliseconds = (value) => `${value.toFixed(0)} ms`;
const megabytes = (kilobytes) => `${(kilobytes / 1024).toFixed(0)} MiB`;
const ratio = (value) => `${value.toFixed(2)} ×`;

if (!existsSync(program)) spawnSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });

const [bare, version] = compare(
  [
    ['-e', '0'],
    [program, '--version'],
  ],
  15,
);
row('node -e 0', milliseconds(bare), '');
row('aisec --version', milliseconds(version), '');
row('  beside bare node', ratio(version / bare), '≤ 1.5 ×');

if (existsSync(recorded)) {
  const audit = [program, 'audit', '--snapshot', recorded, '--format', 'json', '--fail-on', 'never'];
  const [wall] = compare([audit], 7);
  row(`audit of ${recorded}`, milliseconds(wall), '≤ 400 ms');
  row('  peak memory', megabytes(peak(audit)), '≤ 130 MB');
} else {
  row(`audit of ${recorded}`, 'not recorded', 'AISEC_RECORD=1 npm run test:lab');
}

const large = await mkdtemp(join(tmpdir(), 'aisec-bench-'));
try {
  await writeLargeHost(large, { rules: 10_000, listeners: 500 });
  const exposure = [program, 'exposure', '--snapshot', large, '--format', 'json'];
  const [wall] = compare([exposure], 5);
  row('exposure of 10,000 rules × 500 listeners', milliseconds(wall), '≤ 1500 ms');
  row('  peak memory', megabytes(peak(exposure)), '≤ 300 MB');
  await writeLargeHost(large, { rules: 5_000, listeners: 250 });
  const [quarter] = compare([exposure], 5);
  row('  beside half the rules and listeners', ratio(wall / quarter), '≤ 4 ×');
} finally {
  await rm(large, { recursive: true, force: true });
}

if (existsSync(recorded)) {
  const many = await mkdtemp(join(tmpdir(), 'aisec-bench-'));
  try {
    const audit = [program, 'audit', '--snapshot', many, '--fail-on', 'never'];
    for (const rules of [false, true]) {
      await rm(many, { recursive: true, force: true });
      await writeManyContainers(recorded, many, 1000, { rules });
      const [wall] = compare([audit], 5);
      const what = rules ? 'containers and two rules for each port' : 'containers';
      row(`audit of 1,000 ${what}`, milliseconds(wall), '≤ 2000 ms');
      row('  peak memory', megabytes(peak(audit)), '≤ 250 MB');
      row('  peak memory as JSON', megabytes(peak([...audit, '--format', 'json'])), '≤ 250 MB');
    }
  } finally {
    await rm(many, { recursive: true, force: true });
  }
}

if (process.geteuid?.() === 0) {
  const { status, stdout } = spawnSync(process.execPath, ['scripts/run.mjs', 'test/lab/bench-box.ts'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status === 0) {
    const { aisec, lynis, containers, thirty, none } = JSON.parse(stdout);
    const box = `(hardened box, ${containers} containers)`;
    row(`aisec audit ${box}`, milliseconds(aisec.wall), '≤ 1200 ms');
    row('  peak memory', megabytes(aisec.peak), '≤ 150 MiB');
    row(`lynis audit system ${box}`, milliseconds(lynis.wall), '');
    row('  aisec beside Lynis', ratio(aisec.wall / lynis.wall), '≤ 0.033 ×');
    row('  what thirty containers add to none', milliseconds(thirty.wall - none.wall), '≤ 500 ms');
  } else row('audit of a live box', 'the box did not start', '');
} else row('audit of a live box', 'skipped: not root', '');

const widths = [0, 1, 2].map((column) => Math.max(...rows.map((cells) => cells[column].length)));
const line = (cells) =>
  `${cells[0].padEnd(widths[0])}  ${cells[1].padStart(widths[1])}  ${cells[2]}`.trimEnd();
process.stdout.write([['', 'median', 'goal'], ...rows].map(line).join('\n') + '\n');
