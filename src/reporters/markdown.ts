import type { Report } from '../engine/report.ts';

export function renderMarkdown(report: Report): string {
  return report.target.name;
}
