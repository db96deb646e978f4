import type { CatalogueService } from './catalogue.ts';
import { catalogue } from './catalogue.ts';
import { globExpression } from './glob.ts';

/** The catalogue by what its services are recognised by; where two claim a name, the first has it. */
export interface RecognitionIndex {
  readonly units: Names;
  readonly images: Names;
  readonly processes: Names;
  /** By {@link wordKey} of a command's first word. */
  readonly commands: ReadonlyMap<string, readonly Command[]>;
}

export interface Command {
  readonly words: readonly string[];
  readonly service: CatalogueService;
}

interface Names {
  readonly exact: ReadonlyMap<string, CatalogueService>;
  readonly globs: readonly { readonly expression: RegExp; readonly service: CatalogueService }[];
}

let index: RecognitionIndex | undefined;

/** Thousands of units and processes are held against hundreds of names: they are prepared once. */
export function recognitionIndex(): RecognitionIndex {
  index ??= {
    units: namesOf(({ units }) => units),
    images: namesOf(({ images }) => images.map(withoutDefaults)),
    processes: namesOf(({ processes }) => processes),
    commands: commandsByKey(),
  };
  return index;
}

/** The service that claims a name. */
export function claimantOf({ exact, globs }: Names, name: string): CatalogueService | null {
  return exact.get(name) ?? globs.find(({ expression }) => expression.test(name))?.service ?? null;
}

/** What two arguments that could be the same word share: a path's last part, an option without its value. */
export function wordKey(word: string): string {
  return word.startsWith('-') ? word.replace(/=.*$/s, '') : word.slice(word.lastIndexOf('/') + 1);
}

/** An image repository without Docker Hub's own names. */
export function withoutDefaults(repository: string): string {
  return repository
    .toLowerCase()
    .replace(/^(?:index\.|registry-1\.)?docker\.io\//, '')
    .replace(/^library\//, '');
}

function namesOf(names: (service: CatalogueService) => readonly string[]): Names {
  const exact = new Map<string, CatalogueService>();
  const globs: { expression: RegExp; service: CatalogueService }[] = [];
  for (const service of catalogue().services) {
    for (const name of names(service)) {
      if (name.includes('*')) globs.push({ expression: globExpression(name), service });
      else if (!exact.has(name)) exact.set(name, service);
    }
  }
  return { exact, globs };
}

function commandsByKey(): ReadonlyMap<string, Command[]> {
  const byKey = new Map<string, Command[]>();
  for (const service of catalogue().services) {
    for (const command of service.commands) {
      const words = command.split(' ');
      const key = wordKey(words[0] ?? '');
      byKey.set(key, [...(byKey.get(key) ?? []), { words, service }]);
    }
  }
  return byKey;
}
