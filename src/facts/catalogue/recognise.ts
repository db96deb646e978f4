import { parseRunArguments, shellScript } from '../units/run-arguments.ts';
import type { Process } from '../processes.ts';
import { parseImageReference } from '../workloads/image-reference.ts';
import type { CatalogueService } from './catalogue.ts';
import { claimantOf, recognitionIndex, withoutDefaults, wordKey } from './recognition-index.ts';

/**
 * Programs that run another one, named by a later argument: what such a command line says counts
 * anywhere in it. In another's (`grep`, `vim`, `tail`) a service's name is only mentioned.
 */
const hosts = new RegExp(
  String.raw`^(?:python|pypy|node|nodejs|deno|bun|java|ruby|perl|sh|bash|dash|zsh)[\d.]*$|` +
    String.raw`^(?:uvicorn|gunicorn|hypercorn|daphne|flask|npm|npx|pnpm|yarn|uv|uvx|pipx|poetry|pipenv|hatch|conda|` +
    String.raw`micromamba|mamba|torchrun|accelerate|mpirun|env|sudo|doas|nice|ionice|nohup|numactl|taskset|setpriv|` +
    String.raw`gosu|su-exec|runuser|chroot|stdbuf|timeout|tini|dumb-init|s6-setuidgid|xvfb-run|exec|time)$`,
);

/** Interpreters: their first argument that is no option is the program's file. */
const interpreters = /^(?:python|pypy|node|nodejs|deno|bun|ruby|perl|sh|bash|dash|zsh)[\d.]*$/;

/** Recognises a service by its unit: by the unit's name, then by what it starts. */
export function recogniseUnit(
  name: string,
  execStart: readonly { readonly argv: readonly string[] }[],
): CatalogueService | null {
  const named = claimantOf(recognitionIndex().units, name);
  if (named !== null) return named;
  for (const argv of execStart.flatMap((command) => shellScript(command.argv) ?? [command.argv])) {
    const image = parseRunArguments(argv)?.image;
    const found =
      image === undefined
        ? recogniseCommand(argv, [])
        : recogniseImage(parseImageReference(image).repository);
    if (found !== null) return found;
  }
  return null;
}

/** Recognises a service by a process: its program, or the script or module that its interpreter runs. */
export function recogniseProcess(process: Pick<Process, 'argv' | 'name' | 'exe'>): CatalogueService | null {
  const program = process.exe?.replace(/ \(deleted\)$/, '') ?? '';
  return recogniseCommand(process.argv, [process.name, baseName(program)]);
}

/** Recognises a service by an image, wherever it was pulled from unless the catalogue names a registry. */
export function recogniseImage(repository: string): CatalogueService | null {
  const before = images.get(repository);
  if (before !== undefined) return before;
  const found = first(repositoryNames(repository), (name) => claimantOf(recognitionIndex().images, name));
  if (images.size < mostImages) images.set(repository, found);
  return found;
}

/** Every rule asks for every container's image. */
const images = new Map<string, CatalogueService | null>();
const mostImages = 10_000;

function recogniseCommand(argv: readonly string[], names: readonly string[]): CatalogueService | null {
  const programs = [...names, ...programNames(argv)].filter(
    (name) => name !== '' && !interpreters.test(name),
  );
  const named = first(programs, (program) => claimantOf(recognitionIndex().processes, program));
  return named ?? recogniseArguments(argv);
}

/** Base names of the program and, behind an interpreter, of the file that it runs. */
function programNames(argv: readonly string[]): string[] {
  const program = baseName(argv[0] ?? '');
  // A process that rewrote its title left one argument: `nginx: master process`.
  const names = [program];
  if (!interpreters.test(program)) return names;
  const script = argv.slice(1).find((argument) => !argument.startsWith('-'));
  const isInline = argv.slice(1).some((argument) => /^-[a-z]*[cem]$/.test(argument) || argument === '--eval');
  return script === undefined || isInline ? names : [...names, baseName(script)];
}

/** Recognises words that stand one after another, anywhere behind a program that runs another one. */
function recogniseArguments(argv: readonly string[]): CatalogueService | null {
  const { commands } = recognitionIndex();
  const starts = hosts.test(baseName(argv[0] ?? '')) ? [...argv.keys()] : [0];
  return first(starts, (start) => {
    const candidates = commands.get(wordKey(argv[start] ?? '')) ?? [];
    const found = candidates.find(({ words }) => words.every((word, at) => isWord(argv[start + at], word)));
    return found?.service ?? null;
  });
}

/** A path counts by its end, an option with its value behind `=`. */
function isWord(argument: string | undefined, word: string): boolean {
  if (argument === undefined) return false;
  return (
    argument === word ||
    argument.endsWith(`/${word}`) ||
    (word.startsWith('-') && argument.startsWith(`${word}=`))
  );
}

/** As written without Docker Hub's own, without any registry, and as a mirror's path ends. */
function repositoryNames(repository: string): string[] {
  const whole = withoutDefaults(repository);
  const registry = /^(?:[^/]*[.:][^/]*|localhost)\//.exec(whole)?.[0];
  if (registry === undefined) return [whole];
  const path = withoutDefaults(whole.slice(registry.length));
  const below = path.split('/').slice(1).join('/');
  // A pull-through mirror puts a project before the path: harbor.lan/dockerhub/ollama/ollama.
  return [whole, path, ...(below.includes('/') ? [withoutDefaults(below)] : [])];
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The first of the answers that is one. */
function first<T>(
  items: readonly T[],
  answer: (item: T) => CatalogueService | null,
): CatalogueService | null {
  for (const item of items) {
    const found = answer(item);
    if (found !== null) return found;
  }
  return null;
}
