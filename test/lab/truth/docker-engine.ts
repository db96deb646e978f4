import fc from 'fast-check';

/**
 * The rules that Docker Engine writes for one container on a network of its own, beside an owner's, with
 * random published ports: those of 20.10 as it was seen to write them, those of 28 and of the nftables
 * backend of 29 as moby documents them in integration/network/bridge/{iptablesdoc,nftablesdoc}.
 */
export interface Engine {
  readonly publishes: readonly Publish[];
  readonly gateway: 'nat' | 'nat-unprotected' | 'routed';
  /** Without its userland proxy the engine lets containers reach published ports by NAT, too. */
  readonly proxy: boolean;
  readonly owner: Owner;
}

export interface Publish {
  /** Empty for every address. */
  readonly address: string;
  readonly port: number;
  readonly containerPort: number;
  readonly proto: string;
}

/** What the owner of the machine has set up himself. */
export interface Owner {
  readonly input: readonly string[];
  readonly inputPolicy: string;
  readonly forward: readonly string[];
  readonly forwardPolicy: string;
  /** Rules of DOCKER-USER: `-I` puts them before the engine's own RETURN, `-A` behind it. */
  readonly inserted: readonly string[];
  readonly appended: readonly string[];
  /** Rules of a chain of his own, in nft's words, and its policy and priority. */
  readonly native: readonly string[];
  readonly nativePolicy: string;
  readonly nativePriority: string;
}

export type Family = 'ip' | 'ip6';

const pick = <T>(...values: readonly T[]) => fc.constantFrom(...values);
export const container = { ip: '172.20.0.2', ip6: 'fd20::2' } as const;
export const bits = { ip: 32, ip6: 128 } as const;
export const network = { ip: '172.20.0.0/24', ip6: 'fd20::/64' } as const;
const hosts = {
  ip: ['', '', '', '127.0.0.1', '10.55.0.2', '10.66.0.2', '172.20.0.1'],
  ip6: ['', '', '', '::1', 'fd55::2', 'fd66::2'],
} as const;
const neighbours = { ip: '10.55.0.0/24', ip6: 'fd55::/64' } as const;
const others = {
  ip: ['8.0.0.0/8', '10.0.0.0/8', '10.55.0.5'],
  ip6: ['2001:db8::/32', 'fd00::/8', 'fd55::5'],
} as const;
export const established = '-m conntrack --ctstate RELATED,ESTABLISHED';

const publishes = (family: Family) =>
  fc.uniqueArray(
    fc.record<Publish>({
      address: pick(...hosts[family]),
      port: pick(22, 80, 3000, 8005, 8080, 9999, 5000),
      containerPort: pick(22, 80, 3000, 8005, 8080),
      proto: pick('tcp', 'tcp', 'tcp', 'udp'),
    }),
    {
      minLength: 1,
      maxLength: 5,
      selector: ({ address, port, proto }) => `${address} ${String(port)} ${proto}`,
    },
  );

/** What people write into DOCKER-USER, wisely or not. */
function userRule(family: Family): fc.Arbitrary<string> {
  const port = pick('80', '3000', '8005', '8080', '9999');
  const refusal = pick('-j DROP', '-j DROP', '-j REJECT', '-j RETURN', '-j ACCEPT');
  const over = pick('', '-i eth0 ', '-i eth0 ', '-i eth0 -o br0 ', '! -i br0 -o br0 ');
  const source = pick('', `! -s ${neighbours[family]} `, ...others[family].map((one) => `-s ${one} `));
  const match = fc.oneof(
    port.map((one) => `-p tcp -m tcp --dport ${one}`),
    pick('80,443', '3000,8005:9000').map((list) => `-p tcp -m multiport --dports ${list}`),
    port.map((one) => `-p tcp -m conntrack --ctorigdstport ${one} --ctdir ORIGINAL`),
    port.map((one) => `-p udp -m conntrack --ctorigdstport ${one} --ctdir ORIGINAL`),
    pick('NEW', 'DNAT', 'NEW,DNAT', 'INVALID').map((state) => `-m conntrack --ctstate ${state}`),
    pick('', '', '-m conntrack ! --ctstate DNAT', `-d ${container[family]}/${String(bits[family])}`),
  );
  return fc
    .tuple(over, source, match, refusal)
    .map((words) => words.slice(0, 2).join('') + words.slice(2).join(' '));
}

