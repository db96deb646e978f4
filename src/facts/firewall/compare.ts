import { foreignChain } from './inbound-default.ts';
import type { Chain, FilterRule, Ruleset, Table } from '../netfilter/ruleset.ts';

/** One thing that the saved configuration and the kernel disagree about. */
export interface Difference {
  /** What differs, as a clause. */
  readonly what: string;
  /** The line that decided it, in the file or the kernel's listing. */
  readonly excerpt: string | null;
}

/** What a rule matches and does, however it is spelled: lists in any order, limits in any words. */
function shapeOf({ matches, effects, target }: FilterRule): string {
  return JSON.stringify([matches.map(ordered).toSorted(), effects, target].map(ordered));
}

function ordered(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'bigint') return inner.toString();
    if (isClientChoice(inner)) return inner.on;
    return Array.isArray(inner) ? inner.map((one) => ordered(one)).toSorted() : inner;
  });
}

function isClientChoice(value: unknown): value is { readonly on: 'client-choice' } {
  return typeof value === 'object' && value !== null && 'on' in value && value.on === 'client-choice';
}

/** Not a jump that fail2ban or an engine adds while it runs. */
function isOwn({ target }: FilterRule): boolean {
  return target.kind !== 'jump' || !foreignChain.test(target.chain);
}

/** Compares the same chain, rule by rule. */
export function compareChains(saved: Chain, running: Chain | undefined): Difference | null {
  const isEmpty = saved.rules.length === 0 && saved.base?.policy !== 'drop';
  // The kernel makes an iptables table when the first rule comes.
  if (running === undefined && isEmpty) return null;
  if (running === undefined) return { what: `chain ${saved.name} is not in the kernel`, excerpt: null };
  if (saved.base !== null && running.base?.policy !== saved.base.policy) {
    return { what: `the policy of ${saved.name} differs`, excerpt: running.base?.policy ?? null };
  }
  return compareRules(saved.rules.filter(isOwn), running.rules.filter(isOwn));
}

function compareRules(saved: readonly FilterRule[], running: readonly FilterRule[]): Difference | null {
  for (const [index, left] of saved.entries()) {
    const right = running[index];
    if (right === undefined) return { what: 'a saved rule is not in the kernel', excerpt: left.text };
    if (shapeOf(left) !== shapeOf(right))
      return { what: 'a saved rule differs from the running one', excerpt: left.text };
  }
  const extra = running[saved.length];
  return extra === undefined ? null : { what: 'a rule is in the kernel alone', excerpt: extra.text };
}

/** The kernel's table of that family and name, of iptables or native. */
export function tableOf(ruleset: Ruleset, family: string, name: string, native = false): Table | undefined {
  return ruleset.tables.find(
    (table) => table.family === family && table.name === name && (!native || table.source.startsWith('nft')),
  );
}

/**
 * Compares the tables of a file for nft(8) with the kernel's.
 *
 * @returns a difference, `null` for none, or `unclear`: as many rules, of which some may mean the same in
 *   other words
 */
export function compareNftTables(saved: readonly Table[], ruleset: Ruleset): Difference | 'unclear' | null {
  let unclear = false;
  for (const { family, name, chains } of saved) {
    const running = tableOf(ruleset, family, name, true)?.chains;
    for (const chain of chains.values()) {
      const result = compareNftChain(`${family} ${name} ${chain.name}`, chain, running?.get(chain.name));
      if (result !== null && result !== 'unclear') return result;
      unclear ||= result === 'unclear';
    }
  }
  return unclear ? 'unclear' : null;
}

function compareNftChain(
  what: string,
  saved: Chain,
  running: Chain | undefined,
): Difference | 'unclear' | null {
  if (running === undefined) return { what: `chain ${what} is not in the kernel`, excerpt: saved.name };
  const policy = saved.base?.policy;
  if (policy !== undefined && running.base?.policy !== policy) {
    return { what: `the policy of ${what} is not ${policy}`, excerpt: saved.name };
  }
  const [left, right] = [statementsOf(saved.rules), statementsOf(running.rules)];
  if (left.length !== right.length) {
    const counts = `${String(left.length)} rules are saved and ${String(right.length)} run`;
    return { what: `in ${what} ${counts}`, excerpt: null };
  }
  return left.every((rule, index) => rule === right[index]) ? null : 'unclear';
}

/** One shape for each rule as written: a map has become several, in an order of the program's own. */
function statementsOf(rules: readonly FilterRule[]): readonly string[] {
  const statements = new Map<string, string[]>();
  for (const rule of rules) {
    const key = `${rule.source ?? ''}:${String(rule.line)} ${rule.text}`;
    statements.set(key, [...(statements.get(key) ?? []), shapeOf(rule)]);
  }
  return Array.from(statements.values(), (shapes) => shapes.toSorted().join(' '));
}
