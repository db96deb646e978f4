import type { Process } from '../processes.ts';

/** A socket that waits for connections (tcp) or datagrams (udp) in the host's network namespace. */
export interface Listener {
  readonly proto: 'tcp' | 'udp';
  /** `0.0.0.0`, `::`, `127.0.0.1`, `fe80::1`; never with brackets or a zone. */
  readonly address: string;
  /** The interface it is bound to (SO_BINDTODEVICE, or the zone of a link-local address). */
  readonly interface: string | null;
  readonly port: number;
  /** An IPv6 wildcard that does not take IPv4 too. */
  readonly v6only: boolean;
  /** Who holds it; `null` when that may not be read (not root) or nobody does. */
  readonly process: Process | null;
}

const engineProxies = new Set(['docker-proxy', 'rootlessport']);

/** docker-proxy, or Podman's rootlessport: it takes for a container what NAT did not. */
export function isEngineProxy(process: string | null): boolean {
  return process !== null && engineProxies.has(process);
}

/**
 * Takes published ports beside what is its own. Rootlesskit(1) of rootless Docker, pasta(1) (which starts itself again
 * as pasta.avx2) and slirp4netns(1) of Podman give a whole rootless network its way out.
 */
const takers = new Set(['rootlesskit', 'pasta', 'pasta.avx2', 'slirp4netns']);

/**
 * Whether a socket on a port that an engine publishes is that published port. On a port that nobody publishes, such a
 * socket is somebody's own: a virtual machine's for one.
 */
export function takesPublishedPorts(process: string | null): boolean {
  return isEngineProxy(process) || (process !== null && takers.has(process));
}
