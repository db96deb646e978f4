import { defineFact } from '../../engine/fact.ts';
import type { FactReader } from '../../engine/fact.ts';
import type { Evidence, Unknown } from '../../host/evidence.ts';
import { known, unknown } from '../../host/evidence.ts';
import type { CommandResult, Host } from '../../host/host.ts';
import { processesFact } from '../processes.ts';
import type { Family } from '../netfilter/addresses.ts';
import type { IpSets } from '../netfilter/iptables/ipset.ts';
import { parseIpSets } from '../netfilter/iptables/ipset.ts';
import type { SavedTables } from '../netfilter/iptables/save.ts';
import { parseIptablesSave, saysLegacy } from '../netfilter/iptables/save.ts';
import { chainDevices, parseNft, ruleLines } from '../netfilter/nft/listing.ts';
import type { Ruleset, Table } from '../netfilter/ruleset.ts';

const saves = {
  ip: { usual: 'iptables-save', legacy: 'iptables-legacy-save', names: '/proc/net/ip_tables_names' },
  ip6: { usual: 'ip6tables-save', legacy: 'ip6tables-legacy-save', names: '/proc/net/ip6_tables_names' },
} as const;
const nftJson = ['nft', '-j', 'list', 'ruleset'] as const;
const nftText = ['nft', '-a', 'list', 'ruleset'] as const;

/**
 * The filter rules in the kernel now, whoever installed them: kernel truth, not what some program
 * believes to have loaded. Empty is knowledge: nothing is filtered. Needs root.
 *
 * Tables that iptables-nft owns are taken from iptables-save, whose words nft(8) cannot always print, and
 * not counted again from nft. A filter in eBPF or XDP is not seen.
 */
export const firewallFact = defineFact<Ruleset>({
  id: 'firewall',
  gather: async (host, read) => {
    if (!host.origin.running) {
      return unknown('unsupported', 'files alone do not show what the kernel filters', nftJson.join(' '));
    }
    const [ip, ip6, nft] = await Promise.all([readSaved(host, 'ip'), readSaved(host, 'ip6'), readNft(host)]);
    const failed = [ip, ip6, nft].find((one) => one.state === 'unknown' && one.why !== 'tool-missing');
    if (failed?.state === 'unknown') return failed;
    const saved = [ip, ip6].flatMap((one) => (one.state === 'known' ? one.value : []));
    if (nft.state === 'unknown') return withoutNft(host, read, saved, ip.state === 'known', nft);
    const native = nft.value.flatMap((table) => beside(table, saved));
    return known(
      { tables: [...saved.flatMap((one) => one.tables), ...native], gaps: [] },
      'iptables-save, nft',
    );
  },
});

/**
 * What nft lists of a table and iptables-save does not: all of it, or the base chains that are not
 * iptables' own in a table that both use (`table ip filter { chain input { … } }`).
 */
function beside(table: Table, saved: readonly SavedTables[]): readonly Table[] {
  const printed = saved
    .flatMap(({ inNftables, tables }) => (inNftables ? tables : []))
    .find(({ family, name }) => family === table.family && name === table.name);
  if (printed === undefined) return [table];
  const chains = Array.from(table.chains.values(), (chain) =>
    printed.chains.has(chain.name) ? { ...chain, base: null } : chain,
  );
  if (chains.every(({ base }) => base === null)) return [];
  return [{ ...table, chains: new Map(chains.map((chain) => [chain.name, chain])) }];
}

