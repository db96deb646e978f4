import { posix } from 'node:path';

/**
 * Compares absolute paths with patterns, component by component; `*` stands for any text in one.
 */
function componentsMatch(path: readonly string[], pattern: readonly string[]): boolean {
  return path.every((part, index) => {
    const expected = pattern[index];
    if (expected === undefined) return false;
    const [head = '', ...tail] = expected.split('*');
    if (tail.length === 0) return part === expected;
    const end = tail.join('*');
    return part.length >= head.length + end.length && part.startsWith(head) && part.endsWith(end);
  });
}

function parts(path: string): string[] {
  return path.split('/').filter(Boolean);
}

/**
 * An absolute path without detours. What /proc shows of a process's root and working directory is the host's own, as
 * far as a file tells (proc(5)): `/proc/1/root/etc` is /etc.
 */
export function straightened(path: string): string {
  const process = /^\/proc\/(?:self|thread-self|\d+)(?:\/task\/\d+)?\/(?:root|cwd)(?=\/|$)/;
  let at = posix.normalize(path);
  while (process.test(at)) at = posix.normalize(`/${at.replace(process, '')}`);
  return at;
}

/** Whether `path` is what the pattern names. */
export function isPath(path: string, pattern: string): boolean {
  const [left, right] = [parts(path), parts(pattern)];
  return left.length === right.length && componentsMatch(left, right);
}

/** Whether `path` is the directory above what the pattern names, or that itself. */
export function isAbove(path: string, pattern: string): boolean {
  return componentsMatch(parts(path), parts(pattern));
}

/** Whether `path` is in the directory that the pattern names, or that itself. */
export function isBelow(path: string, pattern: string): boolean {
  const right = parts(pattern);
  const left = parts(path);
  return left.length >= right.length && componentsMatch(left.slice(0, right.length), right);
}
