/** A jail never bans a whole network. */
import ipaddr from 'ipaddr.js';
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass } from '../../engine/check.ts';
import { fail2banFact, standstill } from '../../facts/fail2ban/fail2ban.ts';
import type { Jail } from '../../facts/fail2ban/jail.ts';
import { inForce } from '../../facts/fail2ban/jail.ts';

const messages = {
  broad: 'Jail `{jail}` never bans {networks}: any machine there may guess passwords without end.',
};

/** Networks of one's own, as ipaddr.js calls them; everything else is public. */
const privateRanges = new Set(['private', 'uniqueLocal', 'linkLocal', 'carrierGradeNat']);

export const jailIgnores = defineCheck({
  id: 'jail-ignores',
  needs: { fail2ban: fail2banFact },
  params: z.strictObject({
    /** Shortest prefix of a private network that may be ignored. */
    minPrivatePrefix: z.strictObject({ ipv4: z.int().min(0).max(32), ipv6: z.int().min(0).max(128) }),
  }),
  messages,
  evaluate: ({ fail2ban }, { minPrivatePrefix }) => {
    const still = standstill(fail2ban);
    if (fail2ban === null || still !== null) return [notApplicable(still ?? 'fail2ban is not installed')];
    const jails = fail2ban.jails.filter(inForce);
    if (jails.length === 0) return [notApplicable('no jail is on')];
    return jails.map((jail) => judge(jail, (network) => isBroad(network, minPrivatePrefix)));
  },
});

function judge({ name, ignored }: Jail, broad: (network: string) => boolean): Verdict<typeof messages> {
  const subject = `jail ${name}`;
  const networks = ignored.value.filter(broad);
  if (networks.length === 0) return pass(subject, ignored.citation);
  const own = ['127.0.0.0/8', '127.0.0.1/8', '::1', '::1/128'];
  const kept = ignored.value.filter((entry) => !broad(entry) && !own.includes(entry));
  return {
    outcome: 'fail',
    message: 'broad',
    subject,
    data: { jail: name, networks: networks.join(', '), kept: ['127.0.0.1/8', '::1', ...kept].join(' ') },
    evidence: [ignored.citation],
  };
}

/** A name or a single address is no network. */
function isBroad(entry: string, minPrefix: { readonly ipv4: number; readonly ipv6: number }): boolean {
  const [address = '', suffix] = entry.split('/');
  if (suffix === undefined || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  const prefix = prefixOf(suffix);
  if (prefix === null || prefix === (parsed.kind() === 'ipv4' ? 32 : 128)) return false;
  // 127.0.0.0/0 is everything, whatever its first address says.
  const wide = prefix < 8;
  if (parsed.range() === 'loopback' && !wide) return false;
  return wide || !privateRanges.has(parsed.range()) || prefix < minPrefix[parsed.kind()];
}

/** Bits of `24` or of `255.255.255.0`. */
function prefixOf(suffix: string): number | null {
  if (/^\d{1,3}$/.test(suffix)) return Number(suffix);
  return ipaddr.IPv4.isValidFourPartDecimal(suffix)
    ? ipaddr.IPv4.parse(suffix).prefixLengthFromSubnetMask()
    : null;
}
