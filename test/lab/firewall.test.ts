import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { factReader } from '../../src/engine/fact.ts';
import { decideInput } from '../../src/facts/firewall/decide.ts';
import { firewallFact } from '../../src/facts/firewall/firewall.ts';
import { memoryHost } from '../harness/memory-host.ts';

/** Random rulesets in a network namespace: what decideInput says, against what a TCP connect meets. */

const id = String(process.pid);
const [server, client] = [`aisec-s${id}`, `aisec-c${id}`];
const sources = ['10.55.0.5', '10.55.0.9', '10.55.1.7', '8.8.4.4'];
const ports = [22, 80, 3000, 8005];
const own = '10.55.0.2';

const isRoot = process.geteuid?.() === 0;
if (!isRoot) process.stderr.write('firewall: skipped, network namespaces need root\n');

function run(argv: readonly string[], input = ''): string {
  const [name = '', ...args] = argv;
  return execFileSync(name, args, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
}

function inServer(argv: readonly string[], input = ''): string {
  return run(['ip', 'netns', 'exec', server, ...argv], input);
}

const servers: { kill(): void }[] = [];

beforeAll(async () => {
  if (!isRoot) return;
  for (const name of [server, client]) run(['ip', 'netns', 'add', name]);
  const ends = [`as${id}`.slice(0, 15), `ac${id}`.slice(0, 15)] as const;
  run(['ip', 'link', 'add', ends[0], 'type', 'veth', 'peer', 'name', ends[1]]);
  run(['ip', 'link', 'set', ends[0], 'netns', server, 'name', 'eth0']);
  run(['ip', 'link', 'set', ends[1], 'netns', client, 'name', 'eth0']);
  inServer(['ip', 'address', 'add', `${own}/24`, 'dev', 'eth0']);
  for (const source of sources) run(['ip', '-n', client, 'address', 'add', `${source}/32`, 'dev', 'eth0']);
  for (const name of [server, client]) {
    run(['ip', '-n', name, 'link', 'set', 'lo', 'up']);
    run(['ip', '-n', name, 'link', 'set', 'eth0', 'up']);
  }
  run(['ip', '-n', server, 'route', 'add', 'default', 'dev', 'eth0']);
  run(['ip', '-n', client, 'route', 'add', `${own}/32`, 'dev', 'eth0', 'src', sources[0] ?? '']);
  const { spawn } = await import('node:child_process');
  const listen = ports.map(
    (port) => `require('node:net').createServer((s)=>s.end()).listen(${String(port)});`,
  );
  servers.push(spawn('ip', ['netns', 'exec', server, process.execPath, '-e', listen.join('')]));
  await new Promise((resolve) => setTimeout(resolve, 1500));
});

afterAll(() => {
  for (const one of servers) one.kill();
  if (isRoot) for (const name of [server, client]) run(['ip', 'netns', 'delete', name]);
});

/** Which source and port connect: `10.55.0.5 22`. */
function connects(): ReadonlySet<string> {
  const script = `
    const net = require('node:net');
    for (const source of ${JSON.stringify(sources)}) for (const port of ${JSON.stringify(ports)}) {
      const socket = net.connect({ host: '${own}', port, localAddress: source });
      const timer = setTimeout(() => socket.destroy(), 400);
      socket.on('connect', () => { console.log(source + ' ' + port); clearTimeout(timer); socket.destroy(); });
      socket.on('error', () => clearTimeout(timer));
    }`;
  const output = run(['ip', 'netns', 'exec', client, process.execPath, '-e', script]);
  return new Set(output.split('\n').filter((line) => line !== ''));
}

const recorded = [
  ['iptables-save'],
  ['ip6tables-save'],
  ['nft', '-j', 'list', 'ruleset'],
  ['nft', '-a', 'list', 'ruleset'],
] as const;

async function compare(): Promise<{ readonly wrong: readonly string[]; readonly unknown: number }> {
  const commands = recorded.map((argv) => ({ argv, stdout: inServer(argv) }));
  const evidence = await factReader(await memoryHost({ commands }))(firewallFact);
  if (evidence.state === 'unknown') throw new Error(evidence.detail);
  const open = connects();
  const wrong: string[] = [];
  let unknown = 0;
  for (const source of sources) {
    for (const port of ports) {
      const question = { proto: 'tcp', port, destination: own, interface: 'eth0' } as const;
      const { verdict } = decideInput(evidence.value, {
        ...question,
        sources: { class: 'lan', cidr: `${source}/32` },
      });
      const truth = open.has(`${source} ${String(port)}`);
      if (verdict === 'unknown') unknown += 1;
      else if ((verdict === 'accept') !== truth)
        wrong.push(`${source} ${String(port)}: ${verdict}, open ${String(truth)}`);
    }
  }
  return { wrong, unknown };
}

const pick = <T>(...values: T[]) => fc.constantFrom(...values);

describe('decideInput against the kernel', () => {
  const bang = pick('', '', '! ');
  const condition = fc.oneof(
    fc
      .tuple(bang, pick('10.55.0.5', '10.55.0.0/24', '10.55.0.0/16', '8.0.0.0/8'))
      .map(([no, net]) => `${no}-s ${net}`),
    fc.tuple(bang, pick('eth0', 'eth+', 'lo', 'eth1')).map(([no, name]) => `${no}-i ${name}`),
    fc.tuple(bang, pick('10.55.0.2', '10.9.0.0/16')).map(([no, net]) => `${no}-d ${net}`),
    fc.tuple(bang, pick('22', '80', '3000:9000')).map(([no, port]) => `-p tcp -m tcp ${no}--dport ${port}`),
    fc
      .tuple(bang, pick('22,80', '80,3000:8005'))
      .map(([no, list]) => `-p tcp -m multiport ${no}--dports ${list}`),
    fc
      .tuple(bang, pick('NEW', 'RELATED,ESTABLISHED', 'INVALID'))
      .map(([no, s]) => `-m conntrack ${no}--ctstate ${s}`),
    fc
      .tuple(bang, pick('LOCAL', 'BROADCAST,MULTICAST'))
      .map(([no, type]) => `-m addrtype ${no}--dst-type ${type}`),
    pick(
      '-p udp',
      '-p icmp',
      '! -p tcp',
      '-p tcp -m tcp --syn',
      '-p tcp -m tcp ! --syn',
      '-m comment --comment "-j ACCEPT"',
    ),
  );
  const target = pick('-j ACCEPT', '-j DROP', '-j REJECT', '-j RETURN', '-j A', '-j B', '-g B', '-j LOG');
  // Answers to connections that are open already must pass, or a connect says nothing.
  const established = '-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT';
  const rule = fc.tuple(condition, fc.option(pick('-s 10.55.0.0/24', '-i eth0')), target);
  const chain = (name: string, targets: readonly string[]) =>
    fc
      .array(rule, { minLength: 1, maxLength: 5 })
      .map((rules) =>
        rules
          .filter(([, , to]) => targets.includes(to))
          .map(
            ([one, two, to]) =>
              `-A ${name} ${one} ${two !== null && !one.includes(two.slice(0, 2)) ? two : ''} ${to}`,
          ),
      );
  const plain = ['-j ACCEPT', '-j DROP', '-j REJECT', '-j RETURN', '-j LOG'];
  const ruleset = fc.tuple(
    pick('ACCEPT', 'DROP'),
    chain('INPUT', [...plain, '-j A', '-j B', '-g B']),
    chain('A', [...plain, '-j B']),
    chain('B', plain),
  );

  (isRoot ? test : test.skip)(
    'iptables',
    async () => {
      let unknowns = 0;
      await fc.assert(
        fc.asyncProperty(ruleset, async ([policy, input, a, b]) => {
          const lines = [
            '*filter',
            `:INPUT ${policy} [0:0]`,
            ':A - [0:0]',
            ':B - [0:0]',
            established,
            ...input,
            ...a,
            ...b,
          ];
          inServer(['iptables-restore'], `${lines.join('\n')}\nCOMMIT\n`);
          const { wrong, unknown } = await compare();
          unknowns += unknown;
          expect(wrong).toEqual([]);
        }),
        { numRuns: Number(process.env.AISEC_LAB_RUNS ?? 40), endOnFailure: true },
      );
      inServer(['iptables-restore'], '*filter\nCOMMIT\n');
      expect(unknowns).toBe(0);
    },
    300_000,
  );

  const nftCondition = fc.oneof(
    fc
      .tuple(
        pick('', '!= '),
        pick('10.55.0.5', '10.55.0.0/24', '{ 10.55.0.5, 8.0.0.0/8 }', '10.55.0.5-10.55.0.9', '@some'),
      )
      .map(([op, net]) => `ip saddr ${op}${net}`),
    fc
      .tuple(pick('', '!= '), pick('22', '{ 80, 3000-9000 }', '22-80', '@doors'))
      .map(([op, port]) => `tcp dport ${op}${port}`),
    fc
      .tuple(pick('', '!= '), pick('"eth0"', '"eth*"', '"lo"', '{ "eth0", "eth1" }'))
      .map(([op, name]) => `iifname ${op}${name}`),
    pick(
      'ct state new',
      'ct state { established, new }',
      'ct state != new',
      'ct state invalid',
      'meta l4proto tcp',
      'meta l4proto { udp, icmp }',
    ),
    pick(
      'meta nfproto ipv4',
      'meta nfproto ipv6',
      'fib daddr type local',
      'ip daddr 10.55.0.2',
      'tcp flags syn',
      'tcp dport > 79',
      'ip6 saddr ::/0',
    ),
    pick(
      'tcp flags & (fin|syn|rst|ack) == syn',
      'tcp flags & (fin|syn|rst|ack) != syn',
      'ip saddr . tcp dport { 10.55.0.5 . 22, 8.8.4.4 . 80 }',
      'meta pkttype host',
      'ip protocol tcp',
    ),
  );
  const nftTarget = pick(
    'accept',
    'drop',
    'reject',
    'return',
    'jump a',
    'goto a',
    'counter',
    'log prefix "x" accept',
    'tcp dport vmap { 22 : accept, 80 : drop, 3000-9000 : jump a }',
  );
  const nftChain = (leaf: boolean) =>
    fc
      .array(fc.tuple(nftCondition, fc.option(nftCondition), nftTarget), { minLength: 1, maxLength: 5 })
      .map((rules) =>
        rules
          .filter(([, , to]) => !leaf || !/\ba\b/.test(to))
          .map(([one, two, to]) => `${one} ${two ?? ''} ${to}`),
      );
  const nftRuleset = fc.tuple(
    pick('accept', 'drop'),
    nftChain(false),
    nftChain(true),
    pick('accept', 'drop'),
    nftChain(true),
  );

  (isRoot ? test : test.skip)(
    'nftables',
    async () => {
      let unknowns = 0;
      await fc.assert(
        fc.asyncProperty(nftRuleset, async ([policy, input, a, second, more]) => {
          const open = 'ct state established,related accept';
          const file = `flush ruleset
          table inet t {
            set some { type ipv4_addr; flags interval; elements = { 10.55.1.0/24, 8.8.4.4 } }
            set doors { type inet_service; elements = { 80, 8005 } }
            chain a {\n${a.join('\n')}\n}
            chain input { type filter hook input priority 0; policy ${policy};\n${[open, ...input].join('\n')}\n}
            chain second { type filter hook input priority 10; policy ${second};\n${[open, ...more].join('\n')}\n}
          }\n`;
          try {
            inServer(['nft', '-f', '-'], file);
          } catch {
            // Some conditions exclude each other, and nft says so.
            fc.pre(false);
          }
          const { wrong, unknown } = await compare();
          unknowns += unknown;
          expect(wrong).toEqual([]);
        }),
        { numRuns: Number(process.env.AISEC_LAB_RUNS ?? 40), endOnFailure: true },
      );
      expect(unknowns).toBe(0);
    },
    300_000,
  );
});
