/** An option of sshd has a value that lets in more than it should. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, pass, undetermined } from '../../engine/check.ts';
import type { SshdOption } from '../../facts/sshd/effective.ts';
import type { SshdScope, SshdServer } from '../../facts/sshd/server.ts';
import { sshdFact } from '../../facts/sshd/sshd.ts';
import { remedyFor } from './sshd-remedy.words.ts';
import {
  cite,
  eachServer,
  isInherited,
  notKnown,
  passOrDoubt,
  scopeName,
  scopeWho,
} from './sshd-scope.words.ts';

const messages = {
  dropIn: '`{name}` has {option} {value} for {who}: {meaning}.',
  inPlace: '`{name}` has {option} {value} for {who}: {meaning}.',
};

/** A value is weak when it is refused, or is not accepted, or lies outside the bounds. */
const Setting = z.strictObject({
  /** As sshd_config(5) spells it. */
  option: z.string(),
  accept: z.array(z.string()).optional(),
  refuse: z.array(z.string()).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  recommended: z.string(),
});

const Params = z.strictObject({
  settings: z.array(Setting).min(1),
  /** What a weak value means, as a clause. */
  meaning: z.string(),
  /** Values of other options under which this one cannot matter. */
  unless: z.record(z.string(), z.array(z.string())).default({}),
  /** Judge only connections that can be root's. */
  root: z.boolean().default(false),
  /** An authentication method that matters only where it is enough on its own. */
  method: z.string().optional(),
});
type Params = z.output<typeof Params>;
type Setting = z.output<typeof Setting>;

export const sshdOption = defineCheck({
  id: 'sshd-option',
  needs: { sshd: sshdFact },
  params: Params,
  messages,
  evaluate: ({ sshd }, params) => eachServer(sshd, (server) => judgeServer(server, params)),
});

function judgeServer(server: SshdServer, params: Params): readonly Verdict<typeof messages>[] {
  const [global] = server.scopes;
  const keywords = keywordsOf(params);
  const scopes = server.scopes.filter((scope) => {
    const own = global === undefined || !keywords.every((keyword) => isInherited(keyword, scope, global));
    return own && (scope.root || !params.root);
  });
  const verdicts = scopes.map((scope) => judgeScope(server, scope, params));
  const bad = verdicts.filter(({ outcome }) => outcome === 'fail' || outcome === 'undetermined');
  const worst = unique(bad);
  if (worst.length > 0) return worst;
  const [first] = verdicts;
  return first?.outcome === 'pass'
    ? [passOrDoubt(server, first.subject, ...(first.evidence ?? []))]
    : verdicts.slice(0, 1);
}

/** What decides: the settings, and what makes them moot, for a block may take that back alone. */
function keywordsOf({ settings, unless, method }: Params): readonly string[] {
  const moot = [...Object.keys(unless), ...(method === undefined ? [] : ['AuthenticationMethods'])];
  return [...settings.map(({ option }) => option), ...moot].map((option) => option.toLowerCase());
}

/** A block that is reached both as somebody and as root is one subject. */
function unique(verdicts: readonly Verdict<typeof messages>[]): readonly Verdict<typeof messages>[] {
  const failing = verdicts.toSorted((a, b) => Number(b.outcome === 'fail') - Number(a.outcome === 'fail'));
  return [...new Map(failing.toReversed().map((verdict) => [verdict.subject, verdict])).values()];
}

function judgeScope(server: SshdServer, scope: SshdScope, params: Params): Verdict<typeof messages> {
  const subject = scopeName(server, scope);
  const passes: SshdOption[] = [];
  let unsure: Verdict<typeof messages> | null = null;
  for (const setting of params.settings) {
    const keyword = setting.option.toLowerCase();
    const option = scope.options.get(keyword);
    const value = option?.values[0];
    const judged = value === undefined ? 'unknown' : judgeValue(value, setting);
    if (judged === 'weak' && value !== undefined && !isMoot(scope, params)) {
      const { way, data } = remedyFor(server, scope, `${setting.option} ${setting.recommended}`, keyword);
      const words = {
        name: server.name,
        option: setting.option,
        value,
        who: scopeWho(scope),
        meaning: params.meaning,
      };
      return { outcome: 'fail', message: way, subject, data: { ...data, ...words }, evidence: cite(option) };
    }
    if (value === undefined) unsure ??= notKnown(server, subject, setting.option);
    else if (judged === 'unknown') unsure ??= undetermined(strangeValue(server, setting, value), subject);
    else if (option !== undefined) passes.push(option);
  }
  return unsure ?? pass(subject, ...passes.flatMap(cite));
}

function strangeValue({ name }: SshdServer, { option }: Setting, value: string): string {
  return `${name} has ${option} ${value}, a value that this audit does not know`;
}

function judgeValue(value: string, { accept, refuse, min, max }: Setting): 'weak' | 'strong' | 'unknown' {
  if (refuse?.includes(value)) return 'weak';
  if (min !== undefined || max !== undefined) {
    if (!/^\d+$/.test(value)) return 'unknown';
    return Number(value) < (min ?? 0) || Number(value) > (max ?? Infinity) ? 'weak' : 'strong';
  }
  if (accept === undefined) return 'strong';
  if (accept.includes(value)) return 'strong';
  return refuse === undefined ? 'weak' : 'unknown';
}

function isMoot(scope: SshdScope, { unless, method }: Params): boolean {
  const excused = Object.entries(unless).some(([option, values]) =>
    values.includes(scope.options.get(option.toLowerCase())?.values[0] ?? ''),
  );
  return excused || (method !== undefined && needsMore(scope, method));
}

/** AuthenticationMethods asks for another method, a key say, in every list that it offers. */
function needsMore(scope: SshdScope, method: string): boolean {
  const lists = (scope.options.get('authenticationmethods')?.values[0] ?? 'any').split(/\s+/);
  const passwords = ['password', 'keyboard-interactive', 'none'];
  const alone = (list: string) =>
    list.split(',').every((each) => passwords.includes(each.split(':')[0] ?? ''));
  return lists[0] !== 'any' && !lists.some((list) => alone(list) && list.includes(method));
}
