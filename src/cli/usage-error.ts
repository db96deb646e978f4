import { InputError } from '../engine/input-error.ts';
import { visible } from '../reporters/visible.ts';
import { nearest } from '../engine/nearest.ts';

/** Something the user asked for that is not there; shown as one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Prints an error for a person. @returns the exit code */
export function reportError(error: unknown, verbose: boolean): number {
  const expected = error instanceof UsageError || error instanceof InputError || isSystemError(error);
  const text = error instanceof Error ? (verbose ? error.stack : error.message) : String(error);
  const hint = expected || verbose ? '' : '\nThis is a bug of aisec. --verbose shows where.';
  // A name in it may be an audited machine's; a stack has lines of its own.
  const lines = String(text).split('\n').map(visible);
  process.stderr.write(`error: ${lines.join('\n')}${hint}\n`);
  return 2;
}

/** @throws UsageError naming what was typed and the nearest that exists */
export function unknownName(what: string, typed: string, known: readonly string[]): never {
  const near = nearest(typed, known);
  const hint = near === null ? '' : ` Did you mean "${near}"?`;
  throw new UsageError(`there is no ${what} "${typed}".${hint}`);
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && ('syscall' in error || error.name === 'SnapshotError');
}

/** @throws UsageError when what was typed is none of the known */
export function oneOf<T extends string>(what: string, typed: string, known: readonly T[]): T {
  return known.find((each) => each === typed) ?? unknownName(what, typed, known);
}
