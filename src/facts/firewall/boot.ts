import { defineFact } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { gapsOf, known, knownInPart, mapEvidence, unknown } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import type { Family } from '../netfilter/addresses.ts';
import type { Table } from '../netfilter/ruleset.ts';
import { defaultInput } from './default-input.ts';
import { readNftFile } from './nft-language/read.ts';
import { notRestored, restored } from './restore.ts';
import { readUfwTables } from './ufw-boot.ts';
import type { UfwConfiguration } from './ufw.ts';
import { readUfw, ufwPaths } from './ufw.ts';

/** Something that loads a firewall when the machine starts. */
export interface BootLoader {
  /** `ufw`, `nftables`, `netfilter-persistent`, `firewalld`, or the path of a script or unit. */
  readonly name: string;
  readonly enabled: boolean;
  /** Whether what it loads refuses new connections by default; `null`: aisec cannot tell. */
  readonly refuses: boolean | null;
  /** Its configuration. */
  readonly path: string;
  /** What it loads; `known(null)`: it has no configuration. */
  readonly rules: Evidence<LoadedRules | null>;
}

export interface LoadedRules {
  readonly tables: readonly Table[];
  /** Whether it first throws away rules that others have loaded. */
  readonly flushes: boolean;
}

export interface FirewallConfiguration {
  /** `known(null)`: not installed. */
  readonly ufw: Evidence<UfwConfiguration | null>;
  readonly loaders: readonly BootLoader[];
}

export const bootPaths = {
  nftables: '/etc/nftables.conf',
  rules: '/etc/iptables/rules.v4',
  rules6: '/etc/iptables/rules.v6',
  firewalld: '/etc/firewalld/firewalld.conf',
} as const;
const units = '/etc/systemd/system';
const vendorUnits = '/lib/systemd/system';
const scripts = ['/etc/rc.local'];
const scriptFolders = ['/etc/network/if-pre-up.d', '/etc/network/if-up.d', '/etc/network/interfaces.d'];

/** What is set up to load a firewall at boot, from files: enablement is a link in a `.wants` folder. */
export const firewallConfigurationFact = defineFact<FirewallConfiguration>({
  id: 'firewall-configuration',
  gather: async (host) => {
    const [ufw, wanted, nftables, saved, firewalld] = await Promise.all([
      readUfw(host),
      enabledUnits(host),
      readNftFile(host, bootPaths.nftables),
      readSaved(host),
      host.read(bootPaths.firewalld),
    ]);
    if (wanted.state === 'unknown') return wanted;
    const enabled = wanted.value;
    const others = await otherLoaders(host, enabled);
    const loaders: BootLoader[] = [
      ...(ufw.state === 'known' && ufw.value !== null ? [await ufwLoader(host, ufw.value, enabled)] : []),
      {
        name: 'nftables',
        enabled: enabled.has('nftables.service'),
        refuses: refusesByDefault(nftables),
        path: bootPaths.nftables,
        rules: nftables,
      },
      {
        name: 'netfilter-persistent',
        enabled: enabled.has('netfilter-persistent.service') || enabled.has('iptables.service'),
        refuses: refusesByDefault(saved),
        path: bootPaths.rules,
        rules: saved,
      },
      {
        name: 'firewalld',
        enabled: enabled.has('firewalld.service'),
        refuses: firewalld.state === 'unknown' ? null : !/^DefaultZone=trusted/m.test(firewalld.value ?? ''),
        path: bootPaths.firewalld,
        rules: notFollowed('firewalld', bootPaths.firewalld),
      },
      ...others,
    ];
    const gaps = [ufw, wanted].flatMap(gapsOf);
    return knownInPart({ ufw, loaders }, units, gaps);
  },
});

function notFollowed(name: string, path: string): Evidence<never> {
  return unknown('unsupported', `${name} loads firewall rules that aisec does not follow`, path);
}

async function ufwLoader(
  host: Host,
  ufw: UfwConfiguration,
  enabled: ReadonlySet<string>,
): Promise<BootLoader> {
  const tables = await readUfwTables(host, ufw);
  return {
    name: 'ufw',
    enabled: ufw.enabled && enabled.has('ufw.service'),
    refuses: ufw.policies.input !== 'ACCEPT',
    path: ufwPaths.main,
    rules: mapEvidence(tables, (value) => ({ tables: value, flushes: ufw.flushes })),
  };
}

