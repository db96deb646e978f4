import type { Exposure } from '../engine/report.ts';
import { exposureTable } from './markdown/exposures.ts';
import { exposurePage } from './terminal/exposure-page.ts';
import { styleOf } from './terminal/style.ts';

export function exposuresAsJson(exposures: readonly Exposure[]): string {
  return `${JSON.stringify({ exposures }, null, 2)}\n`;
}

export interface ExposurePage {
  readonly color: boolean;
  /** Columns. */
  readonly width: number;
  /** The only port that was asked for; `null`: all. */
  readonly port: number | null;
}

export function exposuresAsMarkdown(exposures: readonly Exposure[], port: number | null): string {
  return exposures.length === 0 ? nothing(port) : `${exposureTable(exposures).join('\n')}\n`;
}

/** Who can reach what, from where, and which rules decided it. */
export function exposuresForTerminal(
  exposures: readonly Exposure[],
  { color, width, port }: ExposurePage,
): string {
  if (exposures.length === 0) return nothing(port);
  return `${exposurePage(exposures, styleOf(color, width)).join('\n').trimEnd()}\n`;
}

function nothing(port: number | null): string {
  return port === null ? 'Nothing listens.\n' : `Nothing listens on port ${String(port)}.\n`;
}
