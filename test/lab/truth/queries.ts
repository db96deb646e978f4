import fc from 'fast-check';
import type { Asked, Place } from './topology.ts';
import { asked, ports, sources, towards } from './topology.ts';

const destinations: Readonly<Record<Place, readonly (readonly [string, number])[]>> = {
  outside: [
    ['10.55.0.2', 8],
    ['10.66.0.2', 2],
    ['172.20.0.1', 2],
    ['172.20.0.2', 3],
    ['10.66.0.5', 2],
    ['127.0.0.1', 1],
    ['fd55::2', 4],
    ['fd20::2', 2],
    ['fd66::2', 1],
  ],
  inside: [
    ['10.66.0.2', 4],
    ['10.55.0.2', 1],
    ['172.20.0.2', 2],
    ['fd66::2', 2],
    ['fd20::2', 1],
  ],
  container: [
    ['172.20.0.1', 3],
    ['10.55.0.2', 2],
    ['10.66.0.5', 2],
    ['fd20::1', 1],
    ['fd55::2', 1],
  ],
};

const pick = <T>(values: readonly T[]) => fc.constantFrom(...values);

const query = pick<Place>(['outside', 'outside', 'outside', 'inside', 'container']).chain((at) =>
  fc
    .record({
      to: fc.oneof(...destinations[at].map(([to, weight]) => ({ arbitrary: fc.constant(to), weight }))),
      port: pick([...ports, ...asked]),
      proto: pick(['tcp', 'tcp', 'udp'] as const),
    })
    .chain(({ to, port, proto }) =>
      pick(sources[at].filter((from) => from.includes(':') === to.includes(':'))).map((from): Asked => ({
        at,
        from,
        to,
        port,
        proto,
        interface: towards[at],
      })),
    )
    .filter(sendable),
);

/** What a socket can send at all. */
function sendable({ to, from }: Asked): boolean {
  return to !== '127.0.0.1' || from.startsWith('10.55.');
}

/** Questions for one ruleset. */
export const queries = (count: number) => fc.array(query, { minLength: count, maxLength: count });
