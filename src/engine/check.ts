import type * as z from 'zod';
import type { Evidence } from '../host/evidence.ts';
import type { Fact } from './fact.ts';
import type { Fix } from './rule.ts';
import type { Value } from './template.ts';

/** Where a finding can be seen: a file or a command, its line, and the text there. */
export interface Citation {
  readonly source: string;
  /** 1-based; `null` where the source has no lines. */
  readonly line: number | null;
  /** 1-based; absent where it is not known. */
  readonly column?: number;
  readonly excerpt: string | null;
  /** What a fact calls the setting that it shows; for checks and facts alone, no report has it. */
  readonly setting?: string;
}

type Placeholder<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholder<Rest>
  : never;

/** Values for a message's placeholders, and whatever else the rule's remediation fills in. */
type Data<Template extends string> = Readonly<Record<Placeholder<Template>, string | number>> &
  Readonly<Record<string, Value>>;

/** Commands for the time until something is fixed, with what they name. */
export interface Stopgap {
  readonly fix: Fix;
  readonly data: Readonly<Record<string, Value>>;
}

export type Messages = Readonly<Record<string, string>>;

export interface Pass {
  readonly outcome: 'pass';
  readonly subject: string;
  readonly evidence?: readonly Citation[];
}

export type Fail<M extends Messages> = {
  readonly [Id in keyof M & string]: {
    readonly outcome: 'fail';
    /** Id of the message that says what is wrong. */
    readonly message: Id;
    readonly subject: string;
    readonly data: Data<M[Id]>;
    readonly evidence: readonly Citation[];
    /** Which of the rule's fixes fits where this is to be put right; see {@link Rule} `fixes`. */
    readonly variant?: string | undefined;
    /** The rule's commands are for another program than what has the subject: of its fixes only the variant's fits. */
    readonly foreign?: boolean | undefined;
    /** What closes it until it is fixed, where the rule's fix has no commands that do. */
    readonly stopgaps?: readonly Stopgap[];
  };
}[keyof M & string];

export interface NotApplicable {
  readonly outcome: 'not-applicable';
  readonly because: string;
  readonly subject?: string;
}

export interface Undetermined {
  readonly outcome: 'undetermined';
  /** What was not seen, and what would show it. */
  readonly because: string;
  readonly subject?: string;
  readonly evidence?: readonly Citation[];
}

export interface Manual {
  readonly outcome: 'manual';
  readonly question: string;
  readonly subject?: string;
}

/** A check's judgement of one subject: a container, a unit, a listener, or the `host` itself. */
export type Verdict<M extends Messages = Messages> = Pass | Fail<M> | NotApplicable | Undetermined | Manual;

type Facts = Readonly<Record<string, Fact<unknown>>>;

/** Values of the facts that a check cannot do without. */
type Values<Needs extends Facts> = {
  readonly [Name in keyof Needs]: Needs[Name] extends Fact<infer T> ? T : never;
};
/** Evidence of the facts that a check can decide something without. */
type Evidences<Optional extends Facts> = {
  readonly [Name in keyof Optional]: Optional[Name] extends Fact<infer T> ? Evidence<T> : never;
};

export interface CheckDefinition<
  Needs extends Facts,
  Optional extends Facts,
  Params extends z.ZodType,
  M extends Messages,
> {
  /** The mechanism, in kebab-case; also the file's name. */
  readonly id: string;
  /** If one of these is unknown, the engine answers `undetermined` and says why. */
  readonly needs: Needs;
  /** These arrive as evidence: the check says what it can still decide. */
  readonly optional?: Optional;
  readonly params: Params;
  /** Templates with `{name}` placeholders: what is, and what it means. */
  readonly messages: M;
  /** Pure. One verdict per subject; an empty list is an error of the check. */
  evaluate(
    given: Values<Needs> & Evidences<Optional>,
    params: z.output<Params>,
  ): readonly Verdict<NoInfer<M>>[];
}

/** A check as the engine sees it, whatever facts and parameters it has. */
export interface Check {
  readonly id: string;
  readonly needs: Facts;
  readonly optional: Facts;
  readonly params: z.ZodType;
  readonly messages: Messages;
  evaluate(given: Readonly<Record<string, unknown>>, params: unknown): readonly Verdict[];
}

/** Types a check: asking for an undeclared fact, message or placeholder does not compile. */
export function defineCheck<
  const Needs extends Facts,
  Params extends z.ZodType,
  const M extends Messages,
  const Optional extends Facts = Record<never, never>,
>(definition: CheckDefinition<Needs, Optional, Params, M>): Check {
  return {
    ...definition,
    optional: definition.optional ?? {},
    evaluate: (given, params) =>
      definition.evaluate(given as Values<Needs> & Evidences<Optional>, params as z.output<Params>),
  };
}

/** The subject of a verdict about the machine as a whole. */
export const theHost = 'host';

export function pass(subject: string, ...evidence: readonly Citation[]): Pass {
  return { outcome: 'pass', subject, evidence };
}

/** @param because - why there is nothing to judge, as a clause: "no sshd is installed" */
export function notApplicable(because: string): NotApplicable {
  return { outcome: 'not-applicable', because };
}

/** @param because - what was not seen, and what would show it */
export function undetermined(because: string, subject?: string): Undetermined {
  return subject === undefined
    ? { outcome: 'undetermined', because }
    : { outcome: 'undetermined', because, subject };
}
