import type { Report } from '../engine/report.ts';
import type { Page } from './color.ts';
import { oneOf } from './usage-error.ts';

export const formats = ['terminal', 'json', 'markdown'] as const;
export type Format = (typeof formats)[number];

/** @throws UsageError when there is no such format */
export function formatOf(text: string): Format {
  return oneOf('format', text, formats);
}

export interface RenderOptions extends Page {
  readonly verbose: boolean;
  /** Seconds the audit took. */
  readonly elapsed: number;
}

/** A report as text, or as its pieces; only the reporter that is asked for is loaded. */
export async function renderReport(
  report: Report,
  format: Format,
  options: RenderOptions,
): Promise<string | Iterable<string>> {
  switch (format) {
    case 'json': {
      const { renderJson } = await import('../reporters/json.ts');
      return renderJson(report);
    }
    case 'markdown': {
      const { renderMarkdown } = await import('../reporters/markdown.ts');
      return renderMarkdown(report);
    }
    case 'terminal': {
      const { renderTerminal } = await import('../reporters/terminal.ts');
      return renderTerminal(report, options);
    }
  }
}
