/** The Docker API listens on TCP and asks no client for a certificate. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import type { DockerDoor } from '../../facts/listeners/docker-doors.ts';
import { configuredDoors, heldDoors, unseenDoors } from '../../facts/listeners/docker-doors.ts';
import { dockerUnitsFact } from '../../facts/listeners/docker-units.ts';
import { listenersFact } from '../../facts/listeners/listeners.ts';
import { engineFact } from '../../facts/workloads/engine.ts';
import { gapsOf } from '../../host/evidence.ts';

const messages = {
  open: 'The Docker API answers on {socket} without asking for a client certificate: whoever connects is root on this machine.',
  configured:
    '{source} opens the Docker API on {socket} whenever it is started, without asking for a client certificate: whoever connects is root on this machine.',
};
type Judged = Verdict<typeof messages>;

export const dockerTcpApi = defineCheck({
  id: 'docker-tcp-api',
  needs: { engine: engineFact },
  optional: { listeners: listenersFact, units: dockerUnitsFact },
  params: z.strictObject({
    /** Which sockets the rule is about: those that others can reach, or those of this machine alone. */
    reach: z.enum(['network', 'loopback']),
  }),
  messages,
  evaluate: ({ engine, listeners, units }, { reach }) => {
    if (engine === null) return [notApplicable('there is no Docker engine')];
    const isMeant = ({ loopback }: DockerDoor) => loopback === (reach === 'loopback');
    const open = listeners.state === 'known' ? listeners.value : [];
    const told = configuredDoors(engine.options, []);
    const planned = units.state === 'known' ? configuredDoors(units.value.options, units.value.streams) : [];
    const held = heldDoors(open, [...told, ...planned]);
    const now = [...held, ...told.filter(({ port }) => !held.some((door) => door.port === port))];
    const later = planned.filter(
      ({ port, loopback }) => !now.some((door) => door.port === port && door.loopback === loopback),
    );
    const verifies = engine.options.tlsverify?.value === true;
    const verifiesLater = units.state === 'known' && units.value.options.tlsverify?.value === true;
    const verdicts = [
      ...now.filter(isMeant).map((door) => judge(door, verifies, door.activated ? 'configured' : 'open')),
      ...later.filter(isMeant).map((door) => judge(door, verifies || verifiesLater, 'configured')),
      ...unseenDoors(open, now).filter(isMeant).map(unseen),
    ];
    if (verdicts.length > 0) return verdicts;
    if (listeners.state === 'unknown' && engine.running !== false) {
      return [undetermined(`whether dockerd listens on TCP is not known: ${listeners.detail}`, 'docker')];
    }
    const [gap] = engine.running === true ? [] : gapsOf(units);
    if (gap === undefined) return [pass('docker')];
    return [undetermined(`what dockerd is set up to listen on is not known: ${gap}`, 'docker')];
  },
});

function judge(
  { address, port, citation }: DockerDoor,
  verifies: boolean,
  message: keyof typeof messages,
): Judged {
  const subject = socketOf(address, port);
  if (verifies) return pass(subject, citation);
  const data = { socket: subject, address, port, source: citation.source };
  return { outcome: 'fail', message, subject, data, evidence: [citation] };
}

function unseen({ address, port, citation }: DockerDoor): Judged {
  const subject = socketOf(address, port);
  const because = `something listens on ${subject}, a port of the Docker API, and whose it is was not seen; run as root with ss installed`;
  return { ...undetermined(because, subject), evidence: [citation] };
}

function socketOf(address: string, port: number): string {
  return `${address.includes(':') ? `[${address}]` : address}:${String(port)}`;
}
