import type { Exposure } from '../engine/report.ts';
import { scopes } from '../engine/report.ts';

/** Widest first; what could not be told comes before all, for it may be anything. */
export function widestFirst(exposures: readonly Exposure[]): Exposure[] {
  return exposures.toSorted(
    (a, b) =>
      scopes.indexOf(b.scope) - scopes.indexOf(a.scope) ||
      a.port - b.port ||
      a.address.localeCompare(b.address, 'en'),
  );
}

/** `[::]:11434/tcp`. */
export function socketOf({ address, port, proto }: Exposure): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return `${host}:${String(port)}/${proto}`;
}

/** The best name there is for what answers. */
export function serviceOf({ service, workload, process }: Exposure): string {
  return service ?? workload ?? process ?? 'unknown';
}

/** `container ollama, docker-proxy`: who runs it, where the catalogue's name does not say so. */
export function ownerOf({ workload, process }: Exposure): string {
  return [workload, process].filter((name) => name !== null).join(', ') || 'unknown process';
}

/** `10.0.0.0/24 (eth0); 172.17.0.0/16 (docker0)`. */
export function sourcesOf({ reachableFrom, scope }: Exposure): string {
  if (reachableFrom.length > 0) {
    return reachableFrom
      .map(({ sources, interface: name, routerNeeded }) => {
        const place = routerNeeded ? `${name}, from the internet if your router forwards it` : name;
        return `${sources.join(', ')} (${place})`;
      })
      .join('; ');
  }
  return scope === 'unknown' ? 'not known' : 'this machine only';
}

/** What the host firewall alone would answer the farthest source: Docker and others go past it. */
export const firewallWords: Readonly<Record<Exposure['firewallSays'], string>> = {
  admits: 'would admit it',
  refuses: 'would refuse it',
  unknown: 'not known',
  'not-asked': 'not asked',
};

export function becauseOf({ path }: Exposure): string {
  return path.join(' → ');
}
