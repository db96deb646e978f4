import type { Entry, List, Mapping, Node, Scalar } from './tree.ts';
import { isNull, wordsOf } from './tree.ts';

/** Mappings and lists of `NAME=value` in one: what stands under a name is replaced, the rest is kept. */
const named = new Set([
  ...['environment', 'labels', 'annotations', 'sysctls', 'args', 'additional_contexts', 'extra_hosts'],
  ...['dns', 'dns_opt', 'dns_search', 'env_file', 'label_file', 'tmpfs'],
]);
/** Replaced whole. */
const replaced = new Set(['command', 'entrypoint', 'healthcheck.test']);
/** A list of names is a mapping without values. */
const keyed = new Set(['networks', 'depends_on']);

/**
 * One compose file's tree over another's, or a service's over the one that it extends: mappings by key, lists one
 * after the other, everything else replaced; the exceptions are those of compose-go, override/merge.go. Which
 * entries of a list are the same is for who reads it.
 *
 * @param path - keys from the top; below `services.NAME` the exceptions hold
 */
export function mergeNodes(base: Node, over: Node, path: readonly string[], problems: string[]): Node {
  if (over.tag !== null) return over;
  const special = path[0] === 'services' ? path.slice(2).join('.') : '';
  const name = path.length >= 3 ? (path.at(-1) ?? '') : '';
  if (replaced.has(special)) return over;
  if (named.has(name) && path.length <= 4)
    return { ...asList(base), place: over.place, items: [...asList(base).items, ...asList(over).items] };
  if (keyed.has(special) && !isNull(over))
    return mergeMappings(asMapping(base), asMapping(over), path, problems);
  if (special === 'build') return mergeMappings(asBuild(base), asBuild(over), path, problems);
  if (isNull(over)) return base;
  if (base.kind === 'scalar') return over;
  if (base.kind === 'mapping' && over.kind === 'mapping') return mergeMappings(base, over, path, problems);
  if (base.kind === 'list' && over.kind === 'list') return { ...over, items: [...base.items, ...over.items] };
  problems.push(
    `${wordsOf(over.place)}: ${path.join('.')} is written in another form in ${wordsOf(base.place)}: Compose refuses to merge them`,
  );
  return over;
}

export function mergeMappings(
  base: Mapping,
  over: Mapping,
  path: readonly string[],
  problems: string[],
): Mapping {
  const entries = new Map<string, Entry>(base.entries);
  for (const [key, { at, value }] of over.entries) {
    const old = entries.get(key);
    if (old === undefined || key.startsWith('x-')) entries.set(key, { at, value });
    else {
      const merged = mergeNodes(old.value, value, [...path, key], problems);
      // A mapping begins where it was first written; of everything else the last word counts.
      const isJoined = merged.kind === 'mapping' && old.value.kind === 'mapping' && value.tag === null;
      entries.set(key, { at: isJoined || merged === old.value ? old.at : at, value: merged });
    }
  }
  return { ...over, entries };
}

/** Once merged, what was reset is gone, and the marks with it. */
export function withoutTags(node: Node): Node {
  if (node.kind === 'mapping') {
    const kept = [...node.entries].filter(([, { value }]) => value.tag !== 'reset');
    return {
      ...node,
      tag: null,
      entries: new Map(kept.map(([key, { at, value }]) => [key, { at, value: withoutTags(value) }])),
    };
  }
  if (node.kind === 'list') return { ...node, tag: null, items: node.items.map(withoutTags) };
  return node.tag === null ? node : { ...node, tag: null };
}

/** `{A: 1, B: null}` is `[A=1, B]`. */
export function asList(node: Node): List {
  if (node.kind === 'list') return node;
  const { place, directory, tag } = node;
  const list = { kind: 'list', place, directory, tag } as const;
  if (node.kind === 'scalar') return { ...list, items: isNull(node) ? [] : [node] };
  return { ...list, items: [...node.entries].flatMap(([key, entry]) => assignments(key, entry)) };
}

function assignments(key: string, { at, value }: Entry): Node[] {
  // A list under a name is the name with each of its values: extra_hosts.
  if (value.kind === 'list') return value.items.flatMap((item) => assignments(key, { at, value: item }));
  if (value.kind === 'mapping') return [value];
  if (value.text === null) return [{ ...value, place: at, text: key, shown: key }];
  const { unset, directory, tag } = value;
  const word: Scalar = {
    kind: 'scalar',
    isNumber: false,
    indent: null,
    place: at,
    directory,
    tag,
    unset,
    text: `${key}=${value.text}`,
    shown: `${key}=${value.shown}`,
  };
  return [word];
}

function asMapping(node: Node): Mapping {
  if (node.kind === 'mapping') return node;
  const { place, directory, tag } = node;
  const items = node.kind === 'list' ? node.items : [];
  const entries = items.flatMap((item): [string, Entry][] => {
    if (item.kind !== 'scalar' || item.text === null) return [];
    return [[item.text, { at: item.place, value: { ...item, text: null, shown: '' } }]];
  });
  return { kind: 'mapping', place, directory, tag, entries: new Map(entries) };
}

function asBuild(node: Node): Mapping {
  if (node.kind !== 'scalar') return asMapping(node);
  const { place, directory, tag } = node;
  const entries = node.text === null ? [] : ([['context', { at: place, value: node }]] as const);
  return { kind: 'mapping', place, directory, tag, entries: new Map(entries) };
}
