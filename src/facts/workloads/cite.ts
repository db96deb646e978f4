import type { Citation } from '../../engine/check.ts';
import type { Workload } from './workload.ts';

/** Where a workload's setting can be seen: `HostConfig.Privileged: true` in `docker inspect NAME`. */
export function citeSetting(workload: Workload, path: string, value: unknown): Citation {
  return { source: workload.origin, line: null, excerpt: `${path}: ${JSON.stringify(value)}` };
}

/** What every message and remediation over a workload may fill in. */
export interface WorkloadData extends Readonly<Record<string, string>> {
  readonly name: string;
  readonly image: string;
  /** Where a person edits it: the service of a compose file, else the container itself. */
  readonly place: string;
}

/** `directory` is among them where the definition may be edited in place. */
export function workloadData(workload: Workload): WorkloadData {
  const { name, image, directory, labels, autoRemove } = workload;
  const service = labels['com.docker.compose.service'];
  return {
    name,
    image: image.reference,
    place:
      service === undefined
        ? `container ${name}${autoRemove ? ' (made with --rm, so that it is gone when it stops: run it anew)' : ''}`
        : `service ${service}${composeFile(labels)}`,
    ...(directory === null ? {} : { directory }),
  };
}

function composeFile(labels: Workload['labels']): string {
  const file = labels['com.docker.compose.project.config_files'];
  return file === undefined || file === '' ? '' : ` in ${file}`;
}
