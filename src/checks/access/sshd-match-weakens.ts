/** A Match block takes back what the global part of sshd's configuration forbids. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, undetermined } from '../../engine/check.ts';
import type { SshdScope, SshdServer } from '../../facts/sshd/server.ts';
import { sshdFact } from '../../facts/sshd/sshd.ts';
import { remedyFor } from './sshd-remedy.words.ts';
import { blockName, cite, doubt, eachServer, passOrDoubt, scopeName } from './sshd-scope.words.ts';

const messages = {
  inPlace:
    '`{name}` forbids more globally than in `{block}`: {option} is {value} there and {globally} elsewhere.',
};

const Params = z.strictObject({
  /** Options with their values from strong to weak. */
  options: z.array(
    z.strictObject({
      option: z.string(),
      order: z.array(z.string()).min(2),
      root: z.boolean().default(false),
    }),
  ),
});
type Params = z.output<typeof Params>;

export const sshdMatchWeakens = defineCheck({
  id: 'sshd-match-weakens',
  needs: { sshd: sshdFact },
  params: Params,
  messages,
  evaluate: ({ sshd }, params) => eachServer(sshd, (server) => judge(server, params)),
});

function judge(server: SshdServer, params: Params): readonly Verdict<typeof messages>[] {
  const [global, ...scopes] = server.scopes;
  const why = doubt(server);
  if (global === undefined || scopes.length === 0) {
    return why === null
      ? [{ outcome: 'not-applicable', subject: server.name, because: `${server.name} has no Match block` }]
      : [undetermined(why, server.name)];
  }
  const failures = new Map<string, Verdict<typeof messages>>();
  let unsure: string | null = null;
  for (const scope of scopes) {
    for (const { option, order, root } of params.options) {
      if (root && !scope.root) continue;
      const keyword = option.toLowerCase();
      const [there, elsewhere] = [scope, global].map((each) => each.options.get(keyword)?.values[0]);
      if (there === undefined && server.kind === 'fragment') continue;
      const [inBlock, globally] = [there, elsewhere].map((value) => order.indexOf(value ?? ''));
      // The strongest value takes nothing back, whatever holds globally.
      if (inBlock === 0 || there === elsewhere) continue;
      if (there === undefined || elsewhere === undefined || inBlock === -1 || globally === -1) {
        unsure ??= `whether ${scopeName(server, scope)} weakens ${option} is not known`;
        continue;
      }
      if ((inBlock ?? 0) < (globally ?? 0)) continue;
      const subject = `${scopeName(server, scope)}, ${option}`;
      if (!failures.has(subject)) {
        failures.set(subject, failure(server, scope, { subject, option, there, elsewhere }));
      }
    }
  }
  if (failures.size > 0) return [...failures.values()];
  return [unsure === null ? passOrDoubt(server, server.name) : undetermined(unsure, server.name)];
}

function failure(
  server: SshdServer,
  scope: SshdScope,
  found: { subject: string; option: string; there: string; elsewhere: string },
): Verdict<typeof messages> {
  const { subject, option, there, elsewhere } = found;
  const { data } = remedyFor(server, scope, `${option} ${elsewhere}`, option.toLowerCase());
  const words = {
    name: server.name,
    block: blockName(scope.block ?? []),
    option,
    value: there,
    globally: elsewhere,
  };
  const evidence = cite(scope.options.get(option.toLowerCase()));
  return { outcome: 'fail', message: 'inPlace', subject, data: { ...data, ...words }, evidence };
}
