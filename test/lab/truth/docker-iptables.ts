import type { Engine, Family, Publish } from './docker-engine.ts';
import { bits, container, established, network, socket } from './docker-engine.ts';

/** `-d 10.55.0.2/32 `, or nothing for every address. */
function asked({ address }: Publish): string {
  return address === '' ? '' : `-d ${address}/${address.includes(':') ? '128' : '32'} `;
}

function natTable(family: Family, { publishes, gateway, proxy }: Engine): readonly string[] {
  const to = container[family];
  const notThere = proxy ? '! -i br0 ' : '';
  const linkLocal = family === 'ip6' ? '! -s fe80::/10 ' : '';
  const notLoopback = !proxy ? '' : family === 'ip' ? '! -d 127.0.0.0/8 ' : '! -d ::1/128 ';
  const own = `${to}/${String(bits[family])}`;
  if (gateway === 'routed') {
    return [
      '*nat',
      ':PREROUTING ACCEPT [0:0]',
      ':DOCKER - [0:0]',
      '-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER',
      'COMMIT',
    ];
  }
  return [
    '*nat',
    ':PREROUTING ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ':POSTROUTING ACCEPT [0:0]',
    ':DOCKER - [0:0]',
    '-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER',
    `-A OUTPUT ${notLoopback}-m addrtype --dst-type LOCAL -j DOCKER`,
    ...(proxy ? [] : ['-A POSTROUTING -o br0 -m addrtype --src-type LOCAL -j MASQUERADE']),
    `-A POSTROUTING -s ${network[family]} ! -o br0 -j MASQUERADE`,
    ...publishes.map(
      ({ proto, containerPort }) =>
        `-A POSTROUTING -s ${own} -d ${own} -p ${proto} -m ${proto} --dport ${String(containerPort)} -j MASQUERADE`,
    ),
    ...(proxy ? ['-A DOCKER -i br0 -j RETURN', '-A DOCKER -i docker0 -j RETURN'] : []),
    ...publishes.map(
      (one) =>
        `-A DOCKER ${linkLocal}${asked(one)}${notThere}-p ${one.proto} -m ${one.proto} --dport ${String(one.port)} -j DNAT --to-destination ${socket(to, one.containerPort)}`,
    ),
    'COMMIT',
  ];
}

/** INPUT, and ufw's part of FORWARD, which comes behind the engine's. */
function ownerChains(family: Family, { owner }: Engine): readonly string[] {
  const neighbourly = family === 'ip6' ? ['-A INPUT -p ipv6-icmp -j ACCEPT'] : [];
  return [
    '-A FORWARD -j ufw-before-forward',
    `-A ufw-before-forward ${established} -j ACCEPT`,
    '-A ufw-before-forward -j ufw-user-forward',
    ...owner.forward.map((rule) => `-A ufw-user-forward ${rule}`),
    '-A ufw-docker-logging-deny -m limit --limit 3/min --limit-burst 10 -j LOG --log-prefix "[UFW DOCKER BLOCK] "',
    '-A ufw-docker-logging-deny -j DROP',
    `-A INPUT ${established} -j ACCEPT`,
    '-A INPUT -i lo -j ACCEPT',
    ...neighbourly,
    ...owner.input.map((rule) => `-A INPUT ${rule}`),
    'COMMIT',
  ];
}

function filterHead({ owner }: Engine, chains: readonly string[]): readonly string[] {
  return [
    '*filter',
    `:INPUT ${owner.inputPolicy} [0:0]`,
    `:FORWARD ${owner.forwardPolicy} [0:0]`,
    ...[...chains, 'ufw-before-forward', 'ufw-user-forward', 'ufw-docker-logging-deny'].map(
      (name) => `:${name} - [0:0]`,
    ),
  ];
}

/** Answers must come back, or a connect says nothing: owners who drop begin like this. */
function userChain({ owner }: Engine, ending: readonly string[]): readonly string[] {
  return [
    `-A DOCKER-USER ${established} -j ACCEPT`,
    ...owner.inserted.map((rule) => `-A DOCKER-USER ${rule}`),
    ...ending,
    ...owner.appended.map((rule) => `-A DOCKER-USER ${rule}`),
  ];
}

