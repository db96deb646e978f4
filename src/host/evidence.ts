/**
 * Why something could not be learned.
 *
 * - `denied`: the operating system refused the read (usually: not root)
 * - `tool-missing`: the program that would tell is not installed
 * - `timeout`, `too-large`: a limit of the audit was reached
 * - `unparsable`: it was read, and not understood
 * - `unsupported`: this kind of host cannot tell (a root directory has no running state)
 * - `bug`: aisec itself failed
 */
export type UnknownWhy =
  'denied' | 'tool-missing' | 'timeout' | 'too-large' | 'unparsable' | 'unsupported' | 'bug';

export interface Known<T> {
  readonly state: 'known';
  readonly value: T;
  /** Where it was read: a path, or a command line. */
  readonly source: string;
  /**
   * What was not seen of it, one sentence each; absent when it is whole. What is there can be judged,
   * but that something is *not* there cannot be concluded.
   */
  readonly gaps?: readonly string[];
}

export interface Unknown {
  readonly state: 'unknown';
  readonly why: UnknownWhy;
  /** One sentence for the owner of the machine. */
  readonly detail: string;
  readonly source: string;
}

/**
 * What is known of something, or why it is not.
 *
 * Absence is knowledge: a file that does not exist is `known(null)`. A denied read is `unknown`.
 */
export type Evidence<T> = Known<T> | Unknown;

export function known<T>(value: T, source: string): Known<T> {
  return { state: 'known', value, source };
}

export function unknown(why: UnknownWhy, detail: string, source: string): Unknown {
  return { state: 'unknown', why, detail, source };
}

/** A value that may lack something; with no gaps it is simply known. */
export function knownInPart<T>(value: T, source: string, gaps: readonly string[]): Known<T> {
  return gaps.length === 0 ? known(value, source) : { ...known(value, source), gaps: [...new Set(gaps)] };
}

/** What a fact that builds on this evidence cannot have seen. */
export function gapsOf(evidence: Evidence<unknown>): readonly string[] {
  return evidence.state === 'unknown' ? [evidence.detail] : (evidence.gaps ?? []);
}

/** Applies `change` to a known value; an unknown one stays as unknown as it was. */
export function mapEvidence<T, U>(evidence: Evidence<T>, change: (value: T) => U): Evidence<U> {
  return evidence.state === 'known'
    ? knownInPart(change(evidence.value), evidence.source, evidence.gaps ?? [])
    : evidence;
}
