/** Every account of the machine may log in over SSH. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import type { SshdServer } from '../../facts/sshd/server.ts';
import { sshdFact } from '../../facts/sshd/sshd.ts';
import { cite, doubt, remedyFor } from './sshd-scope.words.ts';

const messages = {
  dropIn: '`{name}` names neither AllowUsers nor AllowGroups: every account with a shell may try to log in.',
  inPlace: '`{name}` names neither AllowUsers nor AllowGroups: every account with a shell may try to log in.',
};

export const sshdUsersUnrestricted = defineCheck({
  id: 'sshd-users-unrestricted',
  needs: { sshd: sshdFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ sshd }): readonly Verdict<typeof messages>[] =>
    sshd.servers.length === 0 ? [notApplicable(sshd.because)] : sshd.servers.map(judge),
});

/** The global lists only: a list in a Match block replaces them with another list, never with none. */
function judge(server: SshdServer): Verdict<typeof messages> {
  const { name } = server;
  const scope = server.scopes[0];
  const [users, groups] = ['allowusers', 'allowgroups'].map((each) => scope?.options.get(each));
  const limiting = [users, groups].find(
    (list) => list !== undefined && list.values.length > 0 && !list.values.includes('*'),
  );
  const why = doubt(server);
  if (limiting !== undefined) return why === null ? pass(name, ...cite(limiting)) : undetermined(why, name);
  if (server.kind === 'fragment') {
    return { outcome: 'not-applicable', subject: name, because: `${name} names no users or groups` };
  }
  if (scope === undefined || users === undefined || groups === undefined) {
    return undetermined(`AllowUsers of ${name} is not known: ${why ?? 'run as root'}`, name);
  }
  const { way, data } = remedyFor(server, scope, 'AllowUsers', 'allowusers');
  const evidence = [...cite(users), ...cite(groups)].filter(({ source }) => source !== 'default');
  const seen = evidence.length > 0 ? evidence : [{ source: server.tree.file, line: null, excerpt: null }];
  return { outcome: 'fail', message: way, subject: name, data: { ...data, name }, evidence: seen };
}
