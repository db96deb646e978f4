/** fail2ban runs, and no jail of it closes the port that SSH really answers on. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { fail2banFact, standstill } from '../../facts/fail2ban/fail2ban.ts';
import type { Ban, Jail } from '../../facts/fail2ban/jail.ts';
import { inForce } from '../../facts/fail2ban/jail.ts';
import { coversPort } from '../../facts/fail2ban/ports.ts';
import { sshDoorsFact } from '../../facts/ssh-doors.ts';

const messages = {
  uncovered:
    'fail2ban runs, but no jail of it closes SSH port {port}: {reason}. Who guesses passwords there is never banned.',
};

export const jailCoversSsh = defineCheck({
  id: 'jail-covers-ssh',
  needs: { fail2ban: fail2banFact, doors: sshDoorsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ fail2ban, doors }) => {
    const still = standstill(fail2ban);
    if (fail2ban === null || still !== null) return [notApplicable(still ?? 'fail2ban is not installed')];
    const ports = [...new Set(doors.map(({ port }) => port))];
    if (ports.length === 0) return [notApplicable('no SSH daemon listens')];
    const jails = fail2ban.jails.filter(({ name, filter }) => /ssh|dropbear/i.test(`${name} ${filter}`));
    return ports.map((port) => judge(port, jails, ports));
  },
});

function judge(port: number, jails: readonly Jail[], ports: readonly number[]): Verdict<typeof messages> {
  const subject = `SSH port ${String(port)}`;
  const running = jails.filter(inForce);
  // What is forwarded to containers never was for this machine's own SSH.
  const bans = (jail: Jail) => jail.bans.filter(({ where }) => where !== 'report' && where !== 'forward');
  const covering = running.find((jail) =>
    bans(jail).some(
      ({ where, ports: closed }) => where !== 'unknown' && closed !== null && coversPort(closed, port),
    ),
  );
  if (covering !== undefined) return pass(subject, covering.enabledBy);
  const unsure = running.find((jail) =>
    bans(jail).some((ban) => ban.where === 'unknown' || ban.ports === null),
  );
  if (unsure !== undefined) {
    return undetermined(
      `whether an action of jail ${unsure.name} closes this port is not known; see fail2ban-client -d`,
      subject,
    );
  }
  const data = { port, ports: ports.join(','), reason: reasonOf(jails, running) };
  const evidence = [...running, ...jails].slice(0, 1).map(({ enabledBy }) => enabledBy);
  return { outcome: 'fail', message: 'uncovered', subject, data, evidence };
}

function reasonOf(jails: readonly Jail[], running: readonly Jail[]): string {
  const [jail] = running;
  if (jail !== undefined) {
    const does = (...places: readonly Ban['where'][]) =>
      jail.bans.every(({ where }) => places.includes(where));
    if (does('report')) return `jail ${jail.name} reports and bans nobody`;
    return does('report', 'forward')
      ? `jail ${jail.name} only closes what goes to containers`
      : `jail ${jail.name} closes other ports`;
  }
  const skipped = jails.find(({ problem }) => problem !== null);
  if (skipped?.problem !== undefined) return `jail ${skipped.name} is skipped, ${skipped.problem ?? ''}`;
  return jails.some(({ enabled }) => enabled) ? 'its SSH jail does not run' : 'its SSH jail is off';
}