async function withoutNft(
  host: Host,
  read: FactReader,
  saved: readonly SavedTables[],
  hasIptables: boolean,
  missing: Unknown,
): Promise<Evidence<Ruleset>> {
  const [module, processes] = await Promise.all([host.stat('/sys/module/nf_tables'), read(processesFact)]);
  const tables = saved.flatMap((one) => one.tables);
  const loaded = module.state !== 'known' || module.value !== null;
  if (!loaded) return known({ tables, gaps: [] }, 'iptables-save');
  if (!hasIptables)
    return { ...missing, detail: `${missing.detail}, and the kernel may hold nftables rules` };
  // iptables-nft loads nf_tables too; other rules come from a program that needs no nft(8).
  const firewalld = processes.state === 'unknown' || processes.value.some(({ name }) => name === 'firewalld');
  const foreign = firewalld || saved.some(({ incompatible }) => incompatible.length > 0);
  const gap = 'nftables rules may refuse it: install nftables, whose program nft shows them';
  return known({ tables, gaps: foreign ? [gap] : [] }, 'iptables-save');
}

/** One family's iptables tables: those of the usual program, and legacy ones beside them. */
async function readSaved(host: Host, family: Family): Promise<Evidence<readonly SavedTables[]>> {
  const { usual, legacy, names } = saves[family];
  const output = await runAsRoot(host, [usual]);
  if (output.state === 'unknown') {
    if (output.why !== 'tool-missing') return output;
    const loaded = await host.read(names);
    // Without iptables nobody lists legacy tables; that there are none can still be known.
    return loaded.state === 'known' && (loaded.value ?? '').trim() === '' ? known([], names) : output;
  }
  const sets = await readSets(host, output.value.stdout);
  const first = parse(output.value.stdout, family, output.source, sets);
  if (first.state === 'unknown') return first;
  const more = first.value.legacyElsewhere || saysLegacy(output.value.stderr);
  if (!more) return known([first.value], output.source);
  const other = await runAsRoot(host, [legacy]);
  if (other.state === 'unknown') {
    return unknown('unsupported', `there are iptables-legacy tables, and ${other.detail}`, output.source);
  }
  const second = parse(other.value.stdout, family, other.source, await readSets(host, other.value.stdout));
  return second.state === 'unknown' ? second : known([first.value, second.value], output.source);
}

/** The sets of ipset(8) that rules name; `null` where none does, or where they cannot be read. */
async function readSets(host: Host, rules: string): Promise<IpSets> {
  if (!rules.includes('--match-set')) return null;
  const output = await runAsRoot(host, ['ipset', 'save']);
  if (output.state === 'unknown') return null;
  const growing = Array.from(rules.matchAll(/ --add-set (\S+)/g), ([, name = '']) => name);
  return parseIpSets(output.value.stdout, new Set(growing));
}

function parse(text: string, family: Family, source: string, sets: IpSets): Evidence<SavedTables> {
  const saved = parseIptablesSave(text, family, source, sets);
  return 'line' in saved
    ? unknown('unparsable', `a line of ${source} was not understood: ${saved.line.slice(0, 200)}`, source)
    : known(saved, source);
}

async function readNft(host: Host): Promise<Evidence<readonly Table[]>> {
  const [json, text] = await Promise.all([runAsRoot(host, nftJson), runAsRoot(host, nftText)]);
  if (json.state === 'unknown') return json;
  const lines = ruleLines(text.state === 'known' ? text.value.stdout : '');
  const devices = chainDevices(text.state === 'known' ? text.value.stdout : '');
  const tables = parseNft(json.value.stdout, lines, nftText.join(' '), devices);
  return tables === null
    ? unknown('unparsable', `${json.source} printed something else than rules`, json.source)
    : known(tables, json.source);
}

async function runAsRoot(host: Host, argv: readonly [string, ...string[]]): Promise<Evidence<CommandResult>> {
  const output = await host.run(argv);
  if (output.state === 'unknown' || output.value.exitCode === 0) return output;
  const said = output.value.stderr.trim().split('\n')[0] ?? '';
  return /must be root|permission denied|not permitted/i.test(said)
    ? unknown('denied', `${output.source} shows the firewall only to root: run as root`, output.source)
    : unknown('unsupported', `${output.source} failed: ${said.slice(0, 200)}`, output.source);
}
