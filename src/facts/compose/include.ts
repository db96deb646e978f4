import { posix } from 'node:path';
import type { Session } from './session.ts';
import { isRemote, pathFrom } from './session.ts';
import type { Entry, Mapping, Node } from './tree.ts';
import { itemsOf, valueAt, wordsOf } from './tree.ts';

export interface Include {
  readonly paths: readonly string[];
  readonly directory: string;
  /** Files of variables in place of the directory's .env. */
  readonly environment: readonly string[];
}

/** The projects that a file includes; compose-spec, 14-include.md. */
export function includesOf(session: Session, model: Mapping): readonly Include[] {
  return itemsOf(valueAt(model, 'include')).flatMap((item) => {
    const paths = textsOf(session, item.kind === 'mapping' ? valueAt(item, 'path') : item);
    const [main] = paths ?? [];
    if (paths === null || main === undefined) return [];
    const start = item.directory;
    const [directory] = textsOf(session, valueAt(item, 'project_directory')) ?? [];
    return [
      {
        paths: paths.map((path) => pathFrom(start, path)),
        directory:
          directory === undefined ? posix.dirname(pathFrom(start, main)) : pathFrom(start, directory),
        environment: (textsOf(session, valueAt(item, 'env_file')) ?? []).map((path) => pathFrom(start, path)),
      },
    ];
  });
}

/** `null` where one of them cannot be known. */
function textsOf(session: Session, node: Node | null): readonly string[] | null {
  const texts: string[] = [];
  for (const item of itemsOf(node)) {
    if (item.kind !== 'scalar' || item.text === null) continue;
    const why =
      item.unset.length > 0 ? 'a variable that nothing sets' : isRemote(item.text) ? 'a remote file' : null;
    if (why !== null) {
      session.problems.push(`${wordsOf(item.place)}: includes ${item.shown}, ${why}, which was not read`);
      return null;
    }
    texts.push(item.text);
  }
  return texts;
}

const kinds = ['services', 'volumes', 'networks', 'secrets', 'configs'] as const;

/** Adds what an included project has. Of two different things of one name, which Compose refuses, the first stays. */
export function importInto(session: Session, model: Mapping, imported: Mapping): Mapping {
  const entries = new Map<string, Entry>(model.entries);
  for (const kind of kinds) {
    const from = imported.entries.get(kind);
    if (from?.value.kind !== 'mapping') continue;
    const to = entries.get(kind);
    const all = new Map<string, Entry>(to?.value.kind === 'mapping' ? to.value.entries : []);
    for (const [name, entry] of from.value.entries) {
      const old = all.get(name);
      if (old === undefined) all.set(name, entry);
      else if (shapeOf(old.value) !== shapeOf(entry.value)) {
        session.problems.push(
          `${wordsOf(entry.at)}: ${kind}.${name} stands in ${wordsOf(old.at)} as well: Compose refuses to include it`,
        );
      }
    }
    const frame = to?.value.kind === 'mapping' ? to : from;
    entries.set(kind, { at: frame.at, value: { ...from.value, entries: all } });
  }
  return { ...model, entries };
}

function shapeOf(node: Node): string {
  if (node.kind === 'scalar') return JSON.stringify(node.text);
  if (node.kind === 'list') return `[${node.items.map(shapeOf).join()}]`;
  const entries = [...node.entries].map(([key, { value }]) => `${JSON.stringify(key)}:${shapeOf(value)}`);
  return `{${entries.toSorted().join()}}`;
}
