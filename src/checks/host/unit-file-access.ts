/** What a unit runs can be changed by somebody who is not root. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import type { Access, PathAccess, UnitAccess } from '../../facts/units/access.ts';
import { unitAccessFact } from '../../facts/units/access.ts';
import { userName, writersOf } from '../../facts/units/writers.ts';

const messages = {
  writable: '{who} can change {path}, the {role} of `{unit}`: what they put there runs with its rights.',
  home: '`{unit}` runs from {path}, the home of {who}: what they put there runs with its rights.',
  own: '`{unit}` can change {path}, its own {role}, as {who}: whoever takes the service over stays in it for good.',
};

export const unitFileAccess = defineCheck({
  id: 'unit-file-access',
  needs: { access: unitAccessFact },
  params: z.strictObject({
    /** Whose access counts: the account that the service runs as, or everybody else's. */
    by: z.enum(['others', 'service']),
  }),
  messages,
  evaluate: ({ access }, { by }) => {
    if (access.units.length === 0) return [notApplicable('no systemd unit runs a known service here')];
    return access.units.flatMap((unit) => {
      const found = unit.paths.flatMap((path) => judge(unit, path, access, by));
      const citations = unit.paths.filter(({ role }) => role !== 'directory').map(cite);
      return found.length > 0 ? found : [pass(unit.unit, ...citations)];
    });
  },
});

function judge(
  { unit, uid }: UnitAccess,
  access: PathAccess,
  { accounts }: Access,
  by: 'others' | 'service',
): Verdict<typeof messages>[] {
  const { path, role, stat } = access;
  const subject = `${unit} ${path}`;
  if (stat.state === 'unknown') {
    const remedy = stat.why === 'denied' ? '; run as root' : '';
    return [undetermined(`who can change ${path} is not known: ${stat.detail}${remedy}`, subject)];
  }
  // What is not there cannot be replaced: its directory, which is judged too, is what counts.
  if (stat.value === null) return [];
  const { everyone, uids, groups } = writersOf(stat.value, accounts);
  const isService = (each: number) => each === uid && uid !== 0;
  const others = uids.filter((each) => !isService(each));
  const names =
    by === 'service'
      ? uids.filter(isService).map((each) => userName(accounts, each))
      : [
          ...(everyone ? ['everybody'] : []),
          ...others.map((each) => userName(accounts, each)),
          ...groups.map((gid) => `group ${String(gid)}`),
        ];
  if (names.length === 0) return [];
  const data = {
    unit,
    path,
    role: role === 'directory' ? 'directory on the way' : role,
    who: names.join(', '),
    mode: stat.value.mode.toString(8),
    owner: `${String(stat.value.uid)}:${String(stat.value.gid)}`,
  };
  const message = by === 'service' ? 'own' : /^\/home\/[^/]+/.test(path) ? 'home' : 'writable';
  return [{ outcome: 'fail', message, subject, data, evidence: [cite(access)] }];
}

function cite({ path, stat }: PathAccess) {
  if (stat.state === 'unknown' || stat.value === null) return { source: path, line: null, excerpt: null };
  const { mode, uid, gid } = stat.value;
  return {
    source: path,
    line: null,
    excerpt: `mode ${mode.toString(8)}, owner ${String(uid)}:${String(gid)}`,
  };
}
