import { posix } from 'node:path';
import type { Host } from '../../host/host.ts';
import { parseRawVariables } from '../compose/dotenv.ts';
import { expandPath } from '../units/specifiers.ts';
import type { Workload } from '../workloads/workload.ts';
import type { Doubt, Quadlet, QuadletLine } from './quadlet-file.ts';
import { doubtAt, linesOf } from './quadlet-file.ts';

/**
 * A quadlet's container with what its EnvironmentFile= lines set: `NAME=the rest` a line, each file over the ones
 * before, and Environment= over them all; podman-run(1), --env-file.
 */
export async function withEnvironmentFiles(
  host: Host,
  quadlet: Quadlet,
  workload: Workload,
): Promise<Workload> {
  const environment: Record<string, string> = {};
  const places = new Map(workload.places);
  const doubts: Doubt[] = [];
  for (const line of linesOf(quadlet, 'Container', 'EnvironmentFile')) {
    const path = pathOf(host, quadlet, line);
    const text = path === null ? null : await host.read(path);
    if (path === null || text?.state !== 'known' || text.value === null) {
      doubts.push(doubtAt('environment', line, `takes it from ${line.value}, which was not read`));
      continue;
    }
    for (const [name, variable] of parseRawVariables(text.value).variables) {
      environment[name] = variable.value;
      if (!(name in workload.environment))
        places.set(`environment ${name}`, { file: path, line: variable.line, column: 1 });
    }
  }
  return {
    ...workload,
    environment: { ...environment, ...workload.environment },
    places,
    unsettled: new Map([...workload.unsettled, ...doubts]),
  };
}

/** Relative to the quadlet's own file; `null` where it is not known, or outside the repository. */
function pathOf(host: Host, { path, name, rootless, home }: Quadlet, { value }: QuadletLine): string | null {
  const written = value.replace(/^-/, '');
  const from = posix.dirname(path);
  if (host.origin.kind === 'project') {
    const isOutside = /^[/~]|[%$]/.test(written) || posix.join(`.${from}`, written).startsWith('..');
    return isOutside ? null : posix.resolve(from, written);
  }
  const unit = name.replace(/\.[a-z]+$/, '.service');
  const file = expandPath(written, unit, rootless === true ? 'user' : 'system', home);
  return file === null || /[*$]/.test(file) ? null : posix.resolve(from, file);
}
