import type { Unknown } from '../../host/evidence.ts';
import { unknown } from '../../host/evidence.ts';
import type { Family } from '../netfilter/addresses.ts';
import { parseIptablesSave } from '../netfilter/iptables/save.ts';
import type { Table } from '../netfilter/ruleset.ts';

/** What iptables-restore(8) reads: a file, or what a script gives it. */
export interface RestoreInput {
  /** The file, or the script whose words these are. */
  readonly source: string;
  readonly text: string;
}

/** A line that iptables-restore takes and aisec does not. */
export interface NotRestored {
  readonly source: string;
  readonly line: number;
  readonly text: string;
}

export function notRestored({ source, line, text }: NotRestored): Unknown {
  const place = `${source}:${String(line)}`;
  return unknown('unparsable', `${place} was not understood: ${text.slice(0, 200)}`, source);
}

interface Line {
  readonly chain: string;
  readonly args: string;
  readonly text: string;
  readonly source: string;
  readonly line: number;
}

interface TableDraft {
  /** `-`: a chain that nobody calls but other chains. */
  readonly policies: Map<string, string>;
  lines: Line[];
}

const builtin = new Set(['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']);

/**
 * The tables after `iptables-restore --noflush` of one input after the other, beginning with none. A
 * chain of one's own that an input declares is emptied first, a built-in one only gets its policy.
 *
 * @param source - of the tables; rules have their own
 */
export function restored(
  inputs: readonly RestoreInput[],
  family: Family,
  source: string,
): readonly Table[] | { readonly wrong: NotRestored } {
  const drafts = new Map<string, TableDraft>();
  for (const input of inputs) {
    const wrong = restoreOne(input, drafts);
    if (wrong !== null) return { wrong };
  }
  const origins: Line[] = [];
  const text = Array.from(drafts, ([name, draft]) => saved(name, draft, origins)).join('\n');
  const parsed = parseIptablesSave(text, family, source);
  if ('line' in parsed) return { wrong: { source, line: 0, text: parsed.line } };
  return parsed.tables.map((table) => withOrigins(table, origins));
}

function restoreOne({ source, text }: RestoreInput, drafts: Map<string, TableDraft>): NotRestored | null {
  let open: TableDraft | null = null;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const table = /^\*([\w-]+)$/.exec(line)?.[1];
    if (table !== undefined) {
      open = drafts.get(table) ?? { policies: new Map(), lines: [] };
      drafts.set(table, open);
    } else if (open === null) return { source, line: index + 1, text: line };
    else if (line === 'COMMIT') open = null;
    else if (!restoreLine(open, line, source, index + 1)) return { source, line: index + 1, text: line };
  }
  return open === null ? null : { source, line: text.split('\n').length, text: 'no COMMIT' };
}

function restoreLine(table: TableDraft, text: string, source: string, line: number): boolean {
  const [, declared, policy] = /^:(\S+) (ACCEPT|DROP|-)(?: \[\d+:\d+\])?$/.exec(text) ?? [];
  if (declared !== undefined && policy !== undefined) {
    if (!builtin.has(declared)) table.lines = table.lines.filter(({ chain }) => chain !== declared);
    if (policy !== '-' || !builtin.has(declared)) table.policies.set(declared, policy);
    return true;
  }
  const [, where, chain = '', place = '1', args = ''] =
    /^(?:\[\d+:\d+\] )?-(A|I) (\S+)(?: (\d+))?(?: (.*))?$/.exec(text) ?? [];
  if (where === undefined) return false;
  const rule = { chain, args, text, source, line };
  const own = table.lines.filter((one) => one.chain === chain);
  const behind = own[Number(place) - 1];
  if (where === 'A' || behind === undefined) table.lines.push(rule);
  else table.lines.splice(table.lines.indexOf(behind), 0, rule);
  return true;
}

/** In the words of iptables-save, one line for each of `origins`. */
function saved(name: string, { policies, lines }: TableDraft, origins: Line[]): string {
  const undeclared = lines
    .map(({ chain }) => chain)
    .filter((chain) => builtin.has(chain) && !policies.has(chain));
  const chains = [...policies, ...[...new Set(undeclared)].map((chain) => [chain, 'ACCEPT'] as const)];
  const head = [`*${name}`, ...chains.map(([chain, policy]) => `:${chain} ${policy} [0:0]`)];
  // A place of its own for each line, so that the rule's line says which it was.
  const blank = { chain: '', args: '', text: '', source: '', line: 0 };
  origins.push(...head.map(() => blank), ...lines, blank);
  return [...head, ...lines.map(({ chain, args }) => `-A ${chain} ${args}`), 'COMMIT'].join('\n');
}

function withOrigins(table: Table, origins: readonly Line[]): Table {
  const chains = Array.from(table.chains.values(), (chain) => ({
    ...chain,
    rules: chain.rules.map((rule) => {
      const origin = origins[(rule.line ?? 0) - 1];
      return origin === undefined
        ? rule
        : { ...rule, text: origin.text, line: origin.line, source: origin.source };
    }),
  }));
  return { ...table, chains: new Map(chains.map((chain) => [chain.name, chain])) };
}
