/** A jail's bans land where packets for a published container port never pass. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { fail2banFact, standstill } from '../../facts/fail2ban/fail2ban.ts';
import type { Jail } from '../../facts/fail2ban/jail.ts';
import { inForce } from '../../facts/fail2ban/jail.ts';
import { coversPort } from '../../facts/fail2ban/ports.ts';
import type { Publish, Workload } from '../../facts/workloads/workload.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';

const messages = {
  bypassed:
    'Jail `{jail}` bans with {action} in the host’s INPUT path, but port {port} belongs to container `{workload}`: Docker redirects it before INPUT, and who is banned still gets in.',
};

interface Published {
  readonly workload: string;
  readonly publish: Publish;
}

export const jailBanReach = defineCheck({
  id: 'jail-ban-reach',
  needs: { fail2ban: fail2banFact, workloads: workloadsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ fail2ban, workloads }) => {
    const still = standstill(fail2ban);
    if (fail2ban === null || still !== null) return [notApplicable(still ?? 'fail2ban is not installed')];
    const published = workloads.flatMap(publishedOf);
    const verdicts = fail2ban.jails.filter(inForce).flatMap((jail) => {
      if (jail.ports === null && published.length > 0) {
        return [undetermined(`which ports jail ${jail.name} protects is not known`, `jail ${jail.name}`)];
      }
      const ours = published.filter(({ publish }) => protects(jail, publish.hostPort));
      const missed = ours.find(({ publish }) => !reaches(jail, publish)) ?? ours[0];
      return missed === undefined ? [] : [judge(jail, missed)];
    });
    return verdicts.length > 0 ? verdicts : [notApplicable('no jail protects a published container port')];
  },
});

function publishedOf({ name, publishes }: Workload): readonly Published[] {
  return publishes
    .filter(({ hostAddress, active }) => active && !hostAddress.startsWith('127.') && hostAddress !== '::1')
    .map((publish) => ({ workload: name, publish }));
}

/** A jail for every port (`0:65535`, fail2ban's default) is for no container in particular. */
function protects({ ports }: Jail, port: number): boolean {
  if (ports === null || ports.some(({ from, to }) => to - from >= 65_000)) return false;
  return coversPort(ports, port);
}

function reaches({ bans }: Jail, { containerPort }: Publish): boolean {
  return bans.some(
    ({ where, ports }) =>
      where === 'everywhere' ||
      // Past the redirection a packet carries the container's port.
      (where === 'forward' && ports !== null && coversPort(ports, containerPort)),
  );
}

function judge(jail: Jail, { workload, publish }: Published): Verdict<typeof messages> {
  const subject = `jail ${jail.name}`;
  if (reaches(jail, publish)) return pass(subject, jail.enabledBy);
  const strange = jail.bans.find(({ where }) => where === 'unknown');
  if (strange !== undefined) {
    return undetermined(`where action ${strange.action} of jail ${jail.name} bans is not known`, subject);
  }
  const action = jail.bans.find(({ where }) => where !== 'report')?.action ?? 'no action';
  const data = { jail: jail.name, action, port: publish.hostPort, workload };
  return { outcome: 'fail', message: 'bypassed', subject, data, evidence: [jail.enabledBy] };
}
