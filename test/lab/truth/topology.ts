import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Query } from '../../../src/facts/exposure/query.ts';
import { must } from '../command.ts';

/**
 * A small network in namespaces of its own:
 *
 *     outside (10.55.0.5, 8.8.4.4, …) ── eth0 server eth1 ── inside (10.66.0.5)
 *                                              br0 ── container (172.20.0.2)
 */
export interface Topology {
  /** Runs a program in the server's network. */
  readonly server: (argv: readonly string[], input?: string) => Promise<string>;
  /** Which of the questions got through: the truth, from real connects and datagrams. */
  ask(queries: readonly Asked[], milliseconds: number): Promise<readonly boolean[]>;
  close(): Promise<void>;
}

export type Place = 'outside' | 'inside' | 'container';

export interface Asked extends Required<Query> {
  readonly at: Place;
}

/** The server's interface towards each place. */
export const towards: Readonly<Record<Place, string>> = { outside: 'eth0', inside: 'eth1', container: 'br0' };

/** Where questions come from. A datagram may claim a source that no answer finds. */
export const sources: Readonly<Record<Place, readonly string[]>> = {
  outside: ['10.55.0.5', '10.55.0.9', '10.55.1.7', '8.8.4.4', 'fd55::5', 'fd55::9', '2001:db8::7'],
  inside: ['10.66.0.5', 'fd66::5'],
  container: ['172.20.0.2', 'fd20::2'],
};

/** What the server listens on; every other machine listens on all of `ports`. */
export const ports = [22, 80, 3000, 8005] as const;
const serverSockets: readonly (readonly [string, number])[] = [
  ...ports.map((port) => ['::', port] as const),
  ['10.55.0.2', 5000],
  ['127.0.0.1', 6000],
  ['172.20.0.1', 7000],
  ['::1', 9000],
];
/** Every port that is asked for. */
export const asked = [...ports, 5000, 6000, 7000, 8080, 9000, 9999];
const everywhere = asked.map((port) => ['::', port] as const);

/** Listens, and asks what it is told to: one JSON line in, one out. */
const agent = `
  const net = require('node:net'), dgram = require('node:dgram');
  const print = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
  let left = 0;
  const ready = () => { left -= 1; if (left === 0) print({ ready: true }); };
  for (const [host, port] of JSON.parse(process.argv[1])) {
    left += 2;
    net.createServer((socket) => { socket.on('error', () => {}); socket.end(); }).listen({ host, port }, ready);
    const udp = dgram.createSocket({ type: host.includes(':') ? 'udp6' : 'udp4' });
    udp.on('message', (text) => print({ got: Number(String(text)) }));
    udp.bind(port, host, ready);
  }
  const tcp = ({ from, to, port, id }, wait) => new Promise((resolve) => {
    const socket = net.connect({ host: to, port, localAddress: from });
    const end = (open) => () => { clearTimeout(timer); socket.destroy(); resolve(open ? [id] : []); };
    const timer = setTimeout(end(false), wait);
    socket.on('connect', end(true)).on('error', end(false));
  });
  const udp = ({ from, to, port, id }, wait) => new Promise((resolve) => {
    const socket = dgram.createSocket(from.includes(':') ? 'udp6' : 'udp4');
    const end = () => { socket.close(); resolve([]); };
    socket.on('error', () => resolve([]));
    socket.bind(0, from, () => {
      socket.send(String(id), port, to, () => {});
      setTimeout(end, wait);
    });
  });
  require('node:readline').createInterface({ input: process.stdin }).on('line', async (line) => {
    const { questions, wait } = JSON.parse(line);
    const open = await Promise.all(questions.map((one) => (one.proto === 'tcp' ? tcp : udp)(one, wait)));
    print({ open: open.flat() });
  });
`;

interface Agent {
  readonly child: ChildProcessWithoutNullStreams;
  readonly lines: NodeJS.EventEmitter;
}

