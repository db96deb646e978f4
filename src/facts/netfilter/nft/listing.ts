import * as z from 'zod';
import type { BaseChain, Chain, FilterRule, Table } from '../ruleset.ts';
import { parseNftRule } from './rule.ts';
import type { NamedSets } from './values.ts';
import { setKey } from './values.ts';

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
const Update = z.object({
  set: z.object({ set: z.string() }).optional(),
  map: z.object({ map: z.string() }).optional(),
});
const Listing = z.object({ nftables: z.array(Object_) });
type Listed = z.infer<typeof Object_>;

/** Families that a packet to this machine passes; a bridge's and ARP's own tables are not read. */
const families = ['ip', 'ip6', 'inet', 'netdev'] as const;

/**
 * Reads `nft -j list ruleset`.
 *
 * @param lines - the words of each rule, see {@link ruleLines}
 * @param devices - of each chain, see {@link chainDevices}
 * @returns `null` when it is not what libnftables-json(5) describes
 */
export function parseNft(
  json: string,
  lines: RuleLines,
  source: string,
  devices: ChainDevices = new Map(),
): readonly Table[] | null {
  const objects = listed(json);
  if (objects === null) return null;
  const growing = growingSets(objects);
  const sets: NamedSets = new Map(
    objects.flatMap(({ set, map }) => {
      const one = set ?? map;
      if (one === undefined) return [];
      const grows = growing.has(setKey(one.family, one.table, one.name));
      return [[setKey(one.family, one.table, one.name), { elements: one.elem, grows }] as const];
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
      base: baseOf(chain, devices),
      rules: rulesOf(objects, chain, sets, lines),
    }));
    return [
      { family, name: table.name, source, chains: new Map(parsed.map((chain) => [chain.name, chain])) },
    ];
  });
}

/** Sets that some rule adds to. */
function growingSets(objects: readonly Listed[]): ReadonlySet<string> {
  return new Set(
    objects.flatMap(({ rule }) =>
      (rule?.expr ?? []).flatMap((statement) => {
        const { set, map } = Update.safeParse(statement).data ?? {};
        const name = set?.set ?? map?.map;
        if (rule === undefined || name === undefined) return [];
        return [setKey(rule.family, rule.table, name.replace(/^@/, ''))];
      }),
    ),
  );
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

function baseOf(chain: NonNullable<Listed['chain']>, listedDevices: ChainDevices): BaseChain | null {
  if (chain.hook === undefined) return null;
  const type = (['filter', 'nat', 'route'] as const).find((one) => one === chain.type) ?? 'other';
  const policy = chain.policy === 'drop' ? 'drop' : 'accept';
  const said = typeof chain.dev === 'string' ? [chain.dev] : (chain.dev ?? null);
  const bound = chain.hook === 'ingress' || chain.hook === 'egress';
  // A chain of a device that is not known refuses nobody for sure.
  const devices = bound ? (said ?? listedDevices.get(chainKey(chain)) ?? []) : said;
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

/** Interfaces of chains that hook into a device, by family, table and chain: older nft leaves them out of JSON. */
export type ChainDevices = ReadonlyMap<string, readonly string[]>;

const chainKey = ({ family, table, name }: { family: string; table: string; name: string }) =>
  `${family} ${table} ${name}`;

/** Finds them in `nft -a list ruleset`: `type filter hook ingress device "eth0" priority …`. */
export function chainDevices(text: string): ChainDevices {
  const found = new Map<string, readonly string[]>();
  let [table, chain] = ['', ''];
  for (const line of text.split('\n')) {
    table = /^table (\S+ \S+) \{/.exec(line)?.[1] ?? table;
    chain = /^\s*chain (\S+) \{/.exec(line)?.[1] ?? chain;
    const list =
      / devices? = \{([^}]*)\}/.exec(line)?.[1] ?? / device ("[^"]*"|\S+) priority/.exec(line)?.[1];
    if (list === undefined) continue;
    const names = list.split(',').map((name) => name.trim().replace(/^"|"$/g, ''));
    found.set(
      `${table} ${chain}`,
      names.filter((name) => name !== ''),
    );
  }
  return found;
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
