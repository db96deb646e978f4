import type * as z from 'zod';
import type { Evidence } from '../../host/evidence.ts';
import { known, unknown } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';

/** What `ip -j …` prints. */
export async function readJson<T>(
  host: Host,
  argv: readonly [string, ...string[]],
  shape: z.ZodType<T>,
): Promise<Evidence<T>> {
  const output = await host.run(argv);
  if (output.state === 'unknown') return output;
  const { exitCode, stdout, stderr } = output.value;
  if (exitCode !== 0) {
    return unknown('unsupported', `${output.source} failed: ${stderr.trim().slice(0, 200)}`, output.source);
  }
  try {
    const parsed = shape.safeParse(JSON.parse(stdout.trim() === '' ? '[]' : stdout));
    if (parsed.success) return known(parsed.data, output.source);
  } catch {
    // The answer below says it.
  }
  return unknown('unparsable', `${output.source} printed something else than JSON`, output.source);
}
