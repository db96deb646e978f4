/** An interface takes or sends ICMP redirects. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass } from '../../engine/check.ts';
import type { Redirects } from '../../facts/sysctl/redirects.ts';
import { redirectsFact } from '../../facts/sysctl/redirects.ts';

const messages = {
  accept:
    '{interfaces} take redirects ({key}): a machine on the same network can make this one send through it.',
  send: '{interfaces} send redirects ({key}): this machine tells its neighbours which way to send.',
};

const families = [
  { family: 'ipv4', setting: 'accept_redirects', message: 'accept' },
  { family: 'ipv4', setting: 'send_redirects', message: 'send' },
  { family: 'ipv6', setting: 'accept_redirects', message: 'accept' },
] as const;

export const redirects = defineCheck({
  id: 'redirects',
  needs: { redirects: redirectsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ redirects: all }) =>
    families.map(({ family, setting, message }): Verdict<typeof messages> => {
      const subject = `net.${family}.conf.*.${setting}`;
      const of = all.filter((each) => each.family === family && each.setting === setting);
      if (of.length === 0) return { ...notApplicable(`there is no interface with ${family}`), subject };
      const on = of.filter((each) => each.on);
      if (on.length === 0) return pass(subject, ...of.slice(0, 4).map(cite));
      const names = on.map((each) => (each.interface === 'default' ? 'new interfaces' : each.interface));
      const more = names.length > 4 ? ` and ${String(names.length - 4)} more` : '';
      const data = { key: subject, family, setting, interfaces: `${names.slice(0, 4).join(', ')}${more}` };
      return { outcome: 'fail', message, subject, data, evidence: on.slice(0, 4).map(cite) };
    }),
});

function cite({ source, value }: Redirects) {
  return { source, line: 1, excerpt: value };
}
