import { parseNft } from '../../netfilter/nft/listing.ts';
import type { Table } from '../../netfilter/ruleset.ts';
import type { Hook } from './declarations.ts';
import { ruleExpressions } from './rule.ts';
import type { Token } from './tokens.ts';
import { textOf } from './tokens.ts';
import type { Json, Names } from './values.ts';

interface ChainDraft {
  hook: Hook | null;
  policy: string;
  rules: readonly (readonly Token[])[];
}

/** A table as the commands of a file have made it so far. */
export interface TableDraft {
  readonly family: string;
  readonly name: string;
  dormant: boolean;
  readonly chains: Map<string, ChainDraft>;
  readonly sets: Map<string, { elements: readonly Json[]; whole: boolean }>;
}

/** The tables, read in the way of what the kernel lists; `null`: that reader does not understand them. */
export function listTables(
  tables: Iterable<TableDraft>,
  services: Names,
  path: string,
): readonly Table[] | null {
  const listed: unknown[] = [];
  const lines = new Map<string, { text: string; line: number; source: string }>();
  let handle = 0;
  for (const { family, name: table, dormant, chains, sets } of tables) {
    listed.push({ table: { family, name: table, ...(dormant ? { flags: 'dormant' } : {}) } });
    for (const [name, { elements, whole }] of sets) {
      // A rule that asks for a set that is not there cannot be decided.
      if (whole) listed.push({ set: { family, table, name, elem: elements } });
    }
    for (const [name, { hook, policy, rules }] of chains) {
      const base =
        hook === null ? {} : { ...hook, policy, dev: hook.dev.length === 0 ? undefined : hook.dev };
      listed.push({ chain: { family, table, name, ...base } });
      for (const words of rules) {
        handle += 1;
        const expr = ruleExpressions(words, services);
        listed.push({ rule: { family, table, chain: name, handle, expr } });
        const [first] = words;
        const place = { line: first?.line ?? 0, source: first?.file.path ?? '' };
        lines.set(`${family} ${table} ${String(handle)}`, { text: textOf(words), ...place });
      }
    }
  }
  return parseNft(JSON.stringify({ nftables: listed }), lines, path);
}
