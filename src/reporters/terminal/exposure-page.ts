import type { Exposure } from '../../engine/report.ts';
import {
  becauseOf,
  firewallWords,
  ownerOf,
  serviceOf,
  socketOf,
  sourcesOf,
  widestFirst,
} from '../exposure-words.ts';
import type { Style } from './style.ts';
import { hang, scopePaint } from './style.ts';
import type { Column } from './table.ts';
import { gap, longest, tableLines } from './table.ts';

/** Below this, so many columns are unreadable: each listener becomes a paragraph. */
const leastForTable = 120;

export function exposurePage(exposures: readonly Exposure[], style: Style): string[] {
  const rows = widestFirst(exposures);
  return style.width >= leastForTable
    ? table(rows, style)
    : rows.flatMap((row) => [...paragraph(row, style), '']);
}

function table(rows: readonly Exposure[], style: Style): string[] {
  const room = Math.min(style.width, 240) - 2;
  const texts: readonly (readonly [string, (row: Exposure) => string, number])[] = [
    ['service', serviceOf, 0.1],
    ['address', socketOf, 0.2],
    ['run by', ownerOf, 0.13],
    ['open to', ({ scope }) => scope, 0.11],
    ['from', sourcesOf, 0.17],
    ['firewall alone', ({ firewallSays }) => firewallWords[firewallSays], 0.14],
  ];
  // No wider than its texts: what is left is for the longest, the reasons.
  const columns: Column<Exposure>[] = texts.map(([title, text, share]) => ({
    title,
    text,
    width: Math.min(longest(title, rows.map(text)), Math.floor(room * share) - gap),
    ...(title === 'open to' ? { paint: (row: Exposure) => scopePaint(style, row.scope) } : {}),
  }));
  const left = columns.reduce((rest, { width }) => rest - width - gap, room - gap);
  return tableLines(rows, [...columns, { title: 'because', width: left, text: becauseOf }], style);
}

function paragraph(row: Exposure, style: Style): string[] {
  const { chalk } = style;
  const line = (label: string, text: string) =>
    hang(style, `  ${label.padEnd(10)}`, text, undefined, chalk.dim);
  return [
    ...hang(style, '', `${socketOf(row)}  ${serviceOf(row)}`, chalk.bold),
    ...hang(style, '  open to   ', row.scope, scopePaint(style, row.scope), chalk.dim),
    ...line('run by', ownerOf(row)),
    ...line('from', sourcesOf(row)),
    ...(row.path.length === 0 ? [] : line('because', becauseOf(row))),
    ...(firewallTells(row) ? line('firewall', `alone ${firewallWords[row.firewallSays]}`) : []),
  ];
}

function firewallTells({ firewallSays }: Exposure): boolean {
  return firewallSays === 'admits' || firewallSays === 'refuses';
}
