import type { Evidence } from '../../host/evidence.ts';
import { known, unknown } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';

/**
 * Whom the access control list of a file lets write beside its owner, group and others, as `user bob`; acl(5),
 * getfacl(1). None where getfacl is not installed: nor is setfacl then, which makes such entries.
 */
export async function namedWriters(host: Host, path: string): Promise<Evidence<readonly string[]>> {
  const listed = await host.run(['getfacl', '--omit-header', '--absolute-names', '--', path]);
  if (listed.state === 'unknown') return listed.why === 'tool-missing' ? known([], listed.source) : listed;
  const { exitCode, stdout, stderr } = listed.value;
  if (exitCode !== 0) return unknown('unsupported', `getfacl failed: ${stderr.trim()}`, listed.source);
  return known(stdout.split('\n').flatMap(writerOf), listed.source);
}

/** `user:bob:rwx  #effective:r-x`: what the mask leaves counts. */
function writerOf(line: string): string[] {
  const [, kind, name, written, effective] =
    /^(user|group):([^:]+):([r-][w-][x-])(?:\s+#effective:([r-][w-][x-]))?$/.exec(line) ?? [];
  if (kind === undefined || name === undefined) return [];
  return (effective ?? written)?.includes('w') === true ? [`${kind} ${name}`] : [];
}
