import { colours, ink } from './colours.ts';
import type { Colours } from './colours.ts';
import type { ExposureMap, MapDoor } from './exposure-map.ts';

/** The map for Graphviz: `dot -Tsvg`. */
export function dotOf({ sources, services, notes }: ExposureMap): string {
  const doors = services.flatMap((service) => service.doors.map((door) => ({ door, service })));
  const lines = [
    'rankdir=LR;',
    `node [shape=box, style="rounded,filled", fontname="monospace", fontsize=10, fontcolor="${ink}"];`,
    ...sources.map(({ id, lines }) => node(id, lines, colours.plain)),
    ...(doors.length === 0 ? [] : [node('firewall', ['firewall'], colours.plain)]),
    ...doors.map(({ door }) => node(door.id, door.lines, colours[door.guard])),
    ...services.map(({ id, lines, guard }) => node(id, lines, colours[guard])),
    ...notes.map(({ id, lines, guard }) => node(id, lines, colours[guard])),
    ...sources.map(({ id }) => `${id} -> firewall [color="${colours.plain.stroke}"];`),
    ...doors.flatMap(({ door, service }) => [
      edge('firewall', door.id, door),
      edge(door.id, service.id, door),
    ]),
  ];
  return `digraph exposure {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
}

function node(id: string, lines: readonly string[], { fill, stroke }: Colours): string {
  return `${id} [label="${lines.map(escaped).join('\\n')}", fillcolor="${fill}", color="${stroke}"];`;
}

function edge(from: string, to: string, { guard, doubt }: MapDoor): string {
  return `${from} -> ${to} [color="${colours[guard].stroke}"${doubt ? ', style=dashed' : ''}];`;
}

/** In a label, a backslash begins an escape and an ampersand an HTML entity; see Graphviz's escString. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replace(/[\\"]/g, '\\$&');
}
