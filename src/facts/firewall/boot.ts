import { defineFact } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { gapsOf, knownInPart } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import { defaultInput } from './default-input.ts';
import { parseIptablesSave } from './iptables-save.ts';
import type { NftFile } from './nft-file.ts';
import { parseNftFile, refusesByDefault } from './nft-file.ts';
import type { UfwConfiguration } from './ufw.ts';
import { readUfw, ufwPaths } from './ufw.ts';

/** Something that loads a firewall when the machine starts. */
export interface BootLoader {
  /** `ufw`, `nftables`, `netfilter-persistent`, `firewalld`, or the path of a script or unit. */
  readonly name: string;
  readonly enabled: boolean;
  /** Whether what it loads refuses new connections by default; `null`: aisec does not read it. */
  readonly refuses: boolean | null;
  /** Its configuration. */
  readonly path: string;
}

export interface FirewallConfiguration {
  /** `known(null)`: not installed. */
  readonly ufw: Evidence<UfwConfiguration | null>;
  readonly loaders: readonly BootLoader[];
  /** /etc/nftables.conf, `null` when there is none. */
  readonly nftables: NftFile | null;
  /** Text of /etc/iptables/rules.v4 and rules.v6; `null` when there is none. */
  readonly savedRules: { readonly ip: string | null; readonly ip6: string | null };
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
    const [ufw, wanted, nftables, rules, rules6, firewalld] = await Promise.all([
      readUfw(host),
      enabledUnits(host),
      host.read(bootPaths.nftables),
      host.read(bootPaths.rules),
      host.read(bootPaths.rules6),
      host.read(bootPaths.firewalld),
    ]);
    if (wanted.state === 'unknown') return wanted;
    const others = await otherLoaders(host, wanted.value);
    const enabled = wanted.value;
    const file = textOf(nftables) === null ? null : parseNftFile(textOf(nftables) ?? '');
    const loaders: BootLoader[] = [
      ...(ufw.state === 'known' && ufw.value !== null ? [ufwLoader(ufw.value, enabled)] : []),
      {
        name: 'nftables',
        enabled: enabled.has('nftables.service'),
        refuses: file === null ? (nftables.state === 'known' ? false : null) : refusesByDefault(file),
        path: bootPaths.nftables,
      },
      {
        name: 'netfilter-persistent',
        enabled: enabled.has('netfilter-persistent.service') || enabled.has('iptables.service'),
        refuses: rules.state === 'known' ? savedRefuses(rules.value) : null,
        path: bootPaths.rules,
      },
      {
        name: 'firewalld',
        enabled: enabled.has('firewalld.service'),
        refuses: firewalld.state === 'known' && !/^DefaultZone=trusted/m.test(firewalld.value ?? ''),
        path: bootPaths.firewalld,
      },
      ...others,
    ];
    const gaps = [ufw, wanted].flatMap(gapsOf);
    const savedRules = { ip: textOf(rules), ip6: textOf(rules6) };
    return knownInPart({ ufw, loaders, nftables: file, savedRules }, units, gaps);
  },
});

function ufwLoader(ufw: UfwConfiguration, enabled: ReadonlySet<string>): BootLoader {
  return {
    name: 'ufw',
    enabled: ufw.enabled && enabled.has('ufw.service'),
    refuses: ufw.defaultInput !== 'ACCEPT',
    path: ufwPaths.main,
  };
}

function textOf(evidence: Evidence<string | null>): string | null {
  return evidence.state === 'known' ? evidence.value : null;
}

function savedRefuses(text: string | null): boolean | null {
  if (text === null) return false;
  const saved = parseIptablesSave(text, 'ip', bootPaths.rules);
  if ('line' in saved) return null;
  const { mostly } = defaultInput({ tables: saved.tables, gaps: [] }, '192.0.2.1', 'any interface');
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
  const masked = await Promise.all(
    names.map(async (name) => {
      const link = await host.readlink(`${units}/${name}`);
      return link.state === 'known' && link.value === '/dev/null' ? name : null;
    }),
  );
  return knownInPart(new Set(names.filter((name) => !masked.includes(name))), units, lists.flatMap(gapsOf));
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
  const known = ['shorewall.service', 'ferm.service', 'ip6tables.service'].filter((name) =>
    enabled.has(name),
  );
  const found = paths.filter((_, index) => {
    const text = texts[index];
    return text?.state === 'known' && firewallPrograms.test(text.value ?? '');
  });
  return [...known, ...found].map((path) => ({ name: path, enabled: true, refuses: null, path }));
}
