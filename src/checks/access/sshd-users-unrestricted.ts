/** Every account of the machine may log in over SSH. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck } from '../../engine/check.ts';
import type { SshdOption } from '../../facts/sshd/effective.ts';
import type { SshdScope, SshdServer } from '../../facts/sshd/server.ts';
import { sshdFact } from '../../facts/sshd/sshd.ts';
import { remedyFor } from './sshd-remedy.words.ts';
import { cite, eachServer, notKnown, passOrDoubt, scopeName, scopeWho } from './sshd-scope.words.ts';

const messages = {
  dropIn: '`{name}` names neither AllowUsers nor AllowGroups: every account with a shell may try to log in.',
  inPlace: '`{name}` names neither AllowUsers nor AllowGroups: every account with a shell may try to log in.',
  everybody: '`{name}` has {option} * for {who}: every account with a shell may try to log in.',
};

export const sshdUsersUnrestricted = defineCheck({
  id: 'sshd-users-unrestricted',
  needs: { sshd: sshdFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ sshd }) => eachServer(sshd, judge),
});

function judge(server: SshdServer): Verdict<typeof messages> {
  const { name } = server;
  // A list in a Match block replaces the global one: by another list, or by everybody.
  const open = server.scopes.find((scope) => listsOf(scope)[0]?.values.includes('*') && !isLimited(scope));
  if (open !== undefined) return everybody(server, open);
  const scope = server.scopes[0];
  const [users, groups] = scope === undefined ? [] : listsOf(scope);
  const limiting = [users, groups].find(isLimiting);
  if (limiting !== undefined) return passOrDoubt(server, name, ...cite(limiting));
  if (scope === undefined || users === undefined || groups === undefined || server.kind === 'fragment') {
    return notKnown(server, name, 'AllowUsers or AllowGroups');
  }
  const { way, data } = remedyFor(server, scope, 'AllowUsers', 'allowusers');
  const evidence = [...cite(users), ...cite(groups)].filter(({ source }) => source !== 'default');
  const seen = evidence.length > 0 ? evidence : [{ source: server.tree.file, line: null, excerpt: null }];
  return { outcome: 'fail', message: way, subject: name, data: { ...data, name }, evidence: seen };
}

function listsOf({ options }: SshdScope): readonly (SshdOption | undefined)[] {
  return ['allowusers', 'allowgroups'].map((each) => options.get(each));
}

function isLimiting(list: SshdOption | undefined): boolean {
  return list !== undefined && list.values.length > 0 && !list.values.includes('*');
}

function isLimited(scope: SshdScope): boolean {
  return listsOf(scope).some(isLimiting);
}

/** Names that are added to a list with `*` in it change nothing: the `*` itself has to go. */
function everybody(server: SshdServer, scope: SshdScope): Verdict<typeof messages> {
  const list = scope.options.get('allowusers');
  const { config = '', connection, unit } = remedyFor(server, scope, 'AllowUsers', 'allowusers').data;
  const line = server.tree.directives.find(
    ({ keyword, words }) => keyword === 'allowusers' && words?.includes('*'),
  );
  const data = {
    name: server.name,
    option: 'AllowUsers',
    who: scopeWho(scope),
    config,
    ...(line === undefined ? {} : { target: line.file }),
    ...(connection === undefined ? {} : { connection }),
    ...(unit === undefined ? {} : { unit }),
  };
  const subject = scopeName(server, scope);
  return { outcome: 'fail', message: 'everybody', subject, data, evidence: cite(list) };
}
