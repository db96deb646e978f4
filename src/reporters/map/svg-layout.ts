import { displayWidth } from '../wrap.ts';
import type { ExposureMap, Guard, MapDoor } from './exposure-map.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
  readonly lines: readonly string[];
  readonly guard: Guard | 'plain';
}

export interface Edge {
  readonly from: Point;
  readonly to: Point;
  readonly guard: Guard | 'plain';
  readonly doubt: boolean;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  /** The firewall, as high as everything; `null` where nothing goes through it. */
  readonly bar: (Point & { readonly height: number }) | null;
  readonly edges: readonly Edge[];
  readonly titles: readonly (Point & { readonly text: string })[];
}

/** All in pixels. */
export const lineHeight = 15;
export const padding = 8;
export const firewallWidth = 14;
const margin = 20;
/** Between two columns, and between two boxes. */
const gap = 70;
const space = 12;
/** Of a monospaced font of 12 pixels, the bold one too. */
const columnWidth = 7.3;
const top = margin + 24;

interface Item {
  readonly lines: readonly string[];
  readonly guard: Guard | 'plain';
}

/** Columns from left to right; a service stands beside its doors, so that no two edges cross. */
export function layOut({ sources, services, notes }: ExposureMap): Layout {
  const doors = services.flatMap((service) => service.doors);
  const sourceX = margin;
  const firewallX = sourceX + widthOf(sources) + gap;
  const doorX = firewallX + firewallWidth + gap;
  const serviceX = doorX + widthOf(doors) + gap;

  const rows = stackServices(services, doorX, serviceX);
  const bottom = Math.max(top, ...rows.boxes.map(({ y, height }) => y + height));
  const left = stack(sources.map(plain), sourceX, top);
  const shift = Math.max(0, (bottom - top - heightOf(left)) / 2);
  const sourceBoxes = left.map((box) => ({ ...box, y: box.y + shift }));
  const end = Math.max(bottom, ...sourceBoxes.map(({ y, height }) => y + height));
  const noteBoxes = stack(
    notes,
    doors.length === 0 ? margin : doorX,
    doors.length === 0 ? top : end + space * 2,
  );
  const boxes = [...sourceBoxes, ...rows.boxes, ...noteBoxes];
  return {
    width: Math.max(...boxes.map(({ x, width }) => x + width)) + margin,
    height: Math.max(...boxes.map(({ y, height }) => y + height)) + margin,
    boxes,
    bar: doors.length === 0 ? null : { x: firewallX, y: top, height: end - top },
    edges: [
      ...sourceBoxes.map((box) => edge(rightOf(box), { x: firewallX, y: middleOf(box) })),
      ...rows.pairs.flatMap(({ door, from, to }) => [
        edge({ x: firewallX + firewallWidth, y: middleOf(from) }, { x: from.x, y: middleOf(from) }, door),
        edge(rightOf(from), { x: to.x, y: middleOf(to) }, door),
      ]),
    ],
    titles:
      doors.length === 0
        ? []
        : [
            { x: sourceX, text: 'from' },
            { x: firewallX - 22, text: 'firewall' },
            { x: doorX, text: 'ports' },
            { x: serviceX, text: 'services' },
          ].map(({ x, text }) => ({ x, y: margin + 8, text })),
  };
}

interface Rows {
  readonly boxes: readonly Box[];
  readonly pairs: readonly { readonly door: MapDoor; readonly from: Box; readonly to: Box }[];
}

/** Each service in a band of its own, as high as it or its doors need. */
function stackServices(services: ExposureMap['services'], doorX: number, serviceX: number): Rows {
  const doorWidth = widthOf(services.flatMap(({ doors }) => doors));
  const serviceWidth = widthOf(services);
  let y = top;
  const rows = services.map((service): Rows => {
    const doors = stack(service.doors, doorX, y, doorWidth);
    const [box] = stack([service], serviceX, y, serviceWidth);
    if (box === undefined) return { boxes: [], pairs: [] };
    const height = Math.max(heightOf(doors), box.height);
    const lowered = doors.map((door) => ({ ...door, y: door.y + (height - heightOf(doors)) / 2 }));
    const to = { ...box, y: y + (height - box.height) / 2 };
    y += height + space;
    const pairs = service.doors.flatMap((door, index) => {
      const from = lowered[index];
      return from === undefined ? [] : [{ door, from, to }];
    });
    return { boxes: [...lowered, to], pairs };
  });
  return { boxes: rows.flatMap(({ boxes }) => boxes), pairs: rows.flatMap(({ pairs }) => pairs) };
}

function stack(items: readonly Item[], x: number, start: number, width = widthOf(items)): Box[] {
  let y = start;
  return items.map(({ lines, guard }) => {
    const box = { x, y, width, height: lines.length * lineHeight + 2 * padding - 3, lines, guard };
    y += box.height + space;
    return box;
  });
}

function plain({ lines }: { readonly lines: readonly string[] }): Item {
  return { lines, guard: 'plain' };
}

function widthOf(items: readonly { readonly lines: readonly string[] }[]): number {
  const columns = items.flatMap(({ lines }) => lines.map(displayWidth));
  return Math.max(0, ...columns) * columnWidth + 2 * padding;
}

function heightOf(boxes: readonly Box[]): number {
  const [first] = boxes;
  const last = boxes.at(-1);
  return first === undefined || last === undefined ? 0 : last.y + last.height - first.y;
}

function rightOf(box: Box): Point {
  return { x: box.x + box.width, y: middleOf(box) };
}

function middleOf({ y, height }: Box): number {
  return y + height / 2;
}

function edge(from: Point, to: Point, door?: MapDoor): Edge {
  return { from, to, guard: door?.guard ?? 'plain', doubt: door?.doubt ?? false };
}
