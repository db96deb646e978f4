import { Query } from '../facts/exposure/query.ts';
import { parseQueries, readQueries } from './query-file.ts';
import { UsageError, oneOf } from './usage-error.ts';

export interface QueryOptions {
  readonly port?: number;
  readonly from?: string;
  readonly to?: string;
  readonly proto?: string;
  readonly interface?: string;
  readonly queries?: string;
}

export interface Questions {
  readonly queries: readonly Query[];
  /** Asked on the command line, not in a file. */
  readonly single: boolean;
}

/**
 * What the options ask; `null` where they ask for the whole list.
 *
 * @throws UsageError for half a question; InputError naming the line of a file
 */
export async function questionsOf(options: QueryOptions): Promise<Questions | null> {
  const { queries: file, port, from, to, proto, interface: name } = options;
  if (file !== undefined) {
    const given = Object.entries({ from, to, port, proto, interface: name }).find(
      ([, value]) => value !== undefined,
    );
    if (given !== undefined) {
      throw new UsageError(`--queries and --${given[0]} exclude each other: each line of the file says it`);
    }
    return { queries: parseQueries(await readQueries(file), file), single: false };
  }
  const asked = Object.entries({ from, to, proto, interface: name }).find(([, value]) => value !== undefined);
  if (asked === undefined) return null;
  return { queries: [questionOf(options, asked[0])], single: true };
}

/** @param asked - the option by which it is known for a question */
function questionOf({ from, to, port, proto, interface: name }: QueryOptions, asked: string): Query {
  const missing = [
    ...(from === undefined ? ['--from ADDR'] : []),
    ...(to === undefined ? ['--to ADDR'] : []),
    ...(port === undefined ? ['--port N'] : []),
  ];
  if (missing.length > 0) {
    throw new UsageError(`--${asked} belongs to a question: add ${missing.join(', ')}`);
  }
  const parsed = Query.safeParse({
    ...{ from, to, port, interface: name },
    proto: oneOf('protocol', proto ?? 'tcp', ['tcp', 'udp']),
  });
  if (parsed.success) return parsed.data;
  const [problem] = parsed.error.issues;
  const option = String(problem?.path[0]);
  const typed = { from, to }[option] ?? '';
  throw new UsageError(`--${option} ${typed}: ${problem?.message ?? ''}`);
}
