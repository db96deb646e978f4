/** A word as written, quotes and escapes kept. */
export interface RawWord {
  readonly text: string;
  /** Where it begins in the text that was split. */
  readonly at: number;
}

/** Splits at blanks outside of quotes (moby/buildkit, frontend/dockerfile/shell/lex.go). */
export function rawWords(text: string, escape: string): readonly RawWord[] {
  const words: RawWord[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    const end = endOfWord(text, at, escape);
    words.push({ text: text.slice(at, end), at });
    at = end;
  }
  return words;
}

/** Whether each quote has its end; a backslash escapes one, but not between single quotes. */
export function areQuotesClosed(text: string): boolean {
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\\' && quote !== "'") at += 1;
    else if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
  }
  return quote === '';
}

/** Splits at every blank: FROM, COPY and ADD know no quotes around blanks. */
export function plainWords(text: string): readonly RawWord[] {
  return Array.from(text.matchAll(/\S+/g), (match) => ({ text: match[0], at: match.index }));
}

function endOfWord(text: string, from: number, escape: string): number {
  let quote = '';
  let at = from;
  for (; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === escape && quote !== "'") at += 1;
    else if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (/\s/.test(character)) break;
  }
  return Math.min(at, text.length);
}

/** A word with its variables filled in. */
export interface Resolved {
  readonly text: string;
  /** Variables that stand in it and have no value in the file: an argument of the build, or one of the base image. */
  readonly missing: readonly string[];
}

/** Values by name; a name that is not there has none in the file. */
export interface Environment {
  get(name: string): Resolved | undefined;
}

/** Takes quotes away and fills variables in, as a build does for ENV, FROM, USER, COPY and others. */
export function resolveWord(word: string, environment: Environment, escape: string): Resolved {
  const state: Cursor = { word, at: 0, environment, escape, missing: [], room: longest };
  const text = takeUntil(state, '', 0);
  return { text, missing: [...new Set(state.missing)] };
}

interface Cursor {
  readonly word: string;
  at: number;
  readonly environment: Environment;
  readonly escape: string;
  readonly missing: string[];
  /** Characters that variables may still add. */
  room: number;
}

const deepest = 20;
/** Characters that variables may add to a word: one that names itself twice would double each time. */
const longest = 65_536;

function takeUntil(cursor: Cursor, end: string, depth: number): string {
  const parts: string[] = [];
  const { word, escape } = cursor;
  let quoted = false;
  while (cursor.at < word.length) {
    const character = word.charAt(cursor.at);
    if (character === end && !quoted) return parts.join('');
    if (character === "'" && !quoted) {
      const close = word.indexOf("'", cursor.at + 1);
      const stop = close === -1 ? word.length : close;
      parts.push(word.slice(cursor.at + 1, stop));
      cursor.at = stop + 1;
    } else if (character === '"') {
      quoted = !quoted;
      cursor.at += 1;
    } else if (character === escape) {
      const next = word.charAt(cursor.at + 1);
      parts.push(quoted && !`"$${escape}`.includes(next) ? escape + next : next);
      cursor.at += 2;
    } else if (character === '$') {
      parts.push(takeVariable(cursor, depth));
    } else {
      parts.push(character);
      cursor.at += 1;
    }
  }
  return parts.join('');
}

function takeVariable(cursor: Cursor, depth: number): string {
  const { word, environment, missing } = cursor;
  // Names are short: a look at the next characters keeps this linear.
  const ahead = word.slice(cursor.at, cursor.at + 260);
  const plain = /^\$([A-Za-z_]\w*|\d|[@#?*!$-])/.exec(ahead);
  const braced = /^\$\{([A-Za-z_]\w*)(:?[-+?]|[#%/}])/.exec(ahead);
  const [whole = '$', name = '', operator = '}'] = braced ?? plain ?? [];
  cursor.at += whole.length;
  if (name === '') return whole;
  const value = environment.get(name);
  const say = (resolved: Resolved | undefined) => {
    cursor.room -= resolved?.text.length ?? 0;
    if (resolved === undefined || cursor.room < 0) missing.push(name);
    else for (const each of resolved.missing) missing.push(each);
    return cursor.room < 0 ? '' : (resolved?.text ?? '');
  };
  if (operator === '}') return say(value);
  if (depth >= deepest) {
    missing.push(name);
    cursor.at = word.length;
    return '';
  }
  const before = missing.length;
  const alternative = takeUntil(cursor, '}', depth + 1);
  cursor.at += 1;
  const isSet =
    value !== undefined && (!operator.startsWith(':') || value.text !== '' || value.missing.length > 0);
  if (operator.endsWith('-')) {
    if (!isSet) return alternative;
    missing.length = before;
    return say(value);
  }
  if (operator.endsWith('+')) {
    if (isSet) return alternative;
    missing.length = before;
    return '';
  }
  missing.length = before;
  if (operator.endsWith('?')) return say(value);
  // ${x#pattern}, ${x%pattern}, ${x/pattern/replacement}: not followed.
  missing.push(name);
  return value?.text ?? '';
}
