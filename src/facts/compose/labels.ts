import { posix } from 'node:path';
import type { Workload } from '../workloads/workload.ts';

/** What Docker Compose says on the containers that it makes of how it was started. */
export interface ComposeLabels {
  /** `null` where no label tells it. */
  readonly project: string | null;
  /** As written: `-` is standard input. */
  readonly files: readonly string[];
  /** Of the project; where no label tells it, its first file's. `null` where neither is absolute. */
  readonly directory: string | null;
  /** What `--env-file` named, which then stand in place of the .env in the project's directory. */
  readonly environmentFiles: readonly string[];
}

/** docker/compose, pkg/api/labels.go. Compose v1 names a file of variables from the project's directory. */
export function composeLabels(labels: Workload['labels']): ComposeLabels {
  const told = (name: string) => labels[`com.docker.compose.project${name}`] ?? '';
  const listed = (name: string) =>
    told(name)
      .split(',')
      .filter((path) => path !== '');
  const files = listed('.config_files');
  const directory = told('.working_dir') || posix.dirname(files[0] ?? '');
  const isAbsolute = directory.startsWith('/');
  return {
    project: told('') || null,
    files,
    directory: isAbsolute ? directory : null,
    environmentFiles: listed('.environment_file').map((path) =>
      isAbsolute ? posix.resolve(directory, path) : path,
    ),
  };
}
