/** SSH answers every address of the internet rather than a LAN, a VPN or an allow-list. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { citationsOf, doubtOf, socketOf, sourcesOf } from '../../facts/exposure/cite.ts';
import type { Exposure } from '../../facts/exposure/exposure.ts';
import { exposureFact } from '../../facts/exposure/exposure.ts';
import { privateNetworks } from '../../facts/netfilter/address-classes.ts';
import { parseAddresses, sizeOf, subtract } from '../../facts/netfilter/addresses.ts';
import { isSshDoor, sshDoorsFact } from '../../facts/ssh-doors.ts';

const messages = {
  everyone: 'SSH answers {from} on {port}/tcp.',
  everyoneAway: 'SSH answers {from} on {port}/tcp, and the machine is in no private network of yours.',
};

export const sshExposed = defineCheck({
  id: 'ssh-exposed',
  needs: { exposures: exposureFact, doors: sshDoorsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ exposures, doors }) => {
    const ssh = exposures.filter((exposure) => exposure.workload === null && isSshDoor(exposure, doors));
    if (ssh.length === 0) return [notApplicable('no SSH daemon listens')];
    return ssh.map((exposure): Verdict<typeof messages> => {
      const subject = `${daemonOf(exposure)} on ${socketOf(exposure)}`;
      const evidence = citationsOf(exposure);
      if (exposure.scope === 'unknown') return { ...undetermined(doubtOf(exposure), subject), evidence };
      const open = exposure.reachableFrom.filter(({ sources }) => sources.some(isEveryone));
      if (open.length === 0) return pass(subject, ...evidence);
      const lan = open.flatMap(({ sources }) => sources).find(isOwnNetwork);
      const data = { from: sourcesOf(exposure), port: exposure.port };
      return lan === undefined
        ? { outcome: 'fail', message: 'everyoneAway', subject, data, evidence }
        : { outcome: 'fail', message: 'everyone', subject, data: { ...data, lan }, evidence };
    });
  },
});

/** The port alone has told; or systemd holds the socket for sshd. */
function daemonOf({ process }: Exposure): string {
  return process === null || process === 'systemd' ? 'sshd' : process;
}

/** With exceptions it is still everybody else; an allow-list names prefixes instead. */
function isEveryone(source: string): boolean {
  return source.startsWith('0.0.0.0/0') || source.startsWith('::/0');
}

/** A private network of several machines: the operator may be in it, unlike in a provider's network. */
function isOwnNetwork(source: string): boolean {
  const network = parseAddresses(source);
  if (network === null || sizeOf(network.addresses) <= 1n) return false;
  return subtract(network.addresses, privateNetworks(network.family)).length === 0;
}
