import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { debianRoot } from '../box.ts';
import { must } from '../command.ts';
import { labSources } from '../paths.ts';
import type { Topology } from './topology.ts';

/** Random zones, rich rules and policies of firewalld, loaded by firewalld itself with its nftables backend. */
interface FirewalldRules {
  /** Calls of firewall-offline-cmd(1), before it starts. */
  readonly before: readonly (readonly string[])[];
  /** Calls of firewall-cmd(1), while it runs. */
  readonly after: readonly (readonly string[])[];
}

const pick = <T>(...values: readonly T[]) => fc.constantFrom(...values);

/** `public` and `external` let ssh in, `external` masquerades; the last three have a target of their own. */
const zones = ['public', 'public', 'external', 'internal', 'internal', 'trusted', 'drop', 'block'] as const;
const open = ['public', 'external', 'internal'] as const;
const sources = [
  '10.55.0.0/24',
  '10.55.0.5',
  '8.0.0.0/8',
  'fd55::/64',
  '2001:db8::/32',
  '172.20.0.0/24',
] as const;

const port = pick('80/tcp', '3000/tcp', '8005/tcp', '3000-8080/tcp', '5000/tcp', '80/udp', '3000-9000/udp');
const service = pick('http', 'ssh', 'mdns', 'samba');
const forwarded = pick(
  'port=8080:proto=tcp:toport=80:toaddr=172.20.0.2',
  'port=9999:proto=tcp:toport=3000:toaddr=172.20.0.2',
  'port=80:proto=udp:toaddr=172.20.0.2',
  'port=8080:proto=tcp:toport=80',
  'port=9999:proto=udp:toport=3000',
);

const richRule = fc
  .record({
    priority: pick('', '', '', ' priority="-5"', ' priority="5"'),
    who: pick(
      ' family="ipv4" source address="10.55.0.0/24"',
      ' family="ipv4" source NOT address="10.55.0.0/24"',
      ' family="ipv4" source address="8.0.0.0/8" destination address="10.55.0.2"',
      ' family="ipv4" destination address="10.66.0.0/24"',
      ' family="ipv6" source address="fd55::/64"',
      ' family="ipv6" source NOT address="fd55::5"',
      ' family="ipv4"',
      '',
    ),
    what: pick(
      ' port port="80" protocol="tcp"',
      ' port port="3000-8080" protocol="tcp"',
      ' port port="22" protocol="tcp"',
      ' port port="3000" protocol="udp"',
      ' service name="http"',
      ' protocol value="udp"',
      ' protocol value="tcp"',
    ),
    log: pick('', '', '', ' log prefix="rule " level="info" limit value="3/m"'),
    action: pick('accept', 'accept', 'drop', 'reject'),
  })
  .map(
    ({ priority, who, what, log, action }) => `--add-rich-rule=rule${priority}${who}${what}${log} ${action}`,
  );

const forwardRule = pick(
  '--add-rich-rule=rule family="ipv4" source address="10.55.0.0/16" forward-port port="9999" protocol="tcp" to-port="22" to-addr="10.66.0.5"',
  '--add-rich-rule=rule family="ipv6" forward-port port="8080" protocol="tcp" to-port="80" to-addr="fd20::2"',
);

const plain = fc.oneof(
  { arbitrary: port.map((one) => `--add-port=${one}`), weight: 4 },
  { arbitrary: richRule, weight: 5 },
  { arbitrary: service.map((one) => `--add-service=${one}`), weight: 1 },
  { arbitrary: fc.constant('--remove-forward'), weight: 1 },
);
const translating = fc.oneof(
  forwarded.map((one) => `--add-forward-port=${one}`),
  forwardRule,
  fc.constant('--add-masquerade'),
);

const zoneCall = fc
  .oneof(
    { arbitrary: fc.tuple(pick(...open, 'home' as const), plain), weight: 4 },
    { arbitrary: fc.tuple(pick(...open), translating), weight: 1 },
  )
  .map(([zone, what]) => [`--zone=${zone}`, what]);
