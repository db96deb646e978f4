import ipaddr from 'ipaddr.js';
import type { Citation } from '../../engine/check.ts';
import type { EngineOptions } from '../workloads/engine-options.ts';
import { citeOption } from '../workloads/engine-options.ts';
import type { DockerUnits } from './docker-units.ts';
import type { Listener } from './listener.ts';
import { isBeyondLoopback } from './reach.ts';

/** A TCP socket of the Docker API, open now or set up. */
export interface DockerDoor {
  readonly address: string;
  readonly port: number;
  readonly loopback: boolean;
  readonly citation: Citation;
  /** systemd holds it, because docker.socket says so: the citation. */
  readonly activated: boolean;
}

const apiPorts = [2375, 2376];

/** What dockerd (`hosts`) and systemd for it (`ListenStream=`) were told to listen on. */
export function configuredDoors(
  options: EngineOptions,
  streams: DockerUnits['streams'],
): readonly DockerDoor[] {
  const { hosts } = options;
  const tls = options.tlsverify?.value === true || options.tls?.value === true;
  const usual = tls ? 2376 : 2375;
  const ofHosts = (Array.isArray(hosts?.value) ? hosts.value : []).flatMap((host: unknown) => {
    const match = /^tcp:\/\/(?:\[([^\]]*)\]|([^:/[\]]*))(?::(\d+))?/.exec(String(host));
    if (match === null || hosts === undefined) return [];
    // No address is localhost: docker/cli opts/hosts.go, ParseTCPAddr.
    const written = match[1] ?? match[2] ?? '';
    const address = written === '' || written === 'localhost' ? '127.0.0.1' : written;
    const port = match[3] === undefined ? usual : Number(match[3]);
    return [doorOf(address, port, citeOption(hosts, String(host)))];
  });
  const ofStreams = streams.flatMap(({ value, citation }) => {
    // A port alone is every address, IPv4 included: systemd.socket(5).
    const match = /^(?:(?:\[([^\]]*)\]|(\d+\.\d+\.\d+\.\d+)):)?(\d{1,5})$/.exec(value);
    return match === null ? [] : [doorOf(match[1] ?? match[2] ?? '::', Number(match[3]), citation)];
  });
  return [...ofHosts, ...ofStreams];
}

function doorOf(address: string, port: number, citation: Citation): DockerDoor {
  const loopback = ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
  return { address, port, loopback, citation, activated: false };
}

/** What dockerd, or systemd for it, listens on at the API's own ports and at those it was told. */
export function heldDoors(
  listeners: readonly Listener[],
  configured: readonly DockerDoor[],
): readonly DockerDoor[] {
  return listeners
    .filter(
      ({ proto, port, process }) =>
        proto === 'tcp' &&
        isDocker(process) &&
        (configured.some((door) => door.port === port) || apiPorts.includes(port)),
    )
    .map((listener) => {
      const door = doorOfListener(listener);
      const unit = configured.find(
        ({ port, citation }) => port === door.port && citation.source.includes('/docker.socket'),
      );
      return listener.process?.pid === 1 && unit !== undefined
        ? { ...door, citation: unit.citation, activated: true }
        : door;
    });
}

/** Sockets at the API's own ports whose owner was not seen. */
export function unseenDoors(
  listeners: readonly Listener[],
  known: readonly DockerDoor[],
): readonly DockerDoor[] {
  return listeners
    .filter(
      ({ proto, port, process }) =>
        proto === 'tcp' &&
        process === null &&
        apiPorts.includes(port) &&
        !known.some((door) => door.port === port),
    )
    .map(doorOfListener);
}

function doorOfListener(listener: Listener): DockerDoor {
  const { address, port, process } = listener;
  const excerpt = `${address}:${String(port)} ${process?.name ?? ''}`.trim();
  const citation = { source: 'listening sockets', line: null, excerpt };
  return { address, port, loopback: !isBeyondLoopback(listener), citation, activated: false };
}

function isDocker(process: Listener['process']): boolean {
  return process?.name === 'dockerd' || (process?.pid === 1 && process.containerId === null);
}
