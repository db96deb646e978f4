/** sshd accepts unauthenticated connections without a bound, or without slowing down before it. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import type { SshdServer } from '../../facts/sshd/server.ts';
import { sshdFact } from '../../facts/sshd/sshd.ts';
import { cite, doubt, remedyFor } from './sshd-scope.words.ts';

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
  evaluate: ({ sshd }, params): readonly Verdict<typeof messages>[] =>
    sshd.servers.length === 0
      ? [notApplicable(sshd.because)]
      : sshd.servers.map((server) => judge(server, params)),
});

function judge(server: SshdServer, params: z.output<typeof Params>): Verdict<typeof messages> {
  const { name } = server;
  const scope = server.scopes[0];
  const option = scope?.options.get('maxstartups');
  const value = option?.values[0] ?? '';
  const [, begin, , full] = /^(\d+):(\d+):(\d+)$/.exec(value) ?? [];
  if (scope === undefined || begin === undefined || full === undefined) {
    return server.kind === 'fragment'
      ? { outcome: 'not-applicable', subject: name, because: `${name} does not set MaxStartups` }
      : undetermined(`MaxStartups of ${name} is not known: ${doubt(server) ?? 'run as root'}`, name);
  }
  const why = doubt(server);
  const unlimited = Number(full) > params.full;
  if (!unlimited && Number(begin) < Number(full)) {
    return why === null ? pass(name, ...cite(option)) : undetermined(why, name);
  }
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
