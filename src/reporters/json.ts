import type { Report } from '../engine/report.ts';
import { visibleJson } from './visible.ts';

/** The report as the public contract has it: see schema/report.json. */
export function renderJson(report: Report): string {
  return `${visibleJson(report)}\n`;
}
