import type { ChalkInstance } from 'chalk';
import { Chalk } from 'chalk';
import type { Exposure, Score } from '../../engine/report.ts';
import type { Severity } from '../../engine/rule.ts';
import { displayWidth, wrap } from '../wrap.ts';

export type Paint = (text: string) => string;

/** How a page is laid out and coloured. */
export interface Style {
  /** Columns of the terminal. */
  readonly width: number;
  /** Columns that prose takes: no more than can be read with ease. */
  readonly prose: number;
  readonly chalk: ChalkInstance;
}

const leastWidth = 40;
const mostProse = 110;

/** @param color - decided by the caller: nothing is detected here */
export function styleOf(color: boolean, width: number): Style {
  const columns = Math.max(leastWidth, width);
  return {
    width: columns,
    prose: Math.min(columns, mostProse),
    chalk: new Chalk({ level: color ? 1 : 0 }),
  };
}

export const plain: Paint = (text) => text;

/**
 * Prose behind a prefix; its further lines are indented as far as the prefix reaches.
 *
 * @param prefix - aisec's own words, already aligned
 */
export function hang(
  style: Style,
  prefix: string,
  text: string,
  paint = plain,
  paintPrefix = plain,
): string[] {
  const indent = displayWidth(prefix);
  return wrap(text, style.prose - indent).map((line, index) =>
    index === 0
      ? paintPrefix(prefix) + painted(line, paint)
      : ' '.repeat(line === '' ? 0 : indent) + painted(line, paint),
  );
}

/** Colour codes around nothing would be noise. */
function painted(line: string, paint: Paint): string {
  return line === '' ? '' : paint(line);
}

export function heading(style: Style, title: string, text: string): string[] {
  return hang(style, `${title}  `, text, style.chalk.dim, style.chalk.bold);
}

export function severityPaint({ chalk }: Style, severity: Severity): Paint {
  switch (severity) {
    case 'critical':
      return chalk.bold.redBright;
    case 'high':
      return chalk.red;
    case 'medium':
      return chalk.yellow;
    case 'low':
      return chalk.cyan;
    case 'info':
      return chalk.dim;
  }
}

export function gradePaint({ chalk }: Style, grade: Score['grade']): Paint {
  if (grade === null) return chalk.dim;
  if (grade === 'A' || grade === 'B') return chalk.bold.green;
  return grade === 'C' ? chalk.bold.yellow : chalk.bold.red;
}

export function scopePaint({ chalk }: Style, scope: Exposure['scope']): Paint {
  if (scope === 'any' || scope === 'unknown') return chalk.red;
  return scope === 'lan' ? chalk.yellow : plain;
}

/** `1 rule`, `2 rules`. */
export function count(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? '' : 's'}`;
}
