import * as z from 'zod';
import type { QueryAnswer } from '../../engine/report.ts';
import type { Listener } from '../listeners/listener.ts';
import type { Interface } from '../interfaces/interface.ts';
import type { Address as AddressValue, Family } from '../netfilter/addresses.ts';
import { addressOf, contains, everyAddress } from '../netfilter/addresses.ts';
import { arrive } from '../netfilter/arrive.ts';
import type { Way } from '../netfilter/arrive.ts';
import { partsFrom } from '../netfilter/decide.ts';
import { arriving } from '../netfilter/packet.ts';
import { hopsTo } from '../netfilter/routing.ts';
import type { Network } from './network.ts';
import { plain, takes } from './socket-address.ts';

const notAnAddress = 'must be an IP address, such as 203.0.113.7 or 2001:db8::7';
const Address = z
  .string(notAnAddress)
  .refine((text) => addressOf(text) !== null && !text.includes('%'), notAnAddress);

const notAPort = 'must be a whole number from 1 to 65535';

/** Whether one packet gets through: from whom, for which address and port. */
export const Query = z.strictObject({
  from: Address,
  to: Address,
  port: z.int(notAPort).min(1, notAPort).max(65_535, notAPort),
  proto: z.enum(['tcp', 'udp']).default('tcp'),
  /** Where it comes in; otherwise the interface that the source is routed over. */
  interface: z.string().min(1).optional(),
});
export type Query = z.infer<typeof Query>;

/** Answers questions one by one; those for the same door are computed once, for all sources together. */
export function answerer(network: Network, listeners: readonly Listener[]): (query: Query) => QueryAnswer {
  const known = new Map<string, readonly Way[]>();
  const partsFor = (family: Family, { proto, port }: Query, name: string, to: bigint) => {
    const key = `${name} ${family} ${proto} ${String(to)} ${String(port)}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const packet = arriving({ family, proto, interface: name }, to, port);
    const parts = arrive(network.net, packet, everyAddress(family));
    known.set(key, parts);
    return parts;
  };
  return (query) => {
    const from = addressOf(plain(query.from));
    const to = addressOf(plain(query.to));
    const answer = (verdict: QueryAnswer['verdict'], because: readonly string[], name = '') => ({
      ...query,
      interface: query.interface ?? name,
      verdict,
      because,
    });
    if (from === null || to?.family !== from.family) {
      return answer('blocked', [`${query.from} and ${query.to} are of different families`]);
    }
    const name = query.interface ?? interfaceTowards(network, from.family, from.value);
    if (name === null) return answer('unknown', [`no route leads to ${query.from}: name the interface`]);
    if (!network.interfaces.some((one) => one.name === name) && name !== 'lo') {
      return answer('unknown', [`there is no interface ${name}`]);
    }
    if (isRefusedOwn(network, from, name)) {
      return answer(
        'blocked',
        [`the kernel takes no packet of this machine's own ${query.from} from a link`],
        name,
      );
    }
    const source = [{ first: from.value, last: from.value }];
    const parts = partsFrom(partsFor(from.family, query, name, to.value), source);
    return { ...answer(...verdictOf(parts, query, network, listeners)), interface: name };
  };
}

/** Of a client that may choose its way, the open one counts. */
function verdictOf(
  parts: readonly Way[],
  query: Query,
  { gaps }: Network,
  listeners: readonly Listener[],
): readonly [QueryAnswer['verdict'], readonly string[]] {
  const ended = parts.map((part) => ({ part, answers: answers(part, query, listeners) }));
  const open = ended.find(({ part, answers: somebody }) => part.verdict === 'accept' && somebody);
  if (open !== undefined) {
    return gaps.length === 0 ? ['reachable', open.part.path] : ['unknown', [...open.part.path, ...gaps]];
  }
  const doubtful = ended.find(({ part, answers: somebody }) => part.verdict === 'unknown' && somebody);
  if (doubtful !== undefined) return ['unknown', doubtful.part.path];
  const [first] = ended;
  if (first === undefined) return ['blocked', ['the kernel takes no such packet']];
  const { path, verdict } = first.part;
  return ['blocked', verdict === 'accept' ? [...path, 'nothing listens there'] : path];
}

/** Whether somebody takes the packet where it ends; behind a forwarding machine somebody is taken to. */
function answers(part: Way, { proto }: Query, listeners: readonly Listener[]): boolean {
  const { packet } = part;
  if (packet.outInterface !== null || part.lost === true) return true;
  return listeners.some(
    (one) =>
      one.proto === proto &&
      one.port === packet.port &&
      (one.interface === null || one.interface === packet.interface) &&
      takes(
        { bothFamilies: one.address === '::' && !one.v6only },
        one.address,
        packet.family,
        packet.destination,
      ),
  );
}

/** The interface that an address is routed over; `lo` for the machine's own. */
function interfaceTowards({ net, interfaces }: Network, family: Family, address: bigint): string | null {
  if (
    hasAddress(interfaces, address) ||
    (family === 'ip' && contains([{ first: 0x7f000000n, last: 0x7fffffffn }], address))
  )
    return 'lo';
  const [hop] = hopsTo(net.routing, family, address, { mark: 0, interface: 'lo' });
  return hop?.type === 'unicast' ? hop.device : null;
}

function hasAddress(interfaces: readonly Interface[], address: bigint): boolean {
  return interfaces.some(({ addresses }) =>
    addresses.some((own) => addressOf(own.address)?.value === address),
  );
}

/**
 * fib_validate_source() of net/ipv4/fib_frontend.c, without accept_local; IPv6 has no such check. The sets
 * of sources that an exposure names keep these addresses: nobody else has them.
 */
function isRefusedOwn({ interfaces, net }: Network, from: AddressValue, name: string): boolean {
  if (from.family !== 'ip' || name === 'lo' || net.routing.settings.get(name)?.acceptLocal !== false)
    return false;
  return hasAddress(
    interfaces.filter(({ up }) => up),
    from.value,
  );
}
