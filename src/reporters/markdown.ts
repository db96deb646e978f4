import type { LayerScore, Report } from '../engine/report.ts';
import type { Sorted } from './groups.ts';
import { sorted } from './groups.ts';
import { prose } from './markdown/escape.ts';
import { exposurePicture, exposureTable } from './markdown/exposures.ts';
import { absentItems, doneItems, openItem, unclearItem } from './markdown/items.ts';

/**
 * A report as a checklist for GitHub: per layer what is open, what could not be told, what a person must
 * answer, and what is done. Nothing from the audited machine is taken for Markdown.
 */
export function renderMarkdown(report: Report): string {
  const blocks = [
    [`# aisec: ${prose(report.target.name)}`, ''],
    head(report),
    scoreTable(report),
    ...report.score.layers.map((layer) =>
      layerSection(layer, sorted(report.findings.filter(({ layer: id }) => id === layer.id))),
    ),
    exposureSection(report),
  ];
  return `${blocks.flat().join('\n').trimEnd()}\n`;
}

function head({ target, tool, gate, warnings, profile }: Report): string[] {
  const account = target.privileged ? 'as root' : 'not as root';
  const facts = [target.os, target.kernel]
    .filter((fact) => fact !== null && fact !== '')
    .map((fact) => prose(fact ?? ''));
  return [
    [
      `${target.kind}, ${account}`,
      ...facts,
      `profile ${profile}`,
      prose(target.collectedAt),
      `aisec ${prose(tool.version)}`,
    ].join(' · '),
    '',
    gate.passed ? 'Gate: passed.' : `Gate: **failed**: ${prose(gate.reasons.join('; '))}.`,
    '',
    ...warnings.flatMap((warning) => [`Warning: ${prose(warning)}`, '']),
  ];
}

function scoreTable({ score }: Report): string[] {
  const number = (value: number | null) => (value === null ? 'n/a' : String(value));
  const rows = score.layers.map((layer) =>
    [
      `${String(layer.layer)} ${layer.id}`,
      number(layer.value),
      number(layer.best),
      ...[layer.pass, layer.fail, layer.undetermined, layer.waived, layer.notApplicable].map(String),
    ].join(' | '),
  );
  return [
    `**${score.grade ?? 'n/a'}**: proved ${number(score.value)} of 100, at best ${number(score.best)}.`,
    '',
    '| Layer | Score | At best | Passed | Failed | Undetermined | Waived | Not applicable |',
    '|---|--:|--:|--:|--:|--:|--:|--:|',
    ...rows.map((row) => `| ${row} |`),
    '',
  ];
}

function layerSection(layer: LayerScore, findings: Sorted): string[] {
  const list = (title: string, items: readonly string[]) =>
    items.length === 0 ? [] : [`### ${title}`, '', ...items, ...(items.at(-1) === '' ? [] : [''])];
  const open = [...findings.failed, ...findings.waived];
  const sections = [
    ...list('Open', open.flatMap(openItem)),
    ...list('Cannot tell', findings.unclear.flatMap(unclearItem)),
    ...list('For a person to answer', findings.manual.flatMap(unclearItem)),
    ...list('Done', doneItems(findings.passed)),
    ...absentItems(findings.notApplicable),
  ];
  return sections.length === 0 ? [] : [`## ${String(layer.layer)} ${layer.id}`, '', ...sections];
}

function exposureSection({ exposures, target }: Report): string[] {
  if (target.kind === 'project') return [];
  const unknown = 'Not known: what listens here could not be read.';
  const known = exposures === null ? [unknown] : [...exposurePicture(exposures), ...exposureTable(exposures)];
  return ['## Reachable', '', ...known];
}
