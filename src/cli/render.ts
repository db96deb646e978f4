import type { Report } from '../engine/report.ts';

export const formats = ['terminal', 'json', 'markdown'] as const;
export type Format = (typeof formats)[number];

export function isFormat(text: string): text is Format {
  return formats.some((format) => format === text);
}

export interface RenderOptions {
  readonly color: boolean;
  readonly verbose: boolean;
  /** Seconds the audit took. */
  readonly elapsed: number;
}

/** A report as text; only the reporter that is asked for is loaded. */
export async function renderReport(report: Report, format: string, options: RenderOptions): Promise<string> {
  switch (format) {
    case 'json': {
      const { renderJson } = await import('../reporters/json.ts');
      return renderJson(report);
    }
    case 'markdown': {
      const { renderMarkdown } = await import('../reporters/markdown.ts');
      return renderMarkdown(report);
    }
    default: {
      const { renderTerminal } = await import('../reporters/terminal.ts');
      return renderTerminal(report, { ...options, width: process.stdout.columns ?? 80 });
    }
  }
}
