/** Words of a command line as a shell splits it, nothing expanded; what a quote opens and nobody closes, to the end. */
export function shellWords(line: string): string[] {
  const words = line.matchAll(/(?:"(?:\\[^]|[^"\\])*"?|'[^']*'?|\\[^]?|[^\s"'\\])+/g);
  return Array.from(words, ([word]) =>
    word.replace(
      /"((?:\\[^]|[^"\\])*)"?|'([^']*)'?|\\([^]?)/g,
      (_, double?: string, single?: string, escaped?: string) =>
        double?.replace(/\\(["\\$`])/g, '$1') ?? single ?? escaped ?? '',
    ),
  );
}
