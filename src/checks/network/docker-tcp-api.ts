/** The Docker API listens on TCP and asks no client for a certificate. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import type { DockerDoor } from '../../facts/listeners/docker-doors.ts';
import { configuredDoors, heldDoors, unseenDoors } from '../../facts/listeners/docker-doors.ts';
import { dockerUnitsFact } from '../../facts/listeners/docker-units.ts';
import { listenersFact } from '../../facts/listeners/listeners.ts';
import { engineConfigurationsFact } from '../../facts/workloads/engine-configurations.ts';
import type { EngineConfiguration } from '../../facts/workloads/engine-configurations.ts';
import { engineSetting } from '../../facts/workloads/engine-setting.ts';
import { gapsOf } from '../../host/evidence.ts';

const messages = {
  open: 'The Docker API answers on {socket} without asking for a client certificate: whoever connects is root on this machine.',
  configured:
    '{source} opens the Docker API on {socket} whenever it is started, without asking for a client certificate: whoever connects is root on this machine.',
  file: '{source} opens the Docker API on {socket} of the machine that it is for, without asking for a client certificate: whoever connects is root there.',
};
type Judged = Verdict<typeof messages>;

export const dockerTcpApi = defineCheck({
  id: 'docker-tcp-api',
  needs: { engines: engineConfigurationsFact },
  optional: { listeners: listenersFact, units: dockerUnitsFact },
  params: z.strictObject({
    /** Which sockets the rule is about: those that others can reach, or those of this machine alone. */
    reach: z.enum(['network', 'loopback']),
  }),
  messages,
  evaluate: ({ engines, listeners, units }, { reach }) => {
    if (engines.length === 0) return [notApplicable('there is no Docker engine')];
    const isMeant = ({ loopback }: DockerDoor) => loopback === (reach === 'loopback');
    if (engines.every(({ engine }) => engine === null))
      return engines.flatMap((each) => inFile(each, isMeant));
    const open = listeners.state === 'known' ? listeners.value : [];
    const told = engines.flatMap(({ options }) => configuredDoors(options, []));
    const planned = units.state === 'known' ? configuredDoors(units.value.options, units.value.streams) : [];
    const held = heldDoors(open, [...told, ...planned]);
    const now = [...held, ...told.filter(({ port }) => !held.some((door) => door.port === port))];
    const later = planned.filter(
      ({ port, loopback }) => !now.some((door) => door.port === port && door.loopback === loopback),
    );
    const verifies = (door: DockerDoor) => whetherVerified(door, engines);
    const verifiesLater = units.state === 'known' && units.value.options.tlsverify?.value === true;
    const verdicts = [
      ...now
        .filter(isMeant)
        .map((door) => judge(door, verifies(door), door.activated ? 'configured' : 'open')),
      ...later
        .filter(isMeant)
        .map((door) => judge(door, verifiesLater ? true : verifies(door), 'configured')),
      ...unseenDoors(open, now).filter(isMeant).map(unseen),
    ];
    if (verdicts.length > 0) return verdicts;
    if (listeners.state === 'unknown' && engines.some(({ engine }) => engine?.running !== false)) {
      return [undetermined(`whether dockerd listens on TCP is not known: ${listeners.detail}`, 'docker')];
    }
    const [gap] = engines.every(({ engine }) => engine?.running === true) ? [] : gapsOf(units);
    if (gap === undefined) return [pass('docker')];
    return [undetermined(`what dockerd is set up to listen on is not known: ${gap}`, 'docker')];
  },
});

/** What a project's daemon.json will open. */
function inFile(configuration: EngineConfiguration, isMeant: (door: DockerDoor) => boolean): Judged[] {
  const { file, options } = configuration;
  const doors = configuredDoors(options, []).filter(isMeant);
  if (doors.length === 0) return [pass(file, { source: file, line: null, excerpt: null })];
  return doors.map((door): Judged => {
    const { address, port, citation } = door;
    const socket = socketOf(address, port);
    const subject = `${file}: ${socket}`;
    if (whetherVerified(door, [configuration]) === true) return pass(subject, citation);
    // A project's paths begin at its root, where its commands are run.
    const data = { socket, source: file.replace(/^\//, ''), host: citation.excerpt ?? socket };
    return { outcome: 'fail', message: 'file', subject, data, evidence: [citation] };
  });
}

/** Whether the engine that opens a door asks for a certificate; a sentence where that is not known. */
function whetherVerified({ port }: DockerDoor, engines: readonly EngineConfiguration[]): boolean | string {
  const own = engines.filter(({ options }) =>
    configuredDoors(options, []).some((door) => door.port === port),
  );
  const settings = (own.length === 0 ? engines : own).map((each) => engineSetting(each, 'tlsverify'));
  if (settings.some(({ state }) => state === 'default')) return false;
  const unclear = settings.find((setting) => setting.state === 'unknown');
  if (unclear !== undefined) return unclear.because;
  return settings.every((setting) => setting.state === 'set' && setting.value === true);
}

function judge(
  { address, port, citation }: DockerDoor,
  verifies: boolean | string,
  message: keyof typeof messages,
): Judged {
  const subject = socketOf(address, port);
  if (verifies === true) return pass(subject, citation);
  if (verifies !== false) return { ...undetermined(verifies, subject), evidence: [citation] };
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
