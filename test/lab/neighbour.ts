import { must } from './command.ts';

/** Another machine on the box's link, and, behind it, one on the internet. */
export interface Neighbour {
  /** Which of these TCP ports of the box answer a connection; the truth about reachability. */
  openPorts(ports: readonly number[], from?: Source, to?: string): Promise<number[]>;
}

export type Source = 'lan' | 'internet' | 'lan6';

/** Where the box is reached. */
export const boxAddress = '10.77.0.2';
export const sourceAddresses: Readonly<Record<Source, string>> = {
  lan: '10.77.0.1',
  internet: '203.0.113.9',
  lan6: 'fd77::1',
};

/** Runs in the neighbour's network: asks each port, and prints those that answered. */
const knock = `
  const { connect } = require('node:net');
  const [from, to, ...ports] = process.argv.slice(1);
  const ask = (port) => new Promise((resolve) => {
    const socket = connect({ host: to, port, localAddress: from, timeout: 1500 });
    const end = (open) => () => { socket.destroy(); resolve(open ? [port] : []); };
    socket.on('connect', end(true)).on('timeout', end(false)).on('error', end(false));
  });
  Promise.all(ports.map(Number).map(ask)).then((open) => console.log(JSON.stringify(open.flat())));
`;

/**
 * Moves this machine's end of the link into a network namespace of its own, so that the traffic meets
 * none of this machine's rules and every box can have the same addresses.
 */
export async function attachNeighbour(machine: string, leader: number): Promise<Neighbour> {
  const link = `ve-${machine}`;
  const inside = ['nsenter', '-t', String(leader), '-n', 'ip'];
  await must(['ip', 'netns', 'add', machine]);
  await must(['ip', 'link', 'set', link, 'netns', machine]);
  await must(['ip', '-n', machine, 'link', 'set', 'lo', 'up']);
  await must(['ip', '-n', machine, 'addr', 'add', `${sourceAddresses.lan}/24`, 'dev', link]);
  await must(['ip', '-n', machine, 'addr', 'add', `${sourceAddresses.internet}/32`, 'dev', link]);
  await must(['ip', '-n', machine, 'addr', 'add', 'fd77::1/64', 'dev', link, 'nodad']);
  await must(['ip', '-n', machine, 'link', 'set', link, 'up']);
  await must([...inside, 'addr', 'add', `${boxAddress}/24`, 'dev', 'host0']);
  await must([...inside, 'addr', 'add', 'fd77::2/64', 'dev', 'host0', 'nodad']);
  await must([...inside, 'link', 'set', 'host0', 'up']);
  await must([...inside, 'route', 'add', 'default', 'via', sourceAddresses.lan]);
  // A neighbour who wants to reaches containers by their own addresses.
  await must(['ip', '-n', machine, 'route', 'add', '172.16.0.0/12', 'via', boxAddress]);
  // One who wants to sends packets for 127.0.0.1 to the box: he must give up his own.
  await must(['ip', '-n', machine, 'addr', 'del', '127.0.0.1/8', 'dev', 'lo']);
  await must(['ip', 'netns', 'exec', machine, 'sysctl', '-qw', `net.ipv4.conf.${link}.route_localnet=1`]);
  await must(['ip', '-n', machine, 'route', 'add', '127.0.0.1', 'via', boxAddress, 'dev', link]);
  // Who asks for anything further gets an answer at once: there is nothing there.
  await must(['ip', 'netns', 'exec', machine, 'sysctl', '-q', '-w', 'net.ipv4.ip_forward=1']);
  await must(['ip', '-n', machine, 'route', 'add', 'unreachable', 'default']);
  return {
    openPorts: async (ports, from = 'lan', to = boxAddress) => {
      const argv = [process.execPath, '-e', knock, sourceAddresses[from], to, ...ports.map(String)];
      return JSON.parse(await must(['ip', 'netns', 'exec', machine, ...argv], { seconds: 30 })) as number[];
    },
  };
}
