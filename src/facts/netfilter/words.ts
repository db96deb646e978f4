/** Splits a line of iptables-save into its arguments; `null` when a quote does not end. */
export function splitWords(line: string): readonly string[] | null {
  const words: string[] = [];
  const pattern = /\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"']+))(?=\s|$)/gy;
  let end = 0;
  for (const match of line.matchAll(pattern)) {
    words.push(match[1]?.replace(/\\(.)/g, '$1') ?? match[2] ?? match[3] ?? '');
    end = match.index + match[0].length;
  }
  return line.slice(end).trim() === '' ? words : null;
}
