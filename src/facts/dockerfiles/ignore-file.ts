import { posix } from 'node:path';
import type { PathPattern } from './path-pattern.ts';
import { matchesPath, parsePattern } from './path-pattern.ts';

/** What a .dockerignore leaves out of a build's context; the last line that takes a path decides. */
export type IgnoreFile = readonly { readonly pattern: PathPattern; readonly isException: boolean }[];

/** Reads one as a build does (moby/patternmatcher, ignorefile.ReadAll). */
export function parseIgnoreFile(text: string): IgnoreFile {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.trim())
    .flatMap((line) => {
      const isException = line.startsWith('!');
      const path = cleanPath(isException ? line.slice(1).trim() : line);
      return path === '' ? [] : [{ pattern: parsePattern(path), isException }];
    });
}

/** Whether it leaves a path of the context out: by itself, or with a directory that it is in. */
export function ignores(file: IgnoreFile, path: string): boolean {
  const along = withParents(path);
  let isOut = false;
  for (const { pattern, isException } of file) {
    if (isOut === isException && along.some((each) => matchesPath(pattern, each))) isOut = !isException;
  }
  return isOut;
}

/** A path and the directories that it is in: `a/b/c`, `a/b`, `a`. */
export function withParents(path: string): readonly string[] {
  const paths = [path];
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    paths.push(path.slice(0, end));
  }
  return paths;
}

/** Relative to the context, which nothing leads out of; empty for the context itself. */
export function cleanPath(path: string): string {
  return posix.normalize(`/${path}`).replace(/^\/+|\/+$/g, '');
}
