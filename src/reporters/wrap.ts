import { visible } from './visible.ts';

/** Columns that a terminal gives a text without control characters. */
export function displayWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += columnsOf(character);
  return columns;
}

/**
 * Lines of at most `width` columns, broken between words; a word longer than a line is broken inside.
 * Line breaks and controls in the text are made visible first, so that it forms no lines of its own.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of visible(text).split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (displayWidth(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = cut(word, width);
    line = pieces.pop() ?? '';
    lines.push(...pieces);
  }
  return [...lines, line];
}

/** One line of at most `width` columns: a longer text ends in an ellipsis. */
export function clip(text: string, width: number): string {
  // A line of a megabyte is not worth its time: what may be left of it is near its beginning.
  const shown = visible(text.slice(0, width * 16));
  if (displayWidth(shown) <= width && text.length <= width * 16) return shown;
  const [first = ''] = cut(shown, Math.max(1, width - 1));
  return `${first.trimEnd()}…`;
}

/** A text cut into pieces of at most `width` columns, never inside a character. */
function cut(text: string, width: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  let columns = 0;
  for (const character of text) {
    const more = columnsOf(character);
    if (columns + more > width && piece !== '') {
      pieces.push(piece);
      [piece, columns] = ['', 0];
    }
    piece += character;
    columns += more;
  }
  return [...pieces, piece];
}

/** Marks that combine with the character before them take no column of their own. */
const combining = /^\p{M}$/u;

/** East Asian wide and full-width characters, and emoji: see Unicode Standard Annex 11. */
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1b000}-\u{1b2ff}\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1faff}\u{20000}-\u{3fffd}]$/u;

function columnsOf(character: string): number {
  if (combining.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}
