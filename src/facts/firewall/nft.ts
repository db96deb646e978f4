import * as z from 'zod';
import { parseNftRule } from './nft-rule.ts';
import type { NamedSets } from './nft-values.ts';
import { setKey } from './nft-values.ts';
import type { BaseChain, Chain, FilterRule, Table } from './ruleset.ts';

const Place = { family: z.string(), table: z.string() };
const Object_ = z.object({
  table: z
    .object({
      family: z.string(),
      name: z.string(),
      flags: z.union([z.string(), z.array(z.string())]).optional(),
    })
    .optional(),
  chain: z
    .object({
      ...Place,
      name: z.string(),
      type: z.string().optional(),
      hook: z.string().optional(),
      prio: z.number().optional(),
      policy: z.string().optional(),
      dev: z.union([z.string(), z.array(z.string())]).optional(),
    })
    .optional(),
  rule: z
    .object({ ...Place, chain: z.string(), handle: z.number().optional(), expr: z.array(z.unknown()) })
    .optional(),
  set: z.object({ ...Place, name: z.string(), elem: z.array(z.unknown()).default([]) }).optional(),
  map: z.object({ ...Place, name: z.string(), elem: z.array(z.unknown()).default([]) }).optional(),
});
const Listing = z.object({ nftables: z.array(Object_) });
type Listed = z.infer<typeof Object_>;

/** Families that a packet to this machine passes; a bridge's and ARP's own tables are not read. */
const families = ['ip', 'ip6', 'inet', 'netdev'] as const;

/**
 * Reads `nft -j list ruleset`.
 *
 * @param lines - the words of each rule, see {@link ruleLines}
 * @returns `null` when it is not what libnftables-json(5) describes
 */
export function parseNft(json: string, lines: RuleLines, source: string): readonly Table[] | null {
  const objects = listed(json);
  if (objects === null) return null;
  const sets: NamedSets = new Map(
    objects.flatMap(({ set, map }) => {
      const one = set ?? map;
      return one === undefined ? [] : [[setKey(one.family, one.table, one.name), one.elem] as const];
    }),
  );
  return objects.flatMap(({ table }) => {
    const family = families.find((one) => one === table?.family);
    if (table === undefined || family === undefined || isDormant(table)) return [];
    const chains = objects.flatMap(({ chain }) =>
      chain?.family === table.family && chain.table === table.name ? [chain] : [],
    );
    const parsed = chains.map((chain): Chain => ({
      name: chain.name,
      base: baseOf(chain),
      rules: rulesOf(objects, chain, sets, lines),
    }));
    return [
      { family, name: table.name, source, chains: new Map(parsed.map((chain) => [chain.name, chain])) },
    ];
  });
}

/** The kernel keeps a dormant table and asks it nothing; see nft(8). */
function isDormant({ flags = [] }: NonNullable<Listed['table']>): boolean {
  return (typeof flags === 'string' ? flags.split(',') : flags).some((flag) => flag.trim() === 'dormant');
}

function listed(json: string): readonly Listed[] | null {
  try {
    return Listing.safeParse(JSON.parse(json)).data?.nftables ?? null;
  } catch {
    return null;
  }
}

function baseOf(chain: NonNullable<Listed['chain']>): BaseChain | null {
  if (chain.hook === undefined) return null;
  const type = (['filter', 'nat', 'route'] as const).find((one) => one === chain.type) ?? 'other';
  const policy = chain.policy === 'drop' ? 'drop' : 'accept';
  const devices = typeof chain.dev === 'string' ? [chain.dev] : (chain.dev ?? null);
  return { type, hook: chain.hook, priority: chain.prio ?? 0, policy, devices };
}

function rulesOf(
  objects: readonly Listed[],
  chain: NonNullable<Listed['chain']>,
  sets: NamedSets,
  lines: RuleLines,
): readonly FilterRule[] {
  const scope = { sets, family: chain.family, table: chain.table };
  return objects.flatMap(({ rule }) => {
    if (rule?.family !== chain.family || rule.table !== chain.table || rule.chain !== chain.name) return [];
    const at = lines.get(lineKey(chain.family, chain.table, rule.handle ?? -1)) ?? {
      text: JSON.stringify(rule.expr),
      line: null,
    };
    return parseNftRule(rule.expr, scope, at);
  });
}

/** Text and 1-based line of each rule of `nft -a list ruleset`, by family, table and handle. */
export type RuleLines = ReadonlyMap<string, { readonly text: string; readonly line: number }>;

const lineKey = (family: string, table: string, handle: number) => `${family} ${table} ${String(handle)}`;

/** Finds the words of each rule in `nft -a list ruleset`; a long set wraps, so a rule may take several lines. */
export function ruleLines(text: string): RuleLines {
  const lines = new Map<string, { text: string; line: number }>();
  let table = '';
  let started: string[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    const opened = /^table (\S+) (\S+) \{/.exec(line);
    if (opened !== null) table = `${opened[1] ?? ''} ${opened[2] ?? ''}`;
    const rule = /^(.*\S) # handle (\d+)$/.exec(line);
    if (rule !== null && !(rule[1] ?? '').endsWith('{')) {
      const words = [...started, rule[1] ?? ''].join(' ');
      lines.set(`${table} ${rule[2] ?? ''}`, { text: words, line: index + 1 });
    }
    started =
      /[{,]$/.test(line) && !/^(?:table|chain|set|map|elements)\b/.test(line) ? [...started, line] : [];
  }
  return lines;
}