/** ufw-docker's rules for after.rules, less the one by source port, which the client chooses. */
const ufwDocker = {
  ip: [
    '-j ufw-user-forward',
    '-s 10.0.0.0/8 -j RETURN',
    '-s 192.168.0.0/16 -j RETURN',
    '-d 172.16.0.0/12 -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j ufw-docker-logging-deny',
    '-d 172.16.0.0/12 -p udp -m udp --dport 0:32767 -j ufw-docker-logging-deny',
  ],
  ip6: ['-j ufw-user-forward', '-s fd00::/8 -j RETURN', '-d fd20::/64 -j ufw-docker-logging-deny'],
} as const;

function inputRule(family: Family): fc.Arbitrary<string> {
  return fc
    .tuple(
      pick('', '-i eth0 ', '-i br0 ', `-s ${neighbours[family]} `, `-s ${network[family]} `),
      pick(
        '-p tcp -m tcp --dport 22',
        '-p tcp -m tcp --dport 80',
        '-p tcp -m multiport --dports 3000,8005',
        '-p udp',
        '',
      ),
      pick('-j ACCEPT', '-j ACCEPT', '-j DROP'),
    )
    .map(([over, match, target]) => `${over}${match} ${target}`);
}

function forwardRule(family: Family): fc.Arbitrary<string> {
  return fc
    .tuple(
      pick('', '-i eth0 -o eth1 ', '-o br0 ', `-d ${container[family]} `, `-s ${neighbours[family]} `),
      pick('-p tcp -m tcp --dport 80', '-p tcp -m tcp --dport 22', '-p udp', ''),
      pick('-j ACCEPT', '-j ACCEPT', '-j REJECT'),
    )
    .map(([over, match, target]) => `${over}${match} ${target}`);
}

function nativeRule(family: Family): fc.Arbitrary<string> {
  return fc
    .tuple(
      pick('', 'iifname "eth0" ', 'oifname "br0" ', 'iifname != { "br0", "eth1" } '),
      pick('', `${family} saddr != ${neighbours[family]} `, `${family} saddr ${others[family][0]} `),
      pick(
        'tcp dport 80',
        'tcp dport { 3000, 8005 }',
        'meta l4proto tcp ct original proto-dst 8080',
        'meta l4proto udp ct original proto-dst 3000',
        'ct status dnat',
        `ct original ${family} daddr ${container[family]}`,
        'ct state new',
      ),
      // The engine may be told to accept a mark, and this is how it gets there.
      pick('drop', 'drop', 'accept', 'reject', 'return', 'meta mark set 1'),
    )
    .map((words) => words.slice(0, 2).join('') + words.slice(2).join(' '));
}

const owner = (family: Family): fc.Arbitrary<Owner> =>
  fc.record({
    input: fc.array(inputRule(family), { maxLength: 4 }),
    inputPolicy: pick('DROP', 'DROP', 'ACCEPT'),
    forward: fc.array(forwardRule(family), { maxLength: 3 }),
    forwardPolicy: pick('DROP', 'DROP', 'ACCEPT'),
    inserted: fc.oneof(
      { arbitrary: fc.array(userRule(family), { maxLength: 3 }), weight: 6 },
      { arbitrary: fc.constant(ufwDocker[family]), weight: 1 },
    ),
    appended: fc.array(userRule(family), { maxLength: 2 }),
    native: fc.array(nativeRule(family), { maxLength: 4 }),
    nativePolicy: pick('accept', 'accept', 'drop'),
    nativePriority: pick('filter - 1', 'filter + 1', 'filter', 'mangle'),
  });

export const engine = (family: Family): fc.Arbitrary<Engine> =>
  fc.record({
    publishes: publishes(family),
    gateway: pick('nat', 'nat', 'nat', 'nat-unprotected', 'routed'),
    proxy: pick(true, true, false),
    owner: owner(family),
  });

export function socket(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${String(port)}` : `${address}:${String(port)}`;
}
