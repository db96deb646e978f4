import type { Report } from '../engine/report.ts';

export interface TerminalOptions {
  readonly color: boolean;
  readonly verbose: boolean;
  /** Columns. */
  readonly width: number;
  /** Seconds the audit took. */
  readonly elapsed: number;
}

export function renderTerminal(report: Report, _options: TerminalOptions): string {
  return (
    report.findings
      .map((f) => `${f.outcome} ${f.severity} ${f.rule} ${f.subject} ${f.message ?? ''}`)
      .join('\n') + '\n'
  );
}