export async function buildTopology(prefix: string): Promise<Topology> {
  const name = (place: string) => `${prefix}${place}`;
  const server = name('server');
  const places = ['outside', 'inside', 'container'] as const;
  for (const one of ['server', ...places].map(name)) {
    await must(['ip', 'netns', 'add', one]);
    await must(['ip', '-n', one, 'link', 'set', 'lo', 'up']);
  }
  const inServer = (argv: readonly string[], input = '') =>
    must(['ip', 'netns', 'exec', server, ...argv], { input });
  const ip = (at: string, ...argv: readonly string[]) => must(['ip', '-n', name(at), ...argv]);
  for (const place of places) {
    const end = place === 'container' ? 'veth0' : towards[place];
    await must([
      'ip',
      'link',
      'add',
      end,
      'netns',
      server,
      'type',
      'veth',
      'peer',
      'eth0',
      'netns',
      name(place),
    ]);
    await ip('server', 'link', 'set', end, 'up');
    await ip(place, 'link', 'set', 'eth0', 'up');
    // An own address that no link has is answered for by the link: so the server finds everybody.
    for (const source of sources[place]) {
      await ip(
        place,
        'addr',
        'add',
        `${source}${source.includes(':') ? '/128' : '/32'}`,
        'dev',
        'eth0',
        ...nodad(source),
      );
    }
  }
  await ip('server', 'link', 'add', 'br0', 'type', 'bridge');
  await ip('server', 'link', 'set', 'veth0', 'master', 'br0');
  await ip('server', 'link', 'set', 'br0', 'up');
  const own = [
    ['10.55.0.2/24', 'eth0'],
    ['fd55::2/64', 'eth0'],
    ['10.66.0.2/24', 'eth1'],
    ['fd66::2/64', 'eth1'],
    ['172.20.0.1/24', 'br0'],
    ['fd20::1/64', 'br0'],
  ] as const;
  for (const [address, device] of own)
    await ip('server', 'addr', 'add', address, 'dev', device, ...nodad(address));
  await ip('server', 'route', 'add', 'default', 'dev', 'eth0');
  await ip('server', '-6', 'route', 'add', 'default', 'dev', 'eth0');
  for (const place of places) {
    const [gateway, gateway6] = own
      .filter(([, device]) => device === towards[place])
      .map(([one]) => one.split('/')[0] ?? '');
    await ip(place, 'route', 'add', gateway ?? '', 'dev', 'eth0');
    await ip(place, 'route', 'add', 'default', 'via', gateway ?? '', 'dev', 'eth0');
    await ip(place, '-6', 'route', 'add', gateway6 ?? '', 'dev', 'eth0');
    await ip(place, '-6', 'route', 'add', 'default', 'via', gateway6 ?? '', 'dev', 'eth0');
  }
  // To send packets for 127.0.0.1 to somebody else, its own must be given up.
  await ip('outside', 'addr', 'del', '127.0.0.1/8', 'dev', 'lo');
  await must([
    'ip',
    'netns',
    'exec',
    name('outside'),
    'sysctl',
    '-qw',
    'net.ipv4.conf.eth0.route_localnet=1',
  ]);
  await ip('outside', 'route', 'add', '127.0.0.1', 'via', '10.55.0.2', 'dev', 'eth0', 'src', '10.55.0.5');

  const agents = new Map<string, Agent>();
  for (const place of ['server', ...places]) {
    const sockets = place === 'server' ? serverSockets : everywhere;
    const argv = ['netns', 'exec', name(place), process.execPath, '-e', agent, JSON.stringify(sockets)];
    const child = spawn('ip', argv, { stdio: ['pipe', 'pipe', 'pipe'] });
    child.stderr.on('data', (chunk: Buffer) => process.stderr.write(`${place}: ${chunk.toString()}`));
    const lines = createInterface({ input: child.stdout });
    agents.set(place, { child, lines });
    await new Promise((resolve) => lines.once('line', resolve));
  }
  let next = 0;
  return {
    server: inServer,
    ask: async (queries, milliseconds) => {
      const from = next;
      next += queries.length;
      const open = new Set<number>();
      const questions = queries.map((query, index) => ({ ...query, id: from + index }));
      const arrivals = [...agents.values()].map(({ lines }) => {
        const note = (line: string) => {
          const { got } = JSON.parse(line) as { got?: number };
          if (got !== undefined) open.add(got);
        };
        lines.on('line', note);
        return () => lines.off('line', note);
      });
      await Promise.all(
        places.map((place) => {
          const { child, lines } = agents.get(place) ?? never(place);
          const here = questions.filter(({ at }) => at === place);
          return new Promise<void>((resolve) => {
            const answered = (line: string) => {
              const { open: found } = JSON.parse(line) as { open?: readonly number[] };
              if (found === undefined) return;
              for (const id of found) open.add(id);
              lines.off('line', answered);
              resolve();
            };
            lines.on('line', answered);
            child.stdin.write(`${JSON.stringify({ questions: here, wait: milliseconds })}\n`);
          });
        }),
      );
      for (const stop of arrivals) stop();
      return questions.map(({ id }) => open.has(id));
    },
    close: async () => {
      for (const { child } of agents.values()) child.kill('SIGKILL');
      for (const one of ['server', ...places]) await must(['ip', 'netns', 'delete', name(one)]);
    },
  };
}

function never(place: string): never {
  throw new Error(`nobody is ${place}`);
}

/** IPv6 tries an address out for a second before it uses it, unless told otherwise. */
function nodad(address: string): readonly string[] {
  return address.includes(':') ? ['nodad'] : [];
}
