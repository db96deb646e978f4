import type { Exposure } from '../../engine/report.ts';
import {
  becauseOf,
  firewallWords,
  ownerOf,
  serviceOf,
  socketOf,
  sourcesOf,
  widestFirst,
} from '../exposure-words.ts';
import { exposureMap } from '../map/exposure-map.ts';
import { mermaidOf, mostDoorsInMermaid } from '../map/mermaid.ts';
import { cell, fenced } from './escape.ts';

export function exposureTable(exposures: readonly Exposure[]): string[] {
  if (exposures.length === 0) return ['Nothing listens.'];
  return [
    '| Service | Address | Run by | Open to | From | Firewall alone | Because |',
    '|---|---|---|---|---|---|---|',
    ...widestFirst(exposures).map((row) => {
      const sides = [serviceOf, socketOf, ownerOf].map((textOf) => textOf(row));
      const cells = [...sides, row.scope, sourcesOf(row), firewallWords[row.firewallSays], becauseOf(row)];
      return `| ${cells.map((text) => (text === '' ? '' : cell(text))).join(' | ')} |`;
    }),
  ];
}

/** The map, where there is something to draw. */
export function exposurePicture(exposures: readonly Exposure[]): string[] {
  const map = exposureMap(exposures, { whole: true, most: mostDoorsInMermaid });
  return map.services.length === 0 ? [] : [...fenced(mermaidOf(map).trimEnd(), '', 'mermaid'), ''];
}
