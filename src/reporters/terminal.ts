import type { Report } from '../engine/report.ts';
import { sorted } from './groups.ts';
import { closingLines, passLines, waivedLines } from './terminal/closing.ts';
import { exposureSummary } from './terminal/exposures.ts';
import { failureLines } from './terminal/failures.ts';
import { styleOf } from './terminal/style.ts';
import { header, layerLines, scoreLines } from './terminal/summary.ts';
import { unclearLines } from './terminal/unclear.ts';

export interface TerminalOptions {
  readonly color: boolean;
  /** Passes and what does not apply too, and everything in full. */
  readonly verbose: boolean;
  /** Columns. */
  readonly width: number;
  /** Seconds the audit took. */
  readonly elapsed: number;
}

/**
 * A report for a person at a terminal: the score, what fails, what could not be told, and what to do.
 *
 * Prose is wrapped, commands never: they are there to be copied. Nothing from the audited machine
 * reaches the terminal as a control character.
 */
export function renderTerminal(report: Report, options: TerminalOptions): string {
  const style = styleOf(options.color, options.width);
  const findings = sorted(report.findings);
  const lines = [
    ...header(report, style, options.elapsed),
    '',
    ...scoreLines(report, style),
    '',
    ...layerLines(report, style),
    ...failureLines(findings.failed, style, options.verbose),
    ...unclearLines(findings, style),
    ...waivedLines(findings, style),
    ...exposureSummary(report, style, options.verbose),
    ...passLines(report, findings, style, options.verbose),
    ...closingLines(report, findings, style),
  ];
  return `${lines.join('\n')}\n`;
}
