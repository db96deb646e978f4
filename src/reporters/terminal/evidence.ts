import type { Finding } from '../../engine/report.ts';
import { clip, displayWidth, wrap } from '../wrap.ts';
import type { Style } from './style.ts';

/** Columns: a minified file has lines of a megabyte. */
const longestExcerpt = 2000;

/**
 * Where a finding can be seen: `/etc/ssh/sshd_config:12  PermitRootLogin yes`.
 *
 * @param most - citations shown; the rest are counted
 * @param whole - wraps long excerpts instead of clipping them
 */
export function evidenceLines(
  finding: Finding,
  style: Style,
  indent: number,
  most: number,
  whole: boolean,
): string[] {
  const label = `${' '.repeat(indent)}seen   `;
  const gap = ' '.repeat(label.length);
  const cited = finding.evidence.slice(0, most).flatMap((each) => citation(each, style, label.length, whole));
  const rest = finding.evidence.length - most;
  const lines = rest > 0 ? [...cited, style.chalk.dim(`and ${String(rest)} more: --verbose`)] : cited;
  return lines.map((line, index) => (index === 0 ? style.chalk.dim(label) : gap) + line);
}

function citation(
  { source, line, excerpt }: Finding['evidence'][number],
  { width, chalk }: Style,
  indent: number,
  whole: boolean,
): string[] {
  const room = width - indent;
  const place = line === null ? source : `${source}:${String(line)}`;
  const shown = whole ? wrap(place, room) : [clipPlace(source, line, room)];
  const last = shown.at(-1) ?? '';
  const where = shown.map((each) => chalk.cyan(each));
  const text = excerpt?.trim() ?? '';
  if (text === '') return where;
  const beside = room - displayWidth(last) - 2;
  const [first = '', ...more] = whole ? wrap(clip(text, longestExcerpt), room - 2) : [clip(text, room - 2)];
  if (more.length === 0 && displayWidth(first) <= beside) {
    return [...where.slice(0, -1), `${chalk.cyan(last)}  ${first}`];
  }
  // A short place keeps its excerpt beside it, clipped; under a long one little would be left.
  if (!whole && beside >= 30) return [`${chalk.cyan(last)}  ${clip(text, beside)}`];
  return [...where, ...[first, ...more].map((each) => `  ${each}`)];
}

/** The line number survives where the path is clipped. */
function clipPlace(source: string, line: number | null, room: number): string {
  const suffix = line === null ? '' : `:${String(line)}`;
  return clip(source, room - suffix.length) + suffix;
}
