import { posix } from 'node:path';
import type { Variables } from './dotenv.ts';
import type { ServiceSource } from './extends.ts';
import { extendServices } from './extends.ts';
import type { Include } from './include.ts';
import { importInto, includesOf } from './include.ts';
import { interpolate } from './interpolate.ts';
import { asList, mergeMappings, withoutTags } from './merge.ts';
import type { Session } from './session.ts';
import { lookupIn, readComposeFile, readVariables } from './session.ts';
import type { Entry, Mapping, Node } from './tree.ts';
import { entriesOf, valueAt } from './tree.ts';

/** Compose files to be merged, and what they are resolved with. */
export interface Files {
  readonly paths: readonly string[];
  /** Where relative paths start. */
  readonly directory: string;
  readonly variables: Variables;
  /** Files that include these, to stop a circle. */
  readonly includedBy: readonly string[];
}

/** The model of a project as Compose merges it: loader.go, loadYamlModel. */
export async function loadModel(session: Session, files: Files): Promise<Mapping> {
  const { directory, variables } = files;
  let model = emptyMapping(directory);
  for (const path of files.paths) {
    const place = { file: session.nameOf(path), path, directory };
    for (const document of await readComposeFile(session, path, directory)) {
      const written = interpolate(document, lookupIn(variables), session.problems);
      const extended = await extendServices(session, written, place, (from) =>
        loadServices(session, from, variables),
      );
      const whole = await withIncludes(session, extended, path, files);
      model = mergeMappings(model, whole, [], session.problems);
      const stripped = withoutTags(model);
      if (stripped.kind === 'mapping') model = stripped;
    }
  }
  return withValues(model, variables);
}

function emptyMapping(directory: string): Mapping {
  const place = { file: '', line: 1, column: 1 };
  return { kind: 'mapping', place, directory, tag: null, entries: new Map() };
}

/** The services of a file that another one extends, as they are written there. */
async function loadServices(session: Session, { path, directory }: ServiceSource, variables: Variables) {
  let model = emptyMapping(directory);
  for (const document of await readComposeFile(session, path, directory)) {
    const written = interpolate(document, lookupIn(variables), session.problems);
    model = mergeMappings(model, written, [], session.problems);
  }
  return new Map(entriesOf(valueAt(model, 'services')));
}

async function withIncludes(session: Session, model: Mapping, path: string, files: Files): Promise<Mapping> {
  let whole = model;
  for (const include of includesOf(session, model)) {
    const [main = ''] = include.paths;
    const includedBy = [...files.includedBy, path];
    if (includedBy.includes(main)) {
      session.problems.push(`${session.nameOf(path)}: includes itself through ${session.nameOf(main)}`);
      continue;
    }
    for (const each of include.paths) session.included.add(each);
    const variables = await includedVariables(session, include, files.variables);
    const imported = await loadModel(session, { ...include, variables, includedBy });
    whole = importInto(session, whole, imported);
  }
  return whole;
}

async function includedVariables(session: Session, include: Include, parent: Variables): Promise<Variables> {
  const { environment, directory } = include;
  const paths = environment.length > 0 ? environment : [posix.join(directory, '.env')];
  return readVariables(session, paths, parent);
}

/** Variables that a service takes over by their name alone get the project's value: loader/environment.go. */
function withValues(model: Mapping, variables: Variables): Mapping {
  const services = valueAt(model, 'services');
  if (services?.kind !== 'mapping') return model;
  const changed = [...services.entries].map(([name, entry]): [string, Entry] => {
    const environment = valueAt(entry.value, 'environment');
    if (environment === null || entry.value.kind !== 'mapping') return [name, entry];
    const list = asList(environment);
    const items = list.items.map((item) => withValue(item, variables));
    const at = entry.value.entries.get('environment')?.at ?? entry.at;
    const entries = new Map([
      ...entry.value.entries,
      ['environment', { at, value: { ...list, items } }] as const,
    ]);
    return [name, { at: entry.at, value: { ...entry.value, entries } }];
  });
  const at = model.entries.get('services')?.at ?? services.place;
  const value = { ...services, entries: new Map(changed) };
  return { ...model, entries: new Map([...model.entries, ['services', { at, value }]]) };
}

function withValue(item: Node, variables: Variables): Node {
  if (item.kind !== 'scalar' || item.text === null || item.text.includes('=')) return item;
  const value = lookupIn(variables)(item.text);
  if (value === null) return item;
  const text = `${item.text}=${value}`;
  return { ...item, text, shown: text };
}
