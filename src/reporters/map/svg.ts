import { colours, ink } from './colours.ts';
import type { Colours } from './colours.ts';
import type { ExposureMap } from './exposure-map.ts';
import type { Box, Edge } from './svg-layout.ts';
import { firewallWidth, layOut, lineHeight, padding } from './svg-layout.ts';

/** The map as a picture in four columns: sources, the firewall, doors, services. */
export function svgOf(map: ExposureMap): string {
  const { width, height, boxes, bar, edges, titles } = layOut(map);
  const size = `width="${number(width)}" height="${number(height)}" viewBox="0 0 ${number(width)} ${number(height)}"`;
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" ${size} font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="12" fill="${ink}">`,
    '<title>Who can reach this machine</title>',
    `<rect width="${number(width)}" height="${number(height)}" fill="#ffffff"/>`,
    ...Object.entries(colours).map(([name, { stroke }]) => arrowHead(name, stroke)),
    ...titles.map(
      ({ x, y, text }) => `<text x="${number(x)}" y="${number(y)}" fill="#555555">${escaped(text)}</text>`,
    ),
    ...edges.map(curve),
    ...(bar === null ? [] : [rectangle({ ...bar, width: firewallWidth }, colours.plain, 0)]),
    ...boxes.flatMap(boxWithText),
    '</svg>',
  ];
  return `${lines.join('\n')}\n`;
}

function arrowHead(name: string, stroke: string): string {
  const shape = `<path d="M0,0 L8,4 L0,8 z" fill="${stroke}"/>`;
  return `<marker id="to-${name}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">${shape}</marker>`;
}

/** Level at both ends. */
function curve({ from, to, guard, doubt }: Edge): string {
  const middle = number((from.x + to.x) / 2);
  const path = `M${number(from.x)},${number(from.y)} C${middle},${number(from.y)} ${middle},${number(to.y)} ${number(to.x)},${number(to.y)}`;
  const dashes = doubt ? ' stroke-dasharray="5 4"' : '';
  return `<path d="${path}" fill="none" stroke="${colours[guard].stroke}" stroke-width="1.6"${dashes} marker-end="url(#to-${guard})"/>`;
}

function boxWithText(box: Box): string[] {
  const texts = box.lines.map((text, index) => {
    const y = box.y + padding + lineHeight * index + 11;
    const weight = index === 0 ? ' font-weight="bold"' : '';
    return `<text x="${number(box.x + padding)}" y="${number(y)}"${weight}>${escaped(text)}</text>`;
  });
  return [rectangle(box, colours[box.guard], 5), ...texts];
}

function rectangle(
  { x, y, width, height }: Pick<Box, 'x' | 'y' | 'width' | 'height'>,
  { fill, stroke }: Colours,
  radius: number,
): string {
  const place = `x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(height)}"`;
  return `<rect ${place} rx="${String(radius)}" fill="${fill}" stroke="${stroke}"/>`;
}

function number(value: number): string {
  return String(Math.round(value * 10) / 10);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** XML has no way to write the two noncharacters at the end of the first plane. */
function escaped(text: string): string {
  return text.replace(/[&<>"'\ufffe\uffff]/g, (character) => entities[character] ?? '\ufffd');
}
