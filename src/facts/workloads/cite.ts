import type { Citation } from '../../engine/check.ts';
import { composeCommand } from './compose-command.ts';
import type { Place, Setting } from './setting.ts';
import { settingNames } from './setting.ts';
import type { KernelTruth, Workload } from './workload.ts';

/**
 * Where a workload's setting can be seen: `HostConfig.Privileged: true` in `docker inspect NAME`, or the line
 * of the file that says it. A setting that nobody wrote is shown where the workload begins.
 *
 * @param entry - of a list or map, the entry that it is about; see {@link Places}
 */
export function citeSetting(workload: Workload, setting: Setting, value: unknown, entry?: string): Citation {
  const { source, origin } = workload;
  const names = settingNames[setting];
  const name = source === 'compose' || source === 'kubernetes' ? names[source] : names.engine;
  const excerpt = `${name}${entry === undefined ? '' : ` ${entry}`}: ${JSON.stringify(asWritten(source, setting, value))}`;
  const place = placeOf(workload, setting, entry);
  if (place === null) return { source: origin, line: null, excerpt, setting };
  return { source: place.file, line: place.line, column: place.column, excerpt, setting };
}

/** A pod says with true or false whether it is in a namespace of its node. */
function asWritten(source: Workload['source'], setting: Setting, value: unknown): unknown {
  const isNamespace = ['network', 'pid', 'ipc', 'uts', 'userns'].includes(setting);
  return source === 'kubernetes' && isNamespace ? value === 'host' : value;
}

/** Where it is written, or where the workload begins; `null` for one that no file describes. */
export function placeOf({ places }: Workload, setting: Setting, entry?: string): Place | null {
  const own = entry === undefined ? undefined : places.get(`${setting} ${entry}`);
  return own ?? places.get(setting) ?? places.get('workload') ?? null;
}

/** What every message and remediation over a workload may fill in. */
export interface WorkloadData extends Readonly<Record<string, string | readonly string[]>> {
  readonly name: string;
  readonly image: string;
  /** Where a person edits it: the service of a compose file, else the container itself. */
  readonly place: string;
}

/** `directory` is among them where the definition may be edited in place, `file` where a file describes it,
 * `compose` and `composeService` where Compose makes it, `swarmService` where a Swarm does; see {@link composeCommand}. */
export function workloadData(workload: Workload): WorkloadData {
  const { name, image, directory } = workload;
  const file = beginningOf(workload)?.file;
  const compose = composeCommand(workload);
  const task = swarmServiceOf(workload.labels);
  const service = (workload.compose ?? workload.definition?.service?.compose)?.service;
  return {
    name,
    image: image.reference,
    place: placeWords(workload),
    ...(directory === null ? {} : { directory }),
    ...(file === undefined ? {} : { file }),
    ...(compose === undefined ? {} : { compose }),
    ...(service === undefined ? {} : { composeService: service }),
    ...(task === undefined ? {} : { swarmService: task }),
  };
}

/** The Swarm's service that a container is a task of; `undefined`: of none. */
export function swarmServiceOf(labels: Workload['labels']): string | undefined {
  return labels['com.docker.swarm.service.name'];
}

/** Where a file says what it is: its own, or the one that Compose made it from. */
function beginningOf({ places, definition }: Workload): Place | undefined {
  return places.get('workload') ?? definition?.service?.places.get('workload');
}

function placeWords(workload: Workload): string {
  const { name, source, labels, autoRemove, definition } = workload;
  const begins = beginningOf(workload);
  const service = labels['com.docker.compose.service'];
  if (begins !== undefined) {
    const isService = source === 'compose' || definition !== undefined;
    const what = isService ? `service ${service ?? name}` : `container ${name}`;
    return `${what} in ${begins.file}:${String(begins.line)}`;
  }
  if (source === 'podman') return `container ${name} of Podman`;
  const task = swarmServiceOf(labels);
  if (task !== undefined) return `service ${task} of the Swarm (by docker service update)`;
  if (service !== undefined) return `service ${service}${composeFile(labels)}`;
  return `container ${name}${autoRemove ? ' (made with --rm, so that it is gone when it stops: run it anew)' : ''}`;
}

function composeFile(labels: Workload['labels']): string {
  const file = labels['com.docker.compose.project.config_files'];
  return file === undefined || file === '' ? '' : ` in ${file}`;
}

/** A line of /proc/PID that says what the kernel holds the workload's first process to. */
export function citeKernel({ pid }: KernelTruth, file: string, excerpt: string): Citation {
  return { source: `/proc/${String(pid)}/${file}`, line: null, excerpt };
}
