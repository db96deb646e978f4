import { visible } from '../visible.ts';

/**
 * A code span: nothing in it is Markdown, HTML, a mention, an issue or a link. GitHub makes those from
 * text even where a backslash stands before them, so a backslash would not do.
 */
export function code(text: string): string {
  const shown = visible(text);
  if (shown.trim() === '') return '`' + ' '.repeat(shown.length + 1) + '`';
  const longest = Math.max(0, ...Array.from(shown.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const padding = /^[` ]|[` ]$/.test(shown) ? ' ' : '';
  return `${fence}${padding}${shown}${padding}${fence}`;
}

/** A code span in a table, where a bar ends the cell even inside one. */
export function cell(text: string): string {
  return code(text.replaceAll('|', '\\x7c'));
}

/** Words without any sign that could be markup, an address or a reference. */
const harmless = /^[\p{L}\p{N}.,;()'"/%=?!–—…·→-]*$/u;
/** `www.` and, as GitHub links them, commits and `GH-1`. */
const linked = /www\.|gh-\d|(?<![0-9a-z])[0-9a-f]{7,40}(?![0-9a-z])/i;

/**
 * A sentence of a report. What it quotes in backticks stays code, and so becomes every word that
 * Markdown or GitHub could take for more than a word.
 */
export function prose(text: string): string {
  const parts = visible(text).split(/(`[^`]+`)/);
  return parts
    .map((part, index) => (index % 2 === 1 ? code(part.slice(1, -1)) : part.split(' ').map(word).join(' ')))
    .reduce(joined, '');
}

/** Two code spans that touched would become one, or none. */
function joined(before: string, part: string): string {
  return before.endsWith('`') && part.startsWith('`') ? `${before} ${part}` : before + part;
}

function word(text: string): string {
  const [, core = text, punctuation = ''] = /^(.*?)([.,;:)?!]*)$/su.exec(text) ?? [];
  if (harmless.test(core) && !linked.test(core)) return text;
  return code(core) + punctuation;
}

/** A fenced block, its fence longer than any run of backticks inside. */
export function fenced(text: string, indent: string, language = 'sh'): string[] {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...text.split('\n'), fence].map((line) =>
    line === '' ? '' : indent + line,
  );
}