function opened(family: Family, { publishes, gateway }: Engine): readonly string[] {
  if (gateway === 'nat-unprotected') return [];
  const rules = publishes.map(
    ({ proto, containerPort }) =>
      `-A DOCKER -d ${container[family]}/${String(bits[family])} ! -i br0 -o br0 -p ${proto} -m ${proto} --dport ${String(containerPort)} -j ACCEPT`,
  );
  return [...new Set(rules)];
}

/** Debian's 20.10, and up to 27: what DOCKER does not accept falls through to whatever comes next. */
export function docker20(family: Family, engine: Engine): string {
  // For IPv6, its experiment, it made no DOCKER-USER.
  const user = family === 'ip' ? ['DOCKER-USER'] : [];
  const chains = ['DOCKER', 'DOCKER-ISOLATION-STAGE-1', 'DOCKER-ISOLATION-STAGE-2', ...user];
  return [
    ...natTable(family, engine),
    ...filterHead(engine, chains),
    ...user.map((name) => `-A FORWARD -j ${name}`),
    '-A FORWARD -j DOCKER-ISOLATION-STAGE-1',
    ...['docker0', 'br0'].flatMap((bridge) => [
      `-A FORWARD -o ${bridge} ${established} -j ACCEPT`,
      `-A FORWARD -o ${bridge} -j DOCKER`,
      `-A FORWARD -i ${bridge} ! -o ${bridge} -j ACCEPT`,
      `-A FORWARD -i ${bridge} -o ${bridge} -j ACCEPT`,
      `-A DOCKER-ISOLATION-STAGE-1 -i ${bridge} ! -o ${bridge} -j DOCKER-ISOLATION-STAGE-2`,
      `-A DOCKER-ISOLATION-STAGE-2 -o ${bridge} -j DROP`,
    ]),
    ...opened(family, engine),
    '-A DOCKER-ISOLATION-STAGE-1 -j RETURN',
    '-A DOCKER-ISOLATION-STAGE-2 -j RETURN',
    ...(family === 'ip' ? userChain(engine, ['-A DOCKER-USER -j RETURN']) : []),
    ...ownerChains(family, engine),
    '',
  ].join('\n');
}

export function docker28(family: Family, engine: Engine): string {
  const { publishes, gateway } = engine;
  const bridges = ['docker0', 'br0'];
  const chains = ['DOCKER', 'DOCKER-BRIDGE', 'DOCKER-CT', 'DOCKER-FORWARD', 'DOCKER-INTERNAL', 'DOCKER-USER'];
  const rest = gateway === 'nat-unprotected' ? 'ACCEPT' : 'DROP';
  return [
    '*raw',
    ':PREROUTING ACCEPT [0:0]',
    ...(gateway === 'nat'
      ? [`-A PREROUTING -d ${container[family]}/${String(bits[family])} ! -i br0 -j DROP`]
      : []),
    ...publishes
      .filter(({ address }) => address === '127.0.0.1' && gateway !== 'routed')
      .map(
        (one) =>
          `-A PREROUTING ${asked(one)}! -i lo -p ${one.proto} -m ${one.proto} --dport ${String(one.port)} -j DROP`,
      ),
    'COMMIT',
    // It returns no more for packets from its bridges.
    ...natTable(family, engine).filter((line) => !/-A DOCKER -i \S+ -j RETURN/.test(line)),
    ...filterHead(engine, chains),
    '-A FORWARD -j DOCKER-USER',
    '-A FORWARD -j DOCKER-FORWARD',
    ...opened(family, engine),
    '-A DOCKER ! -i docker0 -o docker0 -j DROP',
    ...(gateway === 'routed'
      ? [`-A DOCKER -o br0 -p ${family === 'ip' ? 'icmp' : 'ipv6-icmp'} -j ACCEPT`]
      : []),
    `-A DOCKER ! -i br0 -o br0 -j ${rest}`,
    ...bridges.map((bridge) => `-A DOCKER-BRIDGE -o ${bridge} -j DOCKER`),
    ...bridges.map((bridge) => `-A DOCKER-CT -o ${bridge} ${established} -j ACCEPT`),
    ...['DOCKER-CT', 'DOCKER-INTERNAL', 'DOCKER-BRIDGE'].map((chain) => `-A DOCKER-FORWARD -j ${chain}`),
    ...bridges.map((bridge) => `-A DOCKER-FORWARD -i ${bridge} -j ACCEPT`),
    ...userChain(engine, []),
    ...ownerChains(family, engine),
    '',
  ].join('\n');
}
