/** What decides about colour and width beside the options. */
interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { readonly isTTY?: boolean; readonly columns?: number };
}

/** How a result is printed: what a reporter never finds out by itself. */
export interface Page {
  readonly color: boolean;
  /** Columns. */
  readonly width: number;
}

const usualWidth = 80;

/**
 * Whether to colour, and how wide to write.
 *
 * Colour: never with `--no-color`, into a file, or where NO_COLOR is set (https://no-color.org); always
 * where FORCE_COLOR is, unless it says 0 or false; else on a terminal that is not dumb.
 *
 * @param file - where the result goes; `null` is standard output
 */
export function pageOf(
  allowed: boolean,
  file: string | null,
  { env, stdout }: Surroundings = { env: process.env, stdout: process.stdout },
): Page {
  const columns = file === null && stdout.isTTY === true ? stdout.columns : undefined;
  return {
    color: allowed && file === null && colorful(env, stdout.isTTY === true),
    // Not defined where output is piped, and 0 on a terminal that does not know.
    width: columns === undefined || columns === 0 ? usualWidth : columns,
  };
}

function colorful(env: Surroundings['env'], terminal: boolean): boolean {
  const { NO_COLOR = '', FORCE_COLOR = '', TERM } = env;
  if (NO_COLOR !== '') return false;
  if (FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return terminal && TERM !== 'dumb';
}
