import { canonicalAddress } from '../listeners/socket-address.ts';
import type { HostConfig } from '../workloads/inspect-format.ts';
import type { Reading } from './reading.ts';
import { refuse, settingAt, unsettle } from './reading.ts';
import type { Node, Scalar } from './tree.ts';
import { itemsOf, valueAt } from './tree.ts';

type Bindings = HostConfig['PortBindings'];

/** A range is published port by port; more than this of one service is a mistake, or a trap. */
const mostPorts = 70_000;

interface Port {
  readonly address: string;
  /** Empty: the engine chooses; `a-b`: from these. */
  readonly published: string;
  /** 0 where a variable that nothing sets says. */
  readonly target: number;
  readonly protocol: string;
  /** Compose takes 8080 and "8080" of the long form for two: it prints both with %s. */
  readonly isNumber: boolean;
}

/** What a service publishes, as the engine keeps it; see docker/go-connections, nat.ParsePortSpec. */
export function portBindingsOf(reading: Reading): Bindings {
  const bindings: Bindings = {};
  for (const { address, published, target, protocol } of distinctPorts(reading)) {
    (bindings[`${String(target)}/${protocol}`] ??= []).push({ HostIp: address, HostPort: published });
  }
  return bindings;
}

/** The last of two that are the same counts: no address is IPv6's as well, 0.0.0.0 is not (override/uncity.go). */
function distinctPorts(reading: Reading): Iterable<Port> {
  const all = new Map<string, Port>();
  let expanded = 0;
  for (const item of withoutRepeats(itemsOf(settingAt(reading, 'ports', 'ports')))) {
    if (item.kind === 'scalar') unsettle(reading, 'ports', item);
    if (expanded >= mostPorts || reading.allowance.ports <= 0) {
      refuse(reading, 'ports', item, 'there are more ports than there can be');
      break;
    }
    const ports = item.kind === 'scalar' ? shortForm(item) : longForm(reading, item);
    if (ports === null) refuse(reading, 'ports', item, 'that is no port');
    for (const port of ports ?? []) {
      const key = `${String(port.target)}/${port.protocol}`;
      expanded += 1;
      reading.allowance.ports -= 1;
      if (expanded > mostPorts || reading.allowance.ports < 0) {
        refuse(reading, 'ports', item, 'there are more ports than there can be');
        return all.values();
      }
      const address = port.address === '' ? '0.0.0.0' : port.address;
      all.set(`${address} ${port.published} ${String(port.isNumber)} ${key}`, port);
      reading.places.set(`ports ${key}`, item.place);
    }
  }
  return all.values();
}

/** The last of words that are written alike: each may be a range of all ports. */
function withoutRepeats(items: readonly Node[]): Iterable<Node> {
  const distinct = new Map<unknown, Node>();
  for (const item of items) distinct.set(item.kind === 'scalar' ? item.text : item, item);
  return distinct.values();
}

/** `expose`: ports that other containers reach, and nobody else. */
export function exposedPorts(reading: Reading): Record<string, object> {
  const exposed: Record<string, object> = {};
  let expanded = 0;
  for (const item of withoutRepeats(itemsOf(valueAt(reading.service, 'expose')))) {
    const text = item.kind === 'scalar' ? (item.text ?? '') : '';
    const [, range = '', protocol = 'tcp'] = /^(\d+(?:-\d+)?)(?:\/(\w+))?$/.exec(text) ?? [];
    const [first, last] = rangeOf(range) ?? [1, 0];
    const count = Math.max(0, last - first + 1);
    expanded += count;
    reading.allowance.ports -= count;
    if (expanded > mostPorts || reading.allowance.ports < 0) {
      refuse(reading, 'ports', item, 'there are more ports than there can be');
      break;
    }
    for (let port = first; port <= last; port++) exposed[`${String(port)}/${protocol.toLowerCase()}`] = {};
  }
  return exposed;
}

function shortForm(item: Scalar): readonly Port[] | null {
  const [specification = '', protocol = 'tcp', ...more] = (item.text ?? '').split('/');
  const parts = specification.split(':');
  const container = parts.at(-1) ?? '';
  const host = parts.at(-2) ?? '';
  const address = parts
    .slice(0, -2)
    .join(':')
    .replace(/^\[(.*)\]$/, '$1');
  const name = protocol.toLowerCase();
  // What a variable leaves open may be any address, and any port.
  if (item.unset.length > 0 && !/^\d/.test(container))
    return [{ address: '', published: '', target: 0, protocol: 'tcp', isNumber: false }];
  if (more.length > 0 || !['tcp', 'udp', 'sctp'].includes(name)) return null;
  if (!isAddress(address)) return null;
  return expand(address, host, container, name);
}

function expand(address: string, host: string, container: string, protocol: string): readonly Port[] | null {
  const inside = rangeOf(container);
  const outside = host === '' ? null : rangeOf(host);
  if (inside === null || (host !== '' && outside === null)) return null;
  const [first, last] = inside;
  if (outside !== null && outside[1] - outside[0] !== last - first) {
    return first === last ? [{ address, published: host, target: first, protocol, isNumber: false }] : null;
  }
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    address,
    published: outside === null ? '' : String(outside[0] + index),
    target: first + index,
    protocol,
    isNumber: false,
  }));
}

function longForm(reading: Reading, item: Node): readonly Port[] | null {
  const word = (key: string) => {
    const value = valueAt(item, key);
    if (value?.kind !== 'scalar') return '';
    unsettle(reading, 'ports', value);
    return value.text ?? '';
  };
  const target = word('target');
  const published = valueAt(item, 'published');
  const protocol = word('protocol').toLowerCase();
  const isOpen = valueAt(item, 'target')?.kind === 'scalar' && target === '';
  const inside = isOpen ? 0 : (rangeOf(target)?.[0] ?? null);
  const address = valueAt(item, 'host_ip');
  const isOddAddress =
    address?.kind === 'scalar' && address.unset.length === 0 && !isAddress(address.text ?? '');
  if (item.kind !== 'mapping' || inside === null || isOddAddress) return null;
  return [
    {
      address: word('host_ip'),
      published: word('published'),
      target: inside,
      protocol: protocol === '' ? 'tcp' : protocol,
      isNumber: published?.kind === 'scalar' && published.isNumber,
    },
  ];
}

/** Go parses an address and takes no other spelling: `0` is none. */
function isAddress(text: string): boolean {
  return text === '' || canonicalAddress(text) !== null;
}

function rangeOf(text: string): readonly [number, number] | null {
  const [, first, last] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  if (first === undefined) return null;
  const range = [Number(first), Number(last ?? first)] as const;
  return range[0] <= range[1] && range[1] <= 65_535 ? range : null;
}
