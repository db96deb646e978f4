import { aisec, prepare } from './audit.ts';
import type { Box } from './box.ts';
import { bootBox } from './box.ts';

/** Measures aisec and Lynis in the hardened box; prints JSON. Run by scripts/bench.mjs. */
const runs = 5;

/** Wall milliseconds by the box's own clock, and peak kilobytes where they were asked for. */
async function measure(box: Box, command: string): Promise<{ wall: number; peak: number }> {
  const script = `
    cd /root
    started=$(date +%s%N)
    { ${command}; } >/dev/null 2>/root/stderr </dev/null || { cat /root/stderr >&2; exit 1; }
    echo $(( ($(date +%s%N) - started) / 1000 )) "$(sed -n 's/^peak //p' /root/stderr)"
  `;
  const [wall = '', peak = ''] = (await box.must(script, 300)).trim().split(' ');
  return { wall: Number(wall) / 1000, peak: Number(peak) };
}

const preload = `data:text/javascript,${encodeURIComponent(
  `process.on("exit", () => process.stderr.write("\\npeak " + process.resourceUsage().maxRSS + "\\n"))`,
)}`;

const box = await bootBox('hardened');
try {
  await prepare(box, 'hardened');
  const containers = Number((await box.must('docker ps -q | wc -l')).trim());
  const audit = auditOf();
  const ours = await median(box, audit);
  const lynis = await measure(box, 'lynis audit system --quick --quiet --no-colors');
  // The same box with thirty containers, and with none.
  const more = Array.from(
    { length: 30 - containers },
    (_, n) => `docker run -d --name more${String(n)} lab/base:1`,
  );
  await box.must(`exec >/dev/null 2>&1; ${more.join('; ')}; docker ps`, 120);
  const thirty = await median(box, audit);
  await box.must('docker rm -f $(docker ps -aq) >/dev/null 2>&1', 120);
  const none = await median(box, audit);
  process.stdout.write(`${JSON.stringify({ containers, aisec: ours, lynis, thirty, none })}\n`);
} finally {
  await box.stop();
}

function auditOf(): string {
  return `${aisec.replace(' ', ` --import '${preload}' `)} audit --format json --fail-on never`;
}

/** Of some runs the median wall time and the highest peak; the first fills the caches. */
async function median(box: Box, command: string): Promise<{ wall: number; peak: number }> {
  const measured = [];
  for (let run = 0; run <= runs; run++) measured.push(await measure(box, command));
  const walls = measured
    .slice(1)
    .map(({ wall }) => wall)
    .toSorted((a, b) => a - b);
  return {
    wall: walls[Math.floor(runs / 2)] ?? Number.NaN,
    peak: Math.max(...measured.map(({ peak }) => peak)),
  };
}
