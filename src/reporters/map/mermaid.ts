import { colours, ink } from './colours.ts';
import type { ExposureMap } from './exposure-map.ts';

/** What GitHub draws in one picture is bounded: 500 edges, 50,000 characters. */
export const mostDoorsInMermaid = 80;

interface Edge {
  readonly line: string;
  readonly colour: keyof typeof colours;
}

/** The map as a Mermaid flowchart, which GitHub and GitLab draw in Markdown. */
export function mermaidOf({ sources, services, notes }: ExposureMap): string {
  const doors = services.flatMap((service) => service.doors);
  const edges = [
    ...sources.map(({ id }): Edge => ({ line: `${id} --> firewall`, colour: 'plain' })),
    ...services.flatMap(edgesOf),
  ];
  const lines = [
    ...sources.map(({ id, lines }) => node(id, lines, 'plain')),
    ...(doors.length === 0 ? [] : [node('firewall', ['firewall'], 'plain')]),
    ...doors.map(({ id, lines, guard }) => node(id, lines, guard)),
    ...services.map(({ id, lines, guard }) => node(id, lines, guard)),
    ...notes.map(({ id, lines, guard }) => node(id, lines, guard)),
    ...edges.map(({ line }) => line),
    ...Object.entries(colours).flatMap(([name, { fill, stroke }]) => [
      `classDef ${name} fill:${fill},stroke:${stroke},color:${ink}`,
      ...linkStyle(edges, name, stroke),
    ]),
  ];
  return `flowchart LR\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

function node(id: string, lines: readonly string[], colour: keyof typeof colours): string {
  return `${id}["${lines.map(escaped).join('<br/>')}"]:::${colour}`;
}

function edgesOf({ id, doors }: ExposureMap['services'][number]): Edge[] {
  return doors.flatMap((door) => {
    const arrow = door.doubt ? '-.->' : '-->';
    return [`firewall ${arrow} ${door.id}`, `${door.id} ${arrow} ${id}`].map((line) => ({
      line,
      colour: door.guard,
    }));
  });
}

/** Edges have no names: their colour goes by the order in which they stand. */
function linkStyle(edges: readonly Edge[], name: string, stroke: string): string[] {
  const numbers = edges.flatMap((edge, index) => (edge.colour === name ? [String(index)] : []));
  return numbers.length === 0 ? [] : [`linkStyle ${numbers.join(',')} stroke:${stroke}`];
}

/**
 * A label is Mermaid, Markdown and HTML at once, and quotes cannot be escaped: all but letters, digits and
 * what addresses consist of becomes an entity, `#35;`.
 */
function escaped(text: string): string {
  return text.replace(
    /(?<!\d)[.:]|[.:](?!\d)|[^\p{L}\p{M}\p{N} ,/.:]/gu,
    (character) => `#${String(character.codePointAt(0))};`,
  );
}
