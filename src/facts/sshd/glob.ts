import type { Host } from '../../host/host.ts';

export interface GlobResult {
  /** In the order of glob(3) in the C locale. */
  readonly paths: readonly string[];
  /** Directories whose names were matched: a new file there would be read. */
  readonly directories: readonly string[];
  /** Why the list may lack paths. */
  readonly unread: readonly string[];
}

/** Paths that match a pattern of glob(7): `*`, `?` and `[…]`, none of which match a leading dot. */
export async function expandGlob(host: Host, pattern: string): Promise<GlobResult> {
  const directories: string[] = [];
  const unread: string[] = [];
  let prefixes = [''];
  for (const part of pattern.split('/').filter(Boolean)) {
    const next: string[] = [];
    for (const prefix of prefixes) {
      if (!/[*?[]/.test(part)) {
        next.push(`${prefix}/${part.replace(/\\(.)/g, '$1')}`);
        continue;
      }
      const names = await host.list(prefix === '' ? '/' : prefix);
      if (names.state === 'unknown') unread.push(names.detail);
      else if (names.value !== null) {
        directories.push(prefix);
        const test = globTest(part);
        next.push(...names.value.filter(test).map((name) => `${prefix}/${name}`));
      }
    }
    prefixes = next;
  }
  return { paths: prefixes.toSorted(byBytes), directories, unread };
}

function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function globTest(part: string): (name: string) => boolean {
  const source = part.replace(/\\(.)|\[!?\]?[^\]]*\]|[\s\S]/g, (token, escaped: string | undefined) => {
    if (escaped !== undefined) return quoteForRegExp(escaped);
    if (token === '*') return '[^]*';
    if (token === '?') return '[^]';
    if (token.length > 1)
      return `[${token
        .slice(1, -1)
        .replace(/^!/, '^')
        .replace(/[\\[\]]/g, '\\$&')}]`;
    return quoteForRegExp(token);
  });
  const expression = compile(source);
  return (name) => (part.startsWith('.') || !name.startsWith('.')) && (expression?.test(name) ?? false);
}

/** A range such as `[z-a]` matches nothing. */
function compile(source: string): RegExp | null {
  try {
    return new RegExp(`^${source.replace(/(?:\[\^\]\*)+/g, '[^]*')}$`);
  } catch {
    return null;
  }
}

function quoteForRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
