import type { Variable, Variables } from './dotenv.ts';
import { parseDotenv, parseRawVariables } from './dotenv.ts';
import { asList } from './merge.ts';
import type { Reading } from './reading.ts';
import { booleanOf, refuse, settingAt, unsettle } from './reading.ts';
import type { Session } from './session.ts';
import { lookupIn, pathFrom } from './session.ts';
import type { Node, Scalar } from './tree.ts';
import { itemsOf, valueAt } from './tree.ts';

/**
 * The variables of a service: those of its `env_file`s, each over the ones before, and over them its `environment`
 * (types/project.go, WithServicesEnvironmentResolved). A name without a value that nothing sets is empty.
 */
export async function environmentOf(
  session: Session,
  reading: Reading,
  variables: Variables,
): Promise<Record<string, string>> {
  const all = new Map<string, string>();
  for (const file of uniqueFiles(valueAt(reading.service, 'env_file'))) {
    await addFile(session, reading, variables, file, all);
  }
  const written = settingAt(reading, 'environment', 'environment');
  for (const [name, item] of namedValues(written)) {
    const { text, value } = item;
    reading.places.set(`environment ${name}`, item.node.place);
    if (value === null) {
      const known = lookupIn(variables)(name);
      unsettle(reading, `environment ${name}`, known === null ? { ...item.node, unset: [name] } : item.node);
      all.set(name, known ?? '');
      continue;
    }
    unsettle(reading, `environment ${name}`, item.node);
    all.set(name, text);
  }
  return Object.fromEntries(all);
}

interface NamedValue {
  readonly node: Scalar;
  readonly text: string;
  /** `null`: only a name is written. */
  readonly value: string | null;
}

/** `NAME=value` by name, in a list or a mapping; the last of a name counts. */
export function namedValues(node: Node | null): ReadonlyMap<string, NamedValue> {
  const all = new Map<string, NamedValue>();
  for (const item of node === null ? [] : asList(node).items) {
    if (item.kind !== 'scalar' || item.text === null) continue;
    const equals = item.text.indexOf('=');
    const name = equals < 0 ? item.text : item.text.slice(0, equals);
    const value = equals < 0 ? null : item.text.slice(equals + 1);
    all.set(name, { node: item, text: value ?? '', value });
  }
  return all;
}

interface EnvironmentFile {
  readonly path: Scalar;
  readonly required: boolean;
  readonly raw: boolean;
}

/** The last of two entries for one path counts, in the place of the first. */
function uniqueFiles(node: Node | null): readonly EnvironmentFile[] {
  const files = new Map<string, EnvironmentFile>();
  for (const item of itemsOf(node)) {
    const path = item.kind === 'mapping' ? valueAt(item, 'path') : item;
    if (path?.kind !== 'scalar' || path.text === null) continue;
    const word = (key: string) => {
      const value = valueAt(item, key);
      return value?.kind === 'scalar' ? (value.text ?? '') : '';
    };
    files.set(`${path.directory}\0${path.text}`, {
      path,
      required: booleanOf(word('required')) ?? true,
      raw: word('format') === 'raw',
    });
  }
  return [...files.values()];
}

async function addFile(
  session: Session,
  reading: Reading,
  variables: Variables,
  { path, required, raw }: EnvironmentFile,
  all: Map<string, string>,
): Promise<void> {
  unsettle(reading, 'environment', path);
  if (path.unset.length > 0) return;
  const at = pathFrom(path.directory, path.text ?? '');
  const text = await session.host.read(at);
  if (text.state === 'unknown') {
    cannotTell(reading, path, text.detail);
    return;
  }
  if (text.value === null) {
    if (required) cannotTell(reading, path, `the env_file ${session.nameOf(at)} is not in the project`);
    return;
  }
  const lookup = (name: string) => all.get(name) ?? lookupIn(variables)(name);
  const parsed = raw ? parseRawVariables(text.value) : parseDotenv(text.value, lookup);
  if (parsed.problem !== null)
    refuse(reading, 'environment', path, `${session.nameOf(at)}, ${parsed.problem}`);
  for (const [name, variable] of parsed.variables) add(session, reading, at, name, variable, all);
}

function add(
  session: Session,
  reading: Reading,
  path: string,
  name: string,
  { value, line, unset }: Variable,
  all: Map<string, string>,
): void {
  const file = session.nameOf(path);
  all.set(name, value);
  reading.places.set(`environment ${name}`, { file, line, column: 1 });
  if (unset.length > 0) {
    reading.unsettled.set(
      `environment ${name}`,
      `${file}:${String(line)} leaves it to ${unset.join(', ')}, which nothing in the project sets`,
    );
  }
}

function cannotTell(reading: Reading, { place }: Scalar, why: string): void {
  reading.unsettled.set('environment', `${place.file}:${String(place.line)}: ${why}`);
}
