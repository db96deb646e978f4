import { kindOf } from '../workloads/networks.ts';
import type { OpenNetwork } from '../workloads/workload.ts';
import type { Reading } from './reading.ts';
import { booleanOf, refuse, settingAt, textAt, unsettle } from './reading.ts';
import type { Mapping, Node } from './tree.ts';
import { entriesOf, itemsOf, valueAt } from './tree.ts';

export interface ServiceNetworks {
  /** What the engine calls them; empty where another container's, or none of its own, is used. */
  readonly names: readonly string[];
  readonly open: readonly OpenNetwork[];
  /** `network_mode`, `service:NAME` among them; empty where it has networks. */
  readonly mode: string;
}

/**
 * The networks a service is on: without a word of its own, the project's `default`, never the engine's bridge.
 *
 * @param project - its name; `null` where it follows from where the repository lies
 */
export function networksOf(reading: Reading, model: Mapping, project: string | null): ServiceNetworks {
  const mode = textAt(reading, 'network', 'network_mode');
  if (mode !== '') {
    const isBorrowed = /^(?:container|service):/.test(mode);
    return { names: isBorrowed ? [] : [mode], open: [], mode };
  }
  const asked = settingAt(reading, 'networks', 'networks');
  const keys = keysOf(reading, asked);
  const networks = (keys.length === 0 ? ['default'] : keys).map((key) => ({
    name: nameOf(reading, model, key, project),
    kind: kindIn(model, key),
  }));
  for (const [index, key] of keys.entries()) {
    const place = placeIn(asked, key);
    const name = networks[index]?.name;
    if (place !== null && name !== undefined) reading.places.set(`networks ${name}`, place);
  }
  const open = networks.flatMap(({ name, kind }) =>
    kind === null ? [] : [{ name, kind: kind === '' ? null : kind }],
  );
  return { names: networks.map(({ name }) => name).toSorted(), open, mode: '' };
}

function keysOf(reading: Reading, asked: Node | null): readonly string[] {
  if (asked?.kind === 'mapping') return [...asked.entries.keys()];
  return itemsOf(asked).flatMap((item) => {
    if (item.kind !== 'scalar' || item.text === null) return [];
    unsettle(reading, 'networks', item);
    // Among the networks of others there is the host's.
    unsettle(reading, 'network', item);
    return [item.unset.length > 0 ? item.shown : item.text];
  });
}

function placeIn(asked: Node | null, key: string) {
  if (asked?.kind === 'mapping') return asked.entries.get(key)?.at ?? null;
  return itemsOf(asked).find((item) => item.kind === 'scalar' && item.text === key)?.place ?? null;
}

/** The engine's own networks, which a project can only name as external ones. */
const engineWords = ['host', 'none', 'bridge', 'default', ''];

/**
 * The names of volumes and networks carry the project's in front, unless they are written out: `host` as a key of a
 * file is no word of the engine's.
 */
function nameOf(reading: Reading, model: Mapping, key: string, project: string | null): string {
  const network = valueAt(model, 'networks', key);
  const named = valueAt(network, 'name') ?? valueAt(network, 'external', 'name');
  const external = valueAt(network, 'external');
  const isExternal = externalIn(model, key);
  for (const each of [named, external]) {
    if (each?.kind !== 'scalar') continue;
    unsettle(reading, 'networks', each);
    if (isExternal || each === external) unsettle(reading, 'network', each);
  }
  const own = named?.kind === 'scalar' ? (named.unset.length > 0 ? named.shown : named.text) : null;
  if (isExternal) return own ?? key;
  if (own !== null && !engineWords.includes(own)) return own;
  for (const setting of own === null || named === null ? [] : ['networks', 'network']) {
    refuse(reading, setting, named ?? reading.service, `the engine has its own network ${own ?? ''}`);
  }
  return `${project ?? 'project'}_${key}`;
}

function externalIn(model: Mapping, key: string): boolean {
  const external = valueAt(model, 'networks', key, 'external');
  return (
    external?.kind === 'mapping' || (external?.kind === 'scalar' && booleanOf(external.text ?? '') === true)
  );
}

/** `null`: a bridge that hides what is not published; empty: what it is, the file does not tell. */
function kindIn(model: Mapping, key: string): string | null {
  if (externalIn(model, key)) return '';
  const network = valueAt(model, 'networks', key);
  const options = entriesOf(valueAt(network, 'driver_opts')).flatMap(
    ([name, { value }]): [string, string][] => (value.kind === 'scalar' ? [[name, value.text ?? '']] : []),
  );
  const subnets = itemsOf(valueAt(network, 'ipam', 'config')).map((item) => ({
    Subnet: wordIn(item, 'subnet') ?? '',
  }));
  return kindOf({
    Name: key,
    Driver: wordIn(network, 'driver') ?? 'bridge',
    EnableIPv6: booleanOf(wordIn(network, 'enable_ipv6') ?? '') === true,
    IPAM: { Config: subnets },
    Options: Object.fromEntries(options),
  });
}

function wordIn(node: Node | null, key: string): string | undefined {
  const value = valueAt(node, key);
  if (value?.kind !== 'scalar') return undefined;
  return value.unset.length > 0 ? value.shown : (value.text ?? undefined);
}
