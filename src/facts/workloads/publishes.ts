import { canonicalAddress } from '../listeners/socket-address.ts';
import type { Inspect } from './inspect-format.ts';
import type { Publish, Workload } from './workload.ts';

const wildcards = ['0.0.0.0', '::'];
const anywhere = { HostIp: '', HostPort: '' };

/** What an address that something is published on means, as {@link Publish} has it; none means every address. */
export function hostAddresses(written: string): readonly string[] {
  return written === '' ? wildcards : [canonicalAddress(written) ?? written];
}

/**
 * What the engine publishes now (NetworkSettings.Ports), and what the configuration asks for beyond
 * that: a stopped container's ports, or those that an internal network never gets.
 */
export function publishesOf(inspect: Inspect): Publish[] {
  const { HostConfig, NetworkSettings, Config } = inspect;
  // The engine keeps what was asked for there, and discards it.
  if (['host', 'none'].includes(HostConfig.NetworkMode)) return [];
  const active = bindingsOf(NetworkSettings.Ports, true);
  const asked = bindingsOf(HostConfig.PortBindings, false);
  const dynamic = HostConfig.PublishAllPorts
    ? Object.fromEntries(Object.keys(Config.ExposedPorts ?? {}).map((port) => [port, [anywhere]]))
    : {};
  const waiting = [...asked, ...bindingsOf(dynamic, false)].filter(
    (publish) => !active.some((held) => fulfils(held, publish)),
  );
  return [...active, ...waiting];
}

/** Ports of the image that nobody publishes: who can route to the container may reach them. */
export function unpublishedOf({ Config, NetworkSettings }: Inspect): Workload['unpublished'] {
  const declared = new Set([
    ...Object.keys(Config.ExposedPorts ?? {}),
    ...Object.keys(NetworkSettings.Ports),
  ]);
  return [...declared].flatMap((key) => {
    const [, port, proto] = /^(\d+)(?:\/(tcp|udp))?$/.exec(key) ?? [];
    if (port === undefined || (NetworkSettings.Ports[key] ?? []).length > 0) return [];
    return [{ proto: proto === 'udp' ? 'udp' : 'tcp', port: Number(port) }];
  });
}

function fulfils(held: Publish, asked: Publish): boolean {
  return (
    held.proto === asked.proto &&
    held.containerPort === asked.containerPort &&
    (asked.hostPort === 0 || held.hostPort === asked.hostPort) &&
    (held.hostAddress === asked.hostAddress || wildcards.includes(asked.hostAddress))
  );
}

function bindingsOf(ports: Inspect['NetworkSettings']['Ports'], active: boolean): Publish[] {
  return Object.entries(ports).flatMap(([key, bindings]) => {
    const [, port, protocol = 'tcp'] = /^(\d+)(?:\/(tcp|udp|sctp))?$/.exec(key) ?? [];
    if (port === undefined) return [];
    return (bindings ?? []).flatMap(({ HostIp, HostPort }) =>
      hostAddresses(HostIp).map((hostAddress) => ({
        proto: protocol as Publish['proto'],
        hostAddress,
        // A range or nothing: the engine chooses.
        hostPort: /^\d+$/.test(HostPort) ? Number(HostPort) : 0,
        containerPort: Number(port),
        active,
      })),
    );
  });
}