/** What iptables-persistent has saved; its program empties each table before it fills it again. */
async function readSaved(host: Host): Promise<Evidence<LoadedRules | null>> {
  const read = async (path: string, family: Family): Promise<Evidence<readonly Table[] | null>> => {
    const file = await host.read(path);
    if (file.state === 'unknown') return file;
    if (file.value === null) return known(null, path);
    const tables = restored([{ source: path, text: file.value }], family, path);
    return 'wrong' in tables ? notRestored(tables.wrong) : known(tables, path);
  };
  const [ip, ip6] = await Promise.all([read(bootPaths.rules, 'ip'), read(bootPaths.rules6, 'ip6')]);
  if (ip.state === 'unknown') return ip;
  if (ip6.state === 'unknown') return ip6;
  if (ip.value === null && ip6.value === null) return known(null, bootPaths.rules);
  return known({ tables: [...(ip.value ?? []), ...(ip6.value ?? [])], flushes: true }, bootPaths.rules);
}

function refusesByDefault(rules: Evidence<LoadedRules | null>): boolean | null {
  if (rules.state === 'unknown') return null;
  if (rules.value === null) return false;
  const { mostly } = defaultInput({ tables: rules.value.tables, gaps: [] }, '192.0.2.1', 'any interface');
  return mostly === 'unknown' ? null : mostly !== 'accept';
}

/** Names in the `.wants` and `.requires` folders, less those that are masked. */
async function enabledUnits(host: Host): Promise<Evidence<ReadonlySet<string>>> {
  const [own, vendor] = await Promise.all([host.list(units), host.list(vendorUnits)]);
  if (own.state === 'unknown') return own;
  const folders = [
    ...foldersIn(units, own.value ?? []),
    ...foldersIn(vendorUnits, vendor.state === 'known' ? (vendor.value ?? []) : []),
  ];
  const lists = await Promise.all(folders.map((folder) => host.list(folder)));
  const names = lists.flatMap((list) => (list.state === 'known' ? (list.value ?? []) : []));
  const links = await Promise.all(names.map((name) => host.readlink(`${units}/${name}`)));
  const unmasked = names.filter((_, index) => {
    const link = links[index];
    return link?.state !== 'known' || link.value !== '/dev/null';
  });
  return knownInPart(new Set(unmasked), units, [vendor, ...lists, ...links].flatMap(gapsOf));
}

function foldersIn(parent: string, names: readonly string[]): readonly string[] {
  return names.filter((name) => /\.(?:wants|requires)$/.test(name)).map((name) => `${parent}/${name}`);
}

const firewallPrograms =
  /\b(?:ip6?tables(?:-(?:nft|legacy))?(?:-(?:restore|apply))?|nft|ferm|shorewall6?|ufw-init|arno-iptables-firewall)\s/;

/** The owner's own units and scripts that run a firewall program. */
async function otherLoaders(host: Host, enabled: ReadonlySet<string>): Promise<readonly BootLoader[]> {
  const folders = await Promise.all(scriptFolders.map((folder) => host.list(folder)));
  const inFolders = folders.flatMap((list, index) =>
    list.state === 'known' ? (list.value ?? []).map((name) => `${scriptFolders[index] ?? ''}/${name}`) : [],
  );
  const services = [...enabled].filter((name) => name.endsWith('.service'));
  const paths = [...scripts, ...inFolders, ...services.map((name) => `${units}/${name}`)].toSorted();
  const texts = await Promise.all(paths.map((path) => host.read(path)));
  const programs = ['shorewall.service', 'ferm.service', 'ip6tables.service'].filter((name) =>
    enabled.has(name),
  );
  const found = paths.filter((_, index) => {
    const text = texts[index];
    return text?.state === 'known' && firewallPrograms.test(text.value ?? '');
  });
  return [...programs, ...found].map((path) => ({
    ...{ name: path, enabled: true, refuses: null, path },
    rules: notFollowed(path, path),
  }));
}
