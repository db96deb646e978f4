/**
 * Splits lines as sshd does: the keyword by strdelim(), arguments by argv_split() (OpenSSH misc.c, since
 * 8.5: a `#` that starts a word ends the line, quotes of both kinds hold words together).
 */

export interface SplitLine {
  readonly keyword: string;
  /** What follows the keyword and its `=`, as written. */
  readonly rest: string;
}

/** `null` for an empty line and a comment. */
export function splitKeyword(text: string): SplitLine | null {
  const line = text.replace(/^[ \t\r]+/, '').replace(/[ \t\r\n\f]+$/, '');
  if (line === '' || line.startsWith('#')) return null;
  const word = takeWord(line);
  return word === null ? { keyword: line, rest: '' } : { keyword: word.word, rest: word.rest };
}

/** `null`: a quote is not closed, and sshd refuses the line. */
export function splitArguments(rest: string): string[] | null {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (rest[at] === ' ' || rest[at] === '\t') at++;
    if (at >= rest.length || rest[at] === '#') return words;
    let word = '';
    let quote = '';
    for (; at < rest.length; at++) {
      const character = rest[at] ?? '';
      if (character === '\\') {
        const next = rest[at + 1] ?? '';
        const escapes = next !== '' && (`'"\\`.includes(next) || (quote === '' && next === ' '));
        word += escapes ? next : character;
        if (escapes) at++;
      } else if (quote === '' && (character === ' ' || character === '\t')) break;
      else if (quote === '' && (character === '"' || character === "'")) quote = character;
      else if (character === quote) quote = '';
      else word += character;
    }
    if (quote !== '') return null;
    words.push(word);
  }
}

/** The words of a Match line, which sshd still splits by strdelim(); a word that starts with `#` ends it. */
export function splitCriteria(rest: string): string[] | null {
  const words: string[] = [];
  let text = rest;
  while (text !== '') {
    const found = takeWord(text);
    if (found === null) return null;
    if (found.word.startsWith('#')) break;
    if (found.word === '' && found.rest === '') break;
    words.push(found.word);
    text = found.rest;
  }
  return words;
}

/** One strdelim() step: up to white space, one `=`, or through a quoted word; `null` for an open quote. */
function takeWord(text: string): { word: string; rest: string } | null {
  const delimiter = /[ \t\r\n"=]/.exec(text);
  if (delimiter === null) return { word: text, rest: '' };
  const { index } = delimiter;
  if (delimiter[0] === '"') {
    // The opening quote may stand inside the word: what precedes it stays.
    const close = text.indexOf('"', index + 1);
    if (close < 0) return null;
    const word = text.slice(0, index) + text.slice(index + 1, close);
    return { word, rest: text.slice(close + 1).replace(/^[ \t\r\n]+/, '') };
  }
  let rest = text.slice(index + 1).replace(/^[ \t\r\n]+/, '');
  if (delimiter[0] !== '=' && rest.startsWith('=')) rest = rest.slice(1).replace(/^[ \t\r\n]+/, '');
  return { word: text.slice(0, index), rest };
}
