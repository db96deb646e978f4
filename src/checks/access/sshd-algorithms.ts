/** sshd offers algorithms that are broken or built on a broken hash, or a host key that is too short. */
import * as z from 'zod';
import type { Citation, Verdict } from '../../engine/check.ts';
import { defineCheck, undetermined } from '../../engine/check.ts';
import { matchPattern } from '../../facts/sshd/patterns.ts';
import type { SshdServer } from '../../facts/sshd/server.ts';
import { sshdFact } from '../../facts/sshd/sshd.ts';
import { remedyFor } from './sshd-remedy.words.ts';
import { cite, eachServer, notKnown, passOrDoubt } from './sshd-scope.words.ts';

const messages = {
  dropIn: '`{name}` offers {weak} ({option}): {meaning}.',
  inPlace: '`{name}` offers {weak} ({option}): {meaning}.',
  shortKey:
    '`{name}` proves itself with {path}, {type} of {bits} bits; {least} is the least that is held safe.',
};

const Params = z.strictObject({
  option: z.string(),
  /** Patterns with `*`. */
  weak: z.array(z.string()).min(1),
  meaning: z.string(),
  /** Least size of RSA host keys; absent where keys are not judged. */
  rsaBits: z.int().optional(),
});
type Params = z.output<typeof Params>;

export const sshdAlgorithms = defineCheck({
  id: 'sshd-algorithms',
  needs: { sshd: sshdFact },
  params: Params,
  messages,
  evaluate: ({ sshd }, params) =>
    eachServer(sshd, (server) => [judgeList(server, params), ...judgeKeys(server, params)]),
});

function judgeList(server: SshdServer, params: Params): Verdict<typeof messages> {
  const { name } = server;
  const scope = server.scopes[0];
  const keyword = params.option.toLowerCase();
  const option = scope?.options.get(keyword);
  const list = option?.values[0];
  if (scope === undefined || option === undefined || list === undefined) {
    return notKnown(server, name, params.option);
  }
  const weak = list.split(',').filter((each) => isWeak(each, params) && isUsable(each, server));
  if (weak.length === 0) return passOrDoubt(server, name, ...cite(option));
  const setting = `${params.option} ${withoutWeak(server, params, list.split(','), weak)}`;
  const { way, data } = remedyFor(server, scope, setting, keyword);
  const words = { name, weak: weak.join(', '), option: params.option, meaning: params.meaning };
  return {
    outcome: 'fail',
    message: way,
    subject: name,
    data: { ...data, ...words },
    evidence: shortened(option, weak),
  };
}

/**
 * The default without the weak ones, so that it gets better with every update. A list of one's own stays
 * one's own: the default would bring back what its owner left out.
 */
function withoutWeak(
  { tree }: SshdServer,
  params: Params,
  offered: readonly string[],
  weak: readonly string[],
): string {
  const keyword = params.option.toLowerCase();
  const written = tree.directives.find((line) => line.keyword === keyword)?.words?.[0] ?? '+';
  if (/^[+^]/.test(written)) return `-${weak.join(',')}`;
  const strong = offered.filter((each) => !weak.includes(each));
  return strong.length > 0 ? strong.join(',') : `-${params.weak.join(',')}`;
}

/** A list is long: its weak part is the evidence. */
function shortened(option: Parameters<typeof cite>[0], weak: readonly string[]): readonly Citation[] {
  return cite(option).map((citation) =>
    citation.line === null ? { ...citation, excerpt: `… ${weak.join(',')}` } : citation,
  );
}

function isWeak(algorithm: string, { weak }: Params): boolean {
  return weak.some((pattern) => matchPattern(algorithm, pattern));
}

/** A signature algorithm is offered only with a key of its type. */
function isUsable(algorithm: string, { hostKeys }: SshdServer): boolean {
  if (!/^ssh-(?:rsa|dss)/.test(algorithm) || hostKeys.length === 0) return true;
  const type = algorithm.startsWith('ssh-rsa') ? 'ssh-rsa' : 'ssh-dss';
  return hostKeys.some((key) => key.type === type || key.type === null);
}

function judgeKeys(server: SshdServer, { rsaBits }: Params): readonly Verdict<typeof messages>[] {
  if (rsaBits === undefined) return [];
  return server.hostKeys.flatMap((key): Verdict<typeof messages>[] => {
    const subject = `${server.name} ${key.path}`;
    if (key.type === null || key.bits === null) {
      return [undetermined(`${key.path}.pub could not be read, so its size is not known`, subject)];
    }
    const tooShort = key.type === 'ssh-dss' || (key.type === 'ssh-rsa' && key.bits < rsaBits);
    if (!tooShort) return [];
    const data = {
      name: server.name,
      path: key.path,
      type: key.type === 'ssh-rsa' ? 'RSA' : 'DSA',
      bits: key.bits,
      least: `RSA of ${String(rsaBits)} bits`,
      size: rsaBits,
      ...(server.unit === null ? {} : { unit: server.unit }),
    };
    const evidence = [{ source: `${key.path}.pub`, line: 1, excerpt: `${key.type} ${String(key.bits)}` }];
    return [{ outcome: 'fail', message: 'shortKey', subject, data, evidence }];
  });
}
