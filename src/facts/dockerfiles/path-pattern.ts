/**
 * A pattern of COPY (Go, filepath.Match), or with `**` one of a .dockerignore (moby/patternmatcher). `*` and `?` take a
 * leading dot, too, and no slash.
 */
export type PathPattern = readonly Part[];

type Part =
  | { readonly kind: 'one'; takes(character: string): boolean }
  /** As many as there are: of all characters, or of all but a slash. */
  | { readonly kind: 'many'; readonly crosses: boolean };

export function hasWildcard(path: string): boolean {
  return /[*?[\\]/.test(path);
}

export function parsePattern(text: string): PathPattern {
  const parts: Part[] = [];
  for (const [token] of text.matchAll(/\*\*\/?|\*|\?|\\.|\[\^?(?:\\.|[^\]\\])+\]|./gsu)) {
    if (token.startsWith('**')) parts.push({ kind: 'many', crosses: true });
    else if (token === '*') parts.push({ kind: 'many', crosses: false });
    else if (token === '?') parts.push({ kind: 'one', takes: (character) => character !== '/' });
    else if (token.length > 1 && token.startsWith('[')) parts.push({ kind: 'one', takes: classOf(token) });
    else {
      const literal = token.length > 1 && token.startsWith('\\') ? token.slice(1) : token;
      parts.push({ kind: 'one', takes: (character) => character === literal });
    }
  }
  return parts;
}

/** `[a-z]`, `[^a]`. */
function classOf(token: string): (character: string) => boolean {
  const isNegated = token.startsWith('[^');
  const inside = token.slice(isNegated ? 2 : 1, -1);
  const ranges = Array.from(
    inside.matchAll(/(\\.|[^\\])(?:-(\\.|[^\\]))?/gsu),
    ([, from = '', to = from]) => ({
      from: from.replace(/^\\(?=.)/s, ''),
      to: to.replace(/^\\(?=.)/s, ''),
    }),
  );
  return (character) =>
    character !== '/' && ranges.some(({ from, to }) => from <= character && character <= to) !== isNegated;
}

/** Follows every way through the pattern at once, so that no pattern takes longer than its length times the path's. */
export function matchesPath(pattern: PathPattern, path: string): boolean {
  let reached = closure(pattern, new Set([0]));
  for (const character of path) {
    const next = new Set<number>();
    for (const at of reached) {
      const part = pattern[at];
      if (part === undefined) continue;
      if (part.kind === 'one') {
        if (part.takes(character)) next.add(at + 1);
      } else if (part.crosses || character !== '/') next.add(at);
    }
    if (next.size === 0) return false;
    reached = closure(pattern, next);
  }
  return reached.has(pattern.length);
}

/** What can be reached without another character: `*` takes none, too. */
function closure(pattern: PathPattern, reached: Set<number>): ReadonlySet<number> {
  // A set hands out what is added while it is walked.
  for (const at of reached) if (pattern[at]?.kind === 'many') reached.add(at + 1);
  return reached;
}
