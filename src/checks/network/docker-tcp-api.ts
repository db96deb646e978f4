/** The Docker API listens on TCP and asks no client for a certificate. */
import ipaddr from 'ipaddr.js';
import * as z from 'zod';
import type { Citation, Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import type { Listener } from '../../facts/listeners/listener.ts';
import { listenersFact } from '../../facts/listeners/listeners.ts';
import { isBeyondLoopback } from '../../facts/listeners/reach.ts';
import type { EngineOptions } from '../../facts/workloads/engine-options.ts';
import { engineFact } from '../../facts/workloads/engine.ts';

const messages = {
  open: 'The Docker API answers on {socket} without asking for a client certificate: whoever connects is root on this machine.',
};

export const dockerTcpApi = defineCheck({
  id: 'docker-tcp-api',
  needs: { engine: engineFact },
  optional: { listeners: listenersFact },
  params: z.strictObject({
    /** Which sockets the rule is about: those that others can reach, or those of this machine alone. */
    reach: z.enum(['network', 'loopback']),
  }),
  messages,
  evaluate: ({ engine, listeners }, { reach }) => {
    if (engine === null) return [notApplicable('there is no Docker engine')];
    const open = listeners.state === 'known' ? listeners.value : [];
    const doors = doorsOf(engine.options, open).filter(({ loopback }) => loopback === (reach === 'loopback'));
    if (doors.length === 0) {
      if (listeners.state === 'unknown' && engine.running !== false) {
        return [undetermined(`whether dockerd listens on TCP is not known: ${listeners.detail}`, 'docker')];
      }
      return [pass('docker')];
    }
    const verifies = engine.options.tlsverify?.value === true;
    return doors.map(({ address, port, citation }): Verdict<typeof messages> => {
      const subject = `${address.includes(':') ? `[${address}]` : address}:${String(port)}`;
      if (verifies) return pass(subject, citation);
      return {
        outcome: 'fail',
        message: 'open',
        subject,
        data: { socket: subject, address, port },
        evidence: [citation],
      };
    });
  },
});

interface Door {
  readonly address: string;
  readonly port: number;
  readonly loopback: boolean;
  readonly citation: Citation;
}

/** What dockerd was told to listen on, and what it (or systemd for it) listens on at the API's ports. */
function doorsOf(options: EngineOptions, listeners: readonly Listener[]): readonly Door[] {
  const configured = configuredDoors(options);
  const held = listeners.filter(
    ({ proto, port, process }) =>
      proto === 'tcp' &&
      (isDocker(process) ? configured.some((door) => door.port === port) || apiPorts.includes(port) : false),
  );
  const running = held.map((listener): Door => {
    const { address, port } = listener;
    const excerpt = `${address}:${String(port)} ${listener.process?.name ?? ''}`;
    return {
      address,
      port,
      loopback: !isBeyondLoopback(listener),
      citation: { source: 'ss', line: null, excerpt },
    };
  });
  return [...running, ...configured.filter((door) => !running.some(({ port }) => port === door.port))];
}

const apiPorts = [2375, 2376];

function isDocker(process: Listener['process']): boolean {
  return process?.name === 'dockerd' || (process?.pid === 1 && process.containerId === null);
}

function configuredDoors(options: EngineOptions): readonly Door[] {
  const hosts = options.hosts;
  const tls = options.tlsverify?.value === true || options.tls?.value === true;
  return (Array.isArray(hosts?.value) ? hosts.value : []).flatMap((host: unknown) => {
    const match = /^tcp:\/\/(?:\[([^\]]*)\]|([^:/[\]]*))(?::(\d+))?/.exec(String(host));
    if (match === null || hosts === undefined) return [];
    // No address is localhost: docker/cli opts/hosts.go, ParseTCPAddr.
    const written = match[1] ?? match[2] ?? '';
    const address = written === '' || written === 'localhost' ? '127.0.0.1' : written;
    const loopback = ipaddr.isValid(address) && ipaddr.parse(address).range() === 'loopback';
    const port = match[3] === undefined ? (tls ? 2376 : 2375) : Number(match[3]);
    return [
      {
        address,
        port,
        loopback,
        citation: { source: hosts.source, line: hosts.line, excerpt: String(host) },
      },
    ];
  });
}
