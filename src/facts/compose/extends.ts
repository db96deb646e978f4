import { posix } from 'node:path';
import { mergeMappings, withoutTags } from './merge.ts';
import type { Session } from './session.ts';
import { isRemote, pathFrom } from './session.ts';
import type { Entry, Mapping, Node, Scalar } from './tree.ts';
import { valueAt, wordsOf } from './tree.ts';

/** A file whose services others extend, and where the relative paths in it start. */
export interface ServiceSource {
  readonly path: string;
  readonly directory: string;
}

type Services = ReadonlyMap<string, Entry>;
type LoadServices = (source: ServiceSource) => Promise<Services>;

/** Longer chains are a circle, or a trap. */
const longestChain = 50;

/** One file's services while their `extends` are followed. */
interface Family extends ServiceSource {
  readonly services: Services;
  readonly done: Map<string, Promise<Node>>;
}

/** Puts under every service of a file the one that it extends (loader/extends.go). */
export async function extendServices(
  session: Session,
  model: Mapping,
  source: ServiceSource,
  load: LoadServices,
): Promise<Mapping> {
  const services = model.entries.get('services');
  if (services?.value.kind !== 'mapping') return model;
  const families = new Map<string, Promise<Family>>();
  const own: Family = { ...source, services: services.value.entries, done: new Map() };
  const follow = follower(session, families, load);
  const entries = new Map<string, Entry>();
  for (const [name, { at, value }] of services.value.entries) {
    entries.set(name, { at, value: value.kind === 'mapping' ? await follow(own, name, []) : value });
  }
  const value = { ...services.value, entries };
  return { ...model, entries: new Map([...model.entries, ['services', { at: services.at, value }]]) };
}

function follower(session: Session, families: Map<string, Promise<Family>>, load: LoadServices) {
  const familyOf = (path: string) => {
    const source = { path, directory: posix.dirname(path) };
    const family =
      families.get(path) ?? load(source).then((services) => ({ ...source, services, done: new Map() }));
    families.set(path, family);
    return family;
  };
  const follow = async (family: Family, name: string, trail: readonly string[]): Promise<Node> => {
    const found = family.done.get(name);
    if (found !== undefined) return found;
    const following = extend(family, name, trail);
    // A circle waits for itself: only what does not lead back is kept for others.
    const node = await following;
    family.done.set(name, Promise.resolve(node));
    return node;
  };
  const extend = async (family: Family, name: string, trail: readonly string[]): Promise<Node> => {
    const service = family.services.get(name)?.value;
    if (service?.kind !== 'mapping') return emptyAt(family.services.get(name)?.value, family.directory);
    const reference = referenceOf(service);
    if (reference === null) return service;
    const { base, file } = reference;
    const entries = new Map([...service.entries].filter(([key]) => key !== 'extends'));
    const own: Mapping = { ...service, entries };
    const refuse = (why: string) => {
      session.problems.push(
        `${wordsOf(base.place)}: service ${name} extends ${base.shown}${file === null ? '' : ` of ${file.shown}`}, ${why}`,
      );
      return own;
    };
    if ([base, file].some((each) => (each?.unset.length ?? 0) > 0))
      return refuse('which a variable names that nothing sets');
    if (file?.text != null && isRemote(file.text)) return refuse('which is remote and was not read');
    const path = file?.text == null ? family.path : pathFrom(file.directory, file.text);
    const other = file === null || path === family.path ? family : await familyOf(path);
    const step = `${path}\0${base.text ?? ''}`;
    const here = `${family.path}\0${name}`;
    if (step === here || trail.includes(step)) return refuse('which leads back to itself');
    if (trail.length > longestChain) return refuse('the end of too long a chain');
    if (!other.services.has(base.text ?? '')) return refuse('which is not there');
    const [start = here] = trail;
    if (!start.startsWith(`${path}\0`)) {
      session.extended.push({ file: session.nameOf(path), service: base.text ?? '' });
    }
    const source = withoutTags(await follow(other, base.text ?? '', [...trail, here]));
    return source.kind === 'mapping' ? mergeMappings(source, own, ['services', name], session.problems) : own;
  };
  return follow;
}

function emptyAt(node: Node | undefined, directory: string): Mapping {
  const place = node?.place ?? { file: '', line: 1, column: 1 };
  return { kind: 'mapping', place, directory, tag: null, entries: new Map() };
}

function referenceOf(service: Mapping): { readonly base: Scalar; readonly file: Scalar | null } | null {
  const reference = valueAt(service, 'extends');
  if (reference?.kind === 'scalar') return { base: reference, file: null };
  const base = valueAt(reference, 'service');
  const file = valueAt(reference, 'file');
  if (base?.kind !== 'scalar') return null;
  return { base, file: file?.kind === 'scalar' ? file : null };
}
