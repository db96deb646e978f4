import { posix } from 'node:path';
import { composeLabels } from '../compose/labels.ts';
import { hostArguments } from './default-engine.ts';
import type { Workload } from './workload.ts';

/**
 * The words that start Docker Compose on what a workload is made from: with another project name or other variables
 * it would make a second set of containers, with empty volumes, or not the same ones.
 *
 * @returns `undefined` where no compose file is known, or Docker has not made it
 */
export function composeCommand(workload: Workload): readonly string[] | undefined {
  const { source, engine, definition, labels } = workload;
  const files = (workload.compose ?? definition?.service?.compose)?.files;
  if (files === undefined || source === 'podman') return undefined;
  const named = files.flatMap((file) => ['-f', file]);
  // What a file in a repository says of labels is no word of Compose.
  if (source === 'compose') return ['docker', 'compose', ...named];
  const { project, directory, environmentFiles } = composeLabels(labels);
  const isElsewhere = directory !== null && directory !== posix.dirname(files[0] ?? '');
  return [
    'docker',
    ...(engine === null ? [] : hostArguments(engine)),
    'compose',
    ...(project === null ? [] : ['-p', project]),
    ...(isElsewhere ? ['--project-directory', directory] : []),
    ...environmentFiles.flatMap((file) => ['--env-file', file]),
    ...named,
  ];
}
