import type { Table } from '../../netfilter/ruleset.ts';
import { readElements, readHook, readSetParts } from './declarations.ts';
import type { TableDraft } from './table-draft.ts';
import { listTables } from './table-draft.ts';
import type { Statement } from './statements.ts';
import { statementsOf } from './statements.ts';
import type { Token } from './tokens.ts';
import { isSign, isWord, textOf } from './tokens.ts';
import type { Names } from './values.ts';
import { asWritten } from './values.ts';
import type { Variables } from './variables.ts';
import { define, expand } from './variables.ts';

/** What `nft -f` would put into a kernel that has no rules. */
export interface NftFile {
  /** Whether it first throws away every rule in the kernel, other programs' included. */
  readonly flushes: boolean;
  readonly tables: readonly Table[];
}

/** A statement that is not understood and on which the meaning of others depends. */
export interface NotUnderstood {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

interface State {
  readonly tables: Map<string, TableDraft>;
  readonly services: Names;
  flushes: boolean;
  /** The statement in a block that is not understood. */
  wrong: readonly Token[] | null;
}

/**
 * Reads a file for `nft -f`, includes in their places: see {@link readWithIncludes}. A rule that is not
 * understood becomes one that nobody can decide; a declaration that is not understood is the answer.
 *
 * @param services - the port of a service's name, or the name
 * @param path - the source of the tables
 */
export function parseNftTokens(
  tokens: readonly Token[],
  services: Names,
  path: string,
): NftFile | { readonly wrong: NotUnderstood } {
  const statements = statementsOf(tokens);
  if ('wrong' in statements) return { wrong: at([statements.wrong]) };
  const state: State = { tables: new Map(), services, flushes: false, wrong: null };
  const variables: Variables = new Map();
  const failed = statements.find((statement) => !command(statement, state, variables));
  if (failed !== undefined) return { wrong: at(state.wrong ?? failed.words) };
  const tables = listTables(state.tables.values(), services, path);
  const [first] = tokens;
  return tables === null
    ? { wrong: at(first === undefined ? [] : [first]) }
    : { flushes: state.flushes, tables };
}

function at(words: readonly Token[]): NotUnderstood {
  const [first] = words;
  return { path: first?.file.path ?? '', line: first?.line ?? 0, text: textOf(words).slice(0, 200) };
}

const objects = ['counter', 'quota', 'limit', 'ct', 'synproxy', 'secmark', 'flowtable', 'tunnel'];

/** Does one command of the file; `false`: it is not understood. */
function command({ words: raw, body }: Statement, state: State, variables: Variables): boolean {
  const defined = define(raw, variables);
  if (defined !== null) return defined;
  const words = expand(raw, variables);
  if (words === null) return false;
  const verb = isWord(words[0], 'add', 'create', 'insert', 'delete', 'destroy', 'flush', 'list')
    ? words[0]?.text
    : null;
  const rest = verb === null ? words : words.slice(1);
  const kind = rest[0]?.text ?? '';
  const place = placeOf(rest.slice(1));
  if (verb === 'list') return true;
  if (verb === 'flush') return flush(kind, place, state);
  if (verb === 'delete' || verb === 'destroy') return remove(kind, place, state);
  if (kind === 'table') return verb !== 'insert' && addTable(place, body, state, variables);
  if (kind === 'rule') return addRule(place, verb === 'insert', state);
  if (verb === 'insert') return false;
  const table = tableAt(place, state);
  if (table === undefined) return false;
  // `add chain inet filter input { … }`: the last name is the thing's own.
  const named = [...rest.slice(0, 1), ...place.rest];
  if (kind === 'element') return addElements(table, place.rest, state.services);
  return declare({ words: named, body }, table, state, variables);
}

interface Place {
  readonly family: string;
  readonly table: string;
  /** What follows the name of the table. */
  readonly rest: readonly Token[];
}

const families = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'];

function placeOf(words: readonly Token[]): Place {
  const named = isWord(words[0], ...families);
  const rest = named ? words.slice(1) : words;
  return { family: named ? (words[0]?.text ?? 'ip') : 'ip', table: rest[0]?.text ?? '', rest: rest.slice(1) };
}

function tableAt({ family, table }: Place, state: State): TableDraft | undefined {
  return state.tables.get(`${family} ${table}`);
}

function flush(kind: string, place: Place, state: State): boolean {
  if (kind === 'ruleset') {
    state.flushes ||= place.table === '' && place.family === 'ip';
    for (const [key, { family }] of state.tables) {
      if (place.table === '' || family === place.table) state.tables.delete(key);
    }
    return true;
  }
  const table = tableAt(place, state);
  const chains =
    kind === 'table' ? [...(table?.chains.values() ?? [])] : [table?.chains.get(place.rest[0]?.text ?? '')];
  if (table === undefined || !['table', 'chain'].includes(kind)) return false;
  for (const chain of chains) if (chain !== undefined) chain.rules = [];
  return true;
}

/** Of a kernel without rules there is nothing to remove but what the file itself has added. */
function remove(kind: string, place: Place, state: State): boolean {
  if (kind === 'table') state.tables.delete(`${place.family} ${place.table}`);
  else if (kind === 'chain') tableAt(place, state)?.chains.delete(place.rest[0]?.text ?? '');
  return kind === 'table' || kind === 'chain';
}

function addTable(place: Place, body: Statement['body'], state: State, outer: Variables): boolean {
  const key = `${place.family} ${place.table}`;
  if (place.table === '' || place.rest.length > 0) return false;
  const table: TableDraft = state.tables.get(key) ?? {
    ...{ family: place.family, name: place.table, dormant: false },
    ...{ chains: new Map(), sets: new Map() },
  };
  state.tables.set(key, table);
  const variables = new Map(outer);
  return each(body ?? [], state, variables, (words, inner) =>
    declare({ words, body: inner }, table, state, variables),
  );
}

/** Does the statements of a block, with their variables, up to one that is not understood. */
function each(
  statements: readonly Statement[],
  state: State,
  variables: Variables,
  read: (words: readonly Token[], body: Statement['body']) => boolean,
): boolean {
  return statements.every(({ words: raw, body }) => {
    const defined = define(raw, variables);
    const words = defined === null ? expand(raw, variables) : null;
    const understood = defined ?? (words !== null && read(words, body));
    if (!understood) state.wrong ??= raw;
    return understood;
  });
}

/** What stands in a table: `chain input { … }`, `set doors { … }`, `flags dormant`. */
function declare({ words, body }: Statement, table: TableDraft, state: State, variables: Variables): boolean {
  const [kind, name] = words;
  if (isWord(kind, 'flags')) {
    table.dormant ||= words.some((word) => isWord(word, 'dormant'));
    return true;
  }
  if (isWord(kind, 'comment', ...objects)) return true;
  if (name === undefined || words.length > 2) return false;
  const inner = new Map(variables);
  if (isWord(kind, 'chain')) return addChain(table, name.text, body ?? [], state, inner);
  if (!isWord(kind, 'set', 'map')) return false;
  const lines: (readonly Token[])[] = [];
  if (!each(body ?? [], state, inner, (line) => lines.push(line) > 0)) return false;
  const parts = readSetParts(lines, state.services);
  const before = table.sets.get(name.text);
  table.sets.set(name.text, {
    elements: [...(before?.elements ?? []), ...parts.elements],
    whole: parts.whole && before?.whole !== false,
  });
  return true;
}

function addChain(
  table: TableDraft,
  name: string,
  body: readonly Statement[],
  state: State,
  variables: Variables,
): boolean {
  const chain = table.chains.get(name) ?? { hook: null, policy: 'accept', rules: [] };
  table.chains.set(name, chain);
  const rules: (readonly Token[])[] = [];
  const understood = each(body, state, variables, (words) => {
    if (isWord(words[0], 'type') && isWord(words[2], 'hook')) {
      chain.hook = readHook(words);
      return chain.hook !== null;
    }
    if (isWord(words[0], 'policy')) {
      chain.policy = words[1]?.text ?? '';
      return isWord(words[1], 'accept', 'drop');
    }
    const isAbout = isWord(words[0], 'comment', 'flags', 'devices') && rules.length === 0;
    if (!isAbout) rules.push(words);
    return true;
  });
  chain.rules = [...chain.rules, ...rules];
  return understood;
}

/** `add rule inet filter input tcp dport 22 accept`; a place by number or handle is not followed. */
function addRule(place: Place, first: boolean, state: State): boolean {
  const [name, ...words] = place.rest;
  const chain = tableAt(place, state)?.chains.get(name?.text ?? '');
  if (chain === undefined || words.length === 0 || isWord(words[0], 'position', 'handle', 'index'))
    return false;
  chain.rules = first ? [words, ...chain.rules] : [...chain.rules, words];
  return true;
}

function addElements(table: TableDraft, [name, ...words]: readonly Token[], services: Names): boolean {
  const set = table.sets.get(name?.text ?? '');
  if (set === undefined || !isSign(words[0], '{')) return false;
  // Without its type at hand, a word may be a service or not.
  const elements = readElements(words, services) ?? readElements(words, asWritten);
  set.elements = [...set.elements, ...(elements ?? [])];
  set.whole &&= elements !== null;
  return true;
}
