import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { debianRoot } from '../box.ts';
import { labSources } from '../paths.ts';
import type { Topology } from './topology.ts';

/** Random calls of ufw(8) as an owner types them, loaded by ufw itself. */
interface UfwRules {
  /** IPV6 of /etc/default/ufw: without it ufw refuses all of IPv6. */
  readonly ipv6: boolean;
  /** Lines at the end of /etc/ufw/before.rules: where owners put their NAT. */
  readonly before: readonly string[];
  readonly calls: readonly (readonly string[])[];
}

const pick = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const maybe = (...values: readonly string[]) => pick('', '', '', ...values);

const networks = {
  ip: ['10.55.0.5', '10.55.0.0/24', '10.55.0.0/16', '8.0.0.0/8', '172.16.0.0/12', '10.66.0.5', 'any'],
  ip6: ['fd55::5', 'fd55::/64', '2001:db8::/32', 'fd20::/64', 'any'],
} as const;
const ours = {
  ip: ['10.55.0.2', '10.66.0.2', '172.20.0.1', '172.20.0.0/24', '10.0.0.0/8', 'any'],
  ip6: ['fd55::2', 'fd20::1', 'fd00::/8', 'any'],
} as const;
const behind = {
  ip: ['172.20.0.2', '10.66.0.5', '172.16.0.0/12', 'any'],
  ip6: ['fd20::2', 'fd66::5', 'any'],
} as const;

/** Several ports, and a range, only with a protocol. */
const doors = fc.oneof(
  { arbitrary: pick('22', '80', '3000', '8005', '8080', '9999').map((port) => ` port ${port}`), weight: 3 },
  {
    arbitrary: fc
      .tuple(pick('80,3000', '22,80,8000:9000', '3000:8080', '8005', '22'), pick('tcp', 'tcp', 'udp'))
      .map(([port, proto]) => ` port ${port} proto ${proto}`),
    weight: 3,
  },
  { arbitrary: pick('', ' proto tcp', ' proto udp'), weight: 1 },
);
const actions = pick('allow', 'allow', 'allow', 'deny', 'deny', 'reject');
const places = maybe('prepend ', 'insert 1 ', 'insert 2 ');
const family = pick('ip' as const, 'ip' as const, 'ip6' as const);

const inward = family.chain((of) =>
  fc
    .tuple(
      places,
      actions,
      maybe(' in on eth0', ' in on eth1', ' in on br0', ' in'),
      maybe(' log', ' log-all'),
      pick(...networks[of]),
      pick(...ours[of]),
      doors,
    )
    .map(
      ([place, action, over, log, from, to, door]) =>
        `${place}${action}${over}${log} from ${from} to ${to}${door}`,
    ),
);
const short = fc
  .tuple(
    places,
    actions,
    pick(
      '22',
      '22/tcp',
      '80/tcp',
      '80/udp',
      '3000',
      '3000:8005/tcp',
      '80,8005/tcp',
      '22,5000/tcp',
      'OpenSSH',
    ),
  )
  .map(([place, action, door]) => `${place}${action} ${door}`);
const across = family.chain((of) =>
  fc
    .tuple(
      places,
      actions,
      maybe(' in on eth0', ' in on br0'),
      maybe(' out on br0', ' out on eth1'),
      pick(...networks[of]),
      pick(...behind[of]),
      doors,
    )
    .map(
      ([place, action, into, out, from, to, door]) =>
        `route ${place}${action}${into}${out} from ${from} to ${to}${door}`,
    ),
);
const other = pick(
  '--force delete 1',
  '--force delete 2',
  'logging off',
  'logging medium',
  'logging full',
  'reload',
  // Its rate is reached by the sixth connection of a source in half a minute.
  'limit 7000/tcp',
  'limit in on eth1 to any port 5000 proto tcp',
);
const rule = fc.oneof(
  { arbitrary: inward, weight: 4 },
  { arbitrary: short, weight: 4 },
  { arbitrary: across, weight: 4 },
  { arbitrary: other, weight: 1 },
);
const defaults = fc.tuple(pick('deny', 'reject', 'allow'), pick('deny', 'reject', 'allow'));

const translations = [
  '-A PREROUTING ! -i br0 -p tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80',
  '-A PREROUTING -i eth0 -p udp --dport 9999 -j DNAT --to-destination 172.20.0.2:3000',
  '-A PREROUTING -i eth0 -p tcp --dport 9999 -j REDIRECT --to-ports 80',
];
const nat = fc
  .subarray(translations)
  .map((lines) => ['*nat', ':PREROUTING ACCEPT [0:0]', ...lines, 'COMMIT']);

/** As JSON, so that a counterexample can be read and loaded again. */
export const ufwRules: fc.Arbitrary<string> = fc
  .record({
    ipv6: pick(true, true, true, true, true, false),
    before: fc.oneof({ arbitrary: fc.constant([]), weight: 2 }, { arbitrary: nat, weight: 1 }),
    defaults,
    early: fc.array(rule, { maxLength: 7 }),
    late: fc.array(rule, { maxLength: 2 }),
  })
  .map(({ ipv6, before, defaults: [incoming, routed], early, late }) => {
    const calls = [
      `default ${incoming} incoming`,
      `default ${routed} routed`,
      ...early,
      '--force enable',
      ...late,
    ];
    const rules: UfwRules = {
      ipv6,
      before,
      calls: calls.filter((call) => ipv6 || !call.includes('::')).map((call) => call.split(' ')),
    };
    return JSON.stringify(rules);
  });

/** ufw lives in the lab's root, with a copy of /etc/ufw that nobody else sees and that goes with the call. */
const confined = `
  set -e
  mount -t tmpfs tmpfs /mnt
  mkdir /mnt/up /mnt/work /mnt/root
  mount -t overlay overlay -o "lowerdir=$1,upperdir=/mnt/up,workdir=/mnt/work" /mnt/root
  mount --bind /proc /mnt/root/proc
  exec chroot /mnt/root python3 -c "$2"
`;

export async function loadUfw(topology: Topology, rules: string): Promise<string> {
  const [root, calls] = await Promise.all([debianRoot(), readFile(join(labSources, 'truth/ufw.py'), 'utf8')]);
  await topology.server(['nft', 'flush', 'ruleset']);
  return topology.server(['unshare', '--mount', 'sh', '-c', confined, 'sh', root, calls], rules);
}
