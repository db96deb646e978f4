import type { Unit } from './unit.ts';

/** Directories that ProtectSystem=full and ProtectHome=read-only close. */
const closed = /^\/(?:usr|boot|efi|etc|home|root|run\/user)\//;
const places = /(?:HOME|DIR|DIRECTORY|PATH|FOLDER|MODELS|CACHE|DATA|STORE)$/;

/**
 * Directories that a service plainly works in and a sandbox would close to it: its working directory, its
 * account's home as its settings name it, and those that its environment names.
 */
export function keptWritable({ settings, environment, service }: Unit): string[] {
  const working = (settings.WorkingDirectory?.value ?? '').replace(/^[-!]/, '');
  const named = Object.entries(environment)
    .filter(([name]) => places.test(name) && name !== 'PATH' && !name.endsWith('_PATH_PREFIX'))
    .map(([, { value }]) => value);
  // Ollama's own installer makes this home, and models are below it.
  const known = service === 'ollama' ? ['/usr/share/ollama'] : [];
  const paths = [working, ...named, ...known].filter((path) => closed.test(path) && !/[\s:%]/.test(path));
  return [...new Set(paths)].toSorted();
}
