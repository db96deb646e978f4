import { foreignChain } from './inbound-default.ts';
import type { NftFile } from './nft-file.ts';
import type { Chain, FilterRule, Ruleset, Table } from './ruleset.ts';

/** One thing that the saved configuration and the kernel disagree about. */
export interface Difference {
  /** What differs, as a clause. */
  readonly what: string;
  /** The line that decided it, in the file or the kernel's listing. */
  readonly excerpt: string | null;
}

/** Whether two rules match the same and end alike, however they are spelled. */
function sameRule(a: FilterRule, b: FilterRule): boolean {
  const shape = ({ matches, target }: FilterRule) =>
    JSON.stringify([
      matches
        .map((match) =>
          JSON.stringify(match, (_, value: unknown) =>
            typeof value === 'bigint' ? value.toString() : value,
          ),
        )
        .toSorted(),
      target,
    ]);
  return shape(a) === shape(b);
}

/** Not a jump that fail2ban or an engine adds while it runs. */
function isOwn({ target }: FilterRule): boolean {
  return target.kind !== 'jump' || !foreignChain.test(target.chain);
}

/** Compares the same chain, rule by rule. */
export function compareChains(saved: Chain, running: Chain | undefined): Difference | null {
  const isEmpty = saved.rules.length === 0 && saved.base?.policy === 'accept';
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
    if (!sameRule(left, right))
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
 * Compares the chains of a file for nft(8) with the kernel's.
 *
 * @returns a difference, `null` for none, or `unclear`: the same number of rules in other words, which
 *   may mean the same
 */
export function compareNftFile(file: NftFile, ruleset: Ruleset): Difference | 'unclear' | null {
  let unclear = file.partial;
  for (const saved of file.chains) {
    const [family = '', name = ''] = saved.table.split(' ');
    const running = tableOf(ruleset, family, name, true)?.chains.get(saved.name);
    if (running === undefined) {
      return { what: `chain ${saved.table} ${saved.name} is not in the kernel`, excerpt: saved.name };
    }
    if (saved.hook !== null && running.base?.policy !== saved.policy) {
      return {
        what: `the policy of ${saved.table} ${saved.name} is not ${saved.policy}`,
        excerpt: saved.name,
      };
    }
    const texts = [...new Set(running.rules.map(({ line, text }) => `${String(line)} ${text}`))].map((text) =>
      wordsOf(text.replace(/^\S+ /, '')),
    );
    if (!file.partial && texts.length !== saved.rules.length) {
      const counts = `${String(saved.rules.length)} rules are saved and ${String(texts.length)} run`;
      return { what: `in ${saved.table} ${saved.name} ${counts}`, excerpt: null };
    }
    unclear ||= saved.rules.some((rule, index) => wordsOf(rule) !== texts[index]);
  }
  return unclear ? 'unclear' : null;
}

/** A rule's words without what is only spelling: order in sets, quotes, counters. */
function wordsOf(rule: string): string {
  return rule
    .replaceAll(/counter packets \d+ bytes \d+/g, 'counter')
    .replaceAll(/["{},]/g, ' ')
    .split(/\s+/)
    .filter((word) => word !== '')
    .toSorted()
    .join(' ');
}