/** An interface, and a source, belong to one zone. */
const placed = fc
  .record({
    eth0: fc.option(pick(...zones), { freq: 1 }),
    eth1: fc.option(pick(...zones), { freq: 2 }),
    // A port forwarded to the container, asked for by the container, would come back to itself.
    br0: pick('home', 'home', 'trusted', 'block'),
    sources: fc.array(fc.tuple(pick(...sources), pick(...zones)), { maxLength: 2 }),
    set: fc.option(pick('trusted', 'drop', 'internal'), { freq: 1 }),
  })
  .map(({ sources: asked, set, ...interfaces }) => [
    ...Object.entries(interfaces).flatMap(([name, zone]) =>
      zone === null ? [] : [[`--zone=${zone}`, `--add-interface=${name}`]],
    ),
    ...[...new Map(asked)].map(([source, zone]) => [`--zone=${zone}`, `--add-source=${source}`]),
    ...(set === null
      ? []
      : [
          ['--new-ipset=listed', '--type=hash:net'],
          ['--ipset=listed', '--add-entry=10.55.1.0/24'],
          ['--ipset=listed', '--add-entry=10.55.0.9'],
          [`--zone=${set}`, '--add-source=ipset:listed'],
        ]),
  ]);

const policy = fc
  .record({
    from: pick('ANY', 'public', 'internal', 'external'),
    to: pick('HOST', 'HOST', 'ANY', 'internal', 'public'),
    priority: pick('-1', '-10', '10'),
    target: pick('ACCEPT', 'DROP', 'REJECT', 'CONTINUE'),
    rules: fc.array(
      fc.oneof(
        port.map((one) => `--add-port=${one}`),
        richRule,
      ),
      { maxLength: 2 },
    ),
  })
  .map(({ from, to, priority, target, rules }) => [
    ['--new-policy=mine'],
    ...[
      `--set-priority=${priority}`,
      `--add-ingress-zone=${from}`,
      `--add-egress-zone=${to}`,
      `--set-target=${target}`,
      ...rules,
    ].map((what) => ['--policy=mine', what]),
  ]);

const targets = fc
  .tuple(pick(...open), pick('ACCEPT', 'DROP', 'REJECT'))
  .map(([zone, target]) => [`--zone=${zone}`, `--set-target=${target}`]);

/** As JSON, so that a counterexample can be read and loaded again. */
export const firewalldRules: fc.Arbitrary<string> = fc
  .record({
    standard: fc.option(pick('internal', 'external', 'trusted', 'drop')),
    placed,
    calls: fc.array(zoneCall, { minLength: 3, maxLength: 9 }),
    policy: fc.option(policy, { freq: 1 }),
    target: fc.option(targets, { freq: 1 }),
    after: fc.array(zoneCall, { maxLength: 1 }),
  })
  .map(({ standard, placed: places, calls, policy: more, target, after }) => {
    const rules: FirewalldRules = {
      before: [
        ...(standard === null ? [] : [[`--set-default-zone=${standard}`]]),
        ...places,
        ...calls,
        ...(more ?? []),
        ...(target === null ? [] : [target]),
      ],
      after,
    };
    return JSON.stringify(rules);
  });

/** Of its own mounts and processes nothing is left behind but the rules in the kernel. */
const confined = `
  set -e
  mount -t tmpfs tmpfs /mnt
  mkdir /mnt/up /mnt/work /mnt/root
  mount -t overlay overlay -o "lowerdir=$1,upperdir=/mnt/up,workdir=/mnt/work" /mnt/root
  mount -t proc proc /mnt/root/proc
  exec chroot /mnt/root python3 -c "$2"
`;

/** The lab's root with firewalld over it; built once. */
export async function firewalldRoot(): Promise<string> {
  const root = await debianRoot();
  const layer = `${root}.firewalld`;
  const script = join(labSources, 'build-firewalld.sh');
  await must(['flock', `${layer}.lock`, 'sh', script, root, layer], { seconds: 600 });
  return `${layer}:${root}`;
}

export async function loadFirewalld(topology: Topology, root: string, rules: string): Promise<string> {
  const calls = await readFile(join(labSources, 'truth/firewalld.py'), 'utf8');
  await topology.server(['nft', 'flush', 'ruleset']);
  const alone = ['unshare', '--mount', '--pid', '--fork', '--kill-child'];
  return topology.server([...alone, 'sh', '-c', confined, 'sh', root, calls], rules);
}
