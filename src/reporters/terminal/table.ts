import Table from 'cli-table3';
import { visible } from '../visible.ts';
import { displayWidth, wrap } from '../wrap.ts';
import type { Paint, Style } from './style.ts';
import { plain } from './style.ts';

export interface Column<T> {
  readonly title: string;
  /** Columns of the terminal that its text may take. */
  readonly width: number;
  readonly text: (row: T) => string;
  readonly paint?: (row: T) => Paint;
}

/** Columns between two of a table's. */
export const gap = 2;

/** What a column of these texts needs. */
export function longest(title: string, texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, displayWidth(visible(text))), title.length);
}

const noBorders = Object.fromEntries(
  ['', '-mid', '-left', '-right']
    .flatMap((part) => [`top${part}`, `bottom${part}`])
    .concat('left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle')
    .map((name) => [name, '']),
);

/** Aligned columns without borders; a text that is too long is wrapped within its column, never cut off. */
export function tableLines<T>(rows: readonly T[], columns: readonly Column<T>[], style: Style): string[] {
  const table = new Table({
    chars: noBorders,
    head: columns.map(({ title }) => style.chalk.dim(title)),
    colWidths: columns.map(({ width }) => width + gap),
    // Its own colours follow the environment, so none are asked for.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  });
  for (const row of rows) {
    table.push(columns.map(({ text, width, paint }) => cell(text(row), width, paint?.(row) ?? plain)));
  }
  return table
    .toString()
    .split('\n')
    .map((line) => `  ${line}`.trimEnd());
}

function cell(text: string, width: number, paint: Paint): string {
  return wrap(text, width)
    .map((line) => (line === '' ? '' : paint(line)))
    .join('\n');
}
