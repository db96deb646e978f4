import type { Report } from '../engine/report.ts';
import { visibleJson } from './visible.ts';

/** Findings that are turned into text at once: of a thousand containers there are tens of thousands. */
const atOnce = 16;

/** The report as the public contract has it (schema/report.json), piece by piece. */
export function* renderJson(report: Report): Generator<string> {
  const { findings } = report;
  if (findings.length <= atOnce) {
    yield `${visibleJson(report)}\n`;
    return;
  }
  // What stands before and behind the list is cut from a report without any.
  const [before = '', behind = ''] = visibleJson({ ...report, findings: [] }).split(
    /(?<=^ {2}"findings": \[)(?=\])/m,
  );
  yield before;
  for (let from = 0; from < findings.length; from += atOnce) {
    const piece = visibleJson({ findings: findings.slice(from, from + atOnce) });
    yield `${from === 0 ? '' : ','}${piece.slice(piece.indexOf('[') + 1, piece.lastIndexOf('\n  ]'))}`;
  }
  yield `\n  ${behind}\n`;
}
