import { maskNamed } from '../../host/mask.ts';
import type { Variables } from './dotenv.ts';
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
  const all = await valuesOfFiles(session, reading, 'environment', variables);
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
  return masked(all);
}

/** The labels of a service: those of its `label_file`s, and over them its `labels` (WithServicesLabelsResolved). */
export async function labelsOf(session: Session, reading: Reading): Promise<Record<string, string>> {
  const all = await valuesOfFiles(session, reading, 'labels', new Map());
  for (const [name, { node, text }] of namedValues(settingAt(reading, 'labels', 'labels'))) {
    reading.places.set(`labels ${name}`, node.place);
    reading.unsettled.delete(`labels ${name}`);
    unsettle(reading, `labels ${name}`, node);
    all.set(name, text);
  }
  return masked(all);
}

/** The arguments of its build that have a value; they stay in the image's history. */
export function buildArgumentsOf(reading: Reading): Record<string, string> {
  const all = new Map<string, string>();
  for (const [name, { node, text }] of namedValues(settingAt(reading, 'buildArguments', 'build', 'args'))) {
    reading.places.set(`buildArguments ${name}`, node.place);
    unsettle(reading, `buildArguments ${name}`, node);
    all.set(name, text);
  }
  return masked(all);
}

/** The host masked what stands on a line with its name; a block of text does not. */
function masked(values: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...values].map(([name, value]) => [name, maskNamed(name, value)]));
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

/** An `env_file` or a `label_file`. */
interface NamedFile {
  readonly path: Scalar;
  readonly required: boolean;
  readonly raw: boolean;
}

/** The last of two entries for one path counts, in the place of the first. */
function uniqueFiles(node: Node | null): readonly NamedFile[] {
  const files = new Map<string, NamedFile>();
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

const fileKeys = { environment: 'env_file', labels: 'label_file' } as const;
type FromFiles = keyof typeof fileKeys;

/** What the files that a service names set, each over the ones before. */
async function valuesOfFiles(
  session: Session,
  reading: Reading,
  setting: FromFiles,
  variables: Variables,
): Promise<Map<string, string>> {
  const all = new Map<string, string>();
  for (const file of uniqueFiles(valueAt(reading.service, fileKeys[setting]))) {
    await addFile(session, reading, variables, file, all, setting);
  }
  return all;
}

async function addFile(
  session: Session,
  reading: Reading,
  variables: Variables,
  { path, required, raw }: NamedFile,
  all: Map<string, string>,
  setting: FromFiles,
): Promise<void> {
  unsettle(reading, setting, path);
  if (path.unset.length > 0) return;
  const at = pathFrom(path.directory, path.text ?? '');
  const text = await session.host.read(at);
  if (text.state === 'unknown') {
    cannotTell(reading, setting, path, text.detail);
    return;
  }
  if (text.value === null) {
    const missing = `the ${fileKeys[setting]} ${session.nameOf(at)} is not in the project`;
    if (required) cannotTell(reading, setting, path, missing);
    return;
  }
  const lookup = (name: string) => all.get(name) ?? lookupIn(variables)(name);
  const parsed = raw ? parseRawVariables(text.value) : parseDotenv(text.value, lookup);
  if (parsed.problem !== null) refuse(reading, setting, path, `${session.nameOf(at)}, ${parsed.problem}`);
  for (const [name, { value, line, unset }] of parsed.variables) {
    const file = session.nameOf(at);
    all.set(name, value);
    reading.places.set(`${setting} ${name}`, { file, line, column: 1 });
    if (unset.length === 0) continue;
    const names = unset.join(', ');
    const why = `${file}:${String(line)} leaves it to ${names}, which nothing in the project sets`;
    reading.unsettled.set(`${setting} ${name}`, why);
  }
}

function cannotTell({ unsettled }: Reading, setting: FromFiles, { place }: Scalar, why: string): void {
  unsettled.set(setting, `${place.file}:${String(place.line)}: ${why}`);
}
