import type { Exposure } from '../../src/engine/report.ts';
import type { Stopgaps } from '../../src/facts/exposure/stopgaps.ts';

/** A socket that anybody reaches, with what a test cares about. */
export function exposure(over: Partial<Exposure> = {}): Exposure {
  return {
    service: null,
    authentication: null,
    process: null,
    workload: null,
    kind: 'socket',
    proto: 'tcp',
    address: '0.0.0.0',
    port: 11434,
    scope: 'any',
    reachableFrom: [
      {
        interface: 'eth0',
        scopes: ['lan', 'any'],
        sources: ['10.0.0.0/24', '0.0.0.0/0'],
        routerNeeded: false,
      },
    ],
    path: ['policy accept (ip filter INPUT)'],
    firewallSays: 'admits',
    ...over,
  };
}

/** A machine on which nothing that is known closes a port. */
export const noStopgaps: Stopgaps = { closing: () => null, closingService: () => [] };
