/** sshd accepts unauthenticated connections without a bound, or without slowing down before it. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck } from '../../engine/check.ts';
import type { SshdServer } from '../../facts/sshd/server.ts';
import { sshdFact } from '../../facts/sshd/sshd.ts';
import { remedyFor } from './sshd-remedy.words.ts';
import { cite, eachServer, notKnown, passOrDoubt } from './sshd-scope.words.ts';

const messages = {
  dropIn: '`{name}` has MaxStartups {value}: {meaning}.',
  inPlace: '`{name}` has MaxStartups {value}: {meaning}.',
};

const Params = z.strictObject({
  /** More waiting connections than this are as good as unlimited. */
  full: z.int(),
  recommended: z.string(),
});

export const sshdMaxStartups = defineCheck({
  id: 'sshd-max-startups',
  needs: { sshd: sshdFact },
  params: Params,
  messages,
  evaluate: ({ sshd }, params) => eachServer(sshd, (server) => judge(server, params)),
});

function judge(server: SshdServer, params: z.output<typeof Params>): Verdict<typeof messages> {
  const { name } = server;
  const scope = server.scopes[0];
  const option = scope?.options.get('maxstartups');
  const value = option?.values[0] ?? '';
  const [, begin, , full] = /^(\d+):(\d+):(\d+)$/.exec(value) ?? [];
  if (scope === undefined || begin === undefined || full === undefined) {
    return notKnown(server, name, 'MaxStartups');
  }
  const unlimited = Number(full) > params.full;
  if (!unlimited && Number(begin) < Number(full)) return passOrDoubt(server, name, ...cite(option));
  const meaning = unlimited
    ? `up to ${full} strangers may hold a connection open before any is refused`
    : `connections are let in at full rate until all ${full} places are taken, then everyone is locked out`;
  const { way, data } = remedyFor(server, scope, `MaxStartups ${params.recommended}`, 'maxstartups');
  return {
    outcome: 'fail',
    message: way,
    subject: name,
    data: { ...data, name, value, meaning },
    evidence: cite(option),
  };
}
