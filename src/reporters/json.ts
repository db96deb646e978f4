import type { Report } from '../engine/report.ts';

/** The report as the public contract has it: see schema/report.json. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
