import type { Process } from '../processes.ts';

/** `conmon -b STORAGE/overlay-containers/ID/userdata -c ID …`, one for each container that runs; conmon(8). */
export function storageOfMonitor({ name, argv }: Process): string | null {
  if (name !== 'conmon') return null;
  return (
    /^(\/.+)\/[a-z0-9]+-containers\/[0-9a-f]{64}\/userdata\/?$/.exec(valueAfter(argv, '-b') ?? '')?.[1] ??
    null
  );
}

/** The container that a monitor watches; `null` for another process. */
export function watchedBy({ name, argv }: Process): string | null {
  return name === 'conmon' ? valueAfter(argv, '-c') : null;
}

function valueAfter(argv: readonly string[], flag: string): string | null {
  const at = argv.indexOf(flag);
  return at === -1 ? null : (argv[at + 1] ?? null);
}
