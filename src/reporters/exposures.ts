import type { Exposure } from '../engine/report.ts';
import { exposureTable } from './markdown/exposures.ts';
import { exposurePage } from './terminal/exposure-page.ts';
import { styleOf } from './terminal/style.ts';
import { visibleJson } from './visible.ts';

export function exposuresAsJson(exposures: readonly Exposure[]): string {
  return `${visibleJson({ exposures })}\n`;
}

export interface Asked {
  /** The only port that was asked for; `null`: all. */
  readonly port: number | null;
  /** Whether everything was seen: only then does nothing listen where none is listed. */
  readonly whole: boolean;
}

export interface ExposurePage extends Asked {
  readonly color: boolean;
  /** Columns. */
  readonly width: number;
}

export function exposuresAsMarkdown(exposures: readonly Exposure[], asked: Asked): string {
  return exposures.length === 0 ? nothing(asked) : `${exposureTable(exposures).join('\n')}\n`;
}

/** Who can reach what, from where, and which rules decided it. */
export function exposuresForTerminal(
  exposures: readonly Exposure[],
  { color, width, ...asked }: ExposurePage,
): string {
  if (exposures.length === 0) return nothing(asked);
  return `${exposurePage(exposures, styleOf(color, width)).join('\n').trimEnd()}\n`;
}

function nothing({ port, whole }: Asked): string {
  const where = port === null ? '' : ` on port ${String(port)}`;
  return whole
    ? `Nothing listens${where}.\n`
    : `Nothing was seen to listen${where}; not everything was seen.\n`;
}
