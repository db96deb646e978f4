/** A word, and where the next one may begin. */
export interface Word {
  readonly text: string;
  readonly next: number;
}

const blank = /[ \t\n\r]/;

/**
 * Takes one word as systemd does: quotes removed, C escapes resolved; see "Quoting" in systemd.syntax(7).
 *
 * @param relaxed - keeps an unknown escape as it is written, where systemd otherwise refuses the line
 * @returns `null` at the end of the text, `invalid` for an open quote or an unknown escape
 */
export function nextWord(text: string, from: number, relaxed = false): Word | 'invalid' | null {
  const word = newText();
  let at = skipBlanks(text, from);
  if (at >= text.length) return null;
  let quote = '';
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === '\\') {
      const escape = escapeAt(text, at + 1);
      if (escape === null && !relaxed) return 'invalid';
      if (at + 1 >= text.length && quote !== '') return 'invalid';
      if (escape === null) word.add(text.slice(at, at + 2));
      else if (escape.isByte) word.addByte(escape.code);
      else word.add(String.fromCodePoint(escape.code));
      at += 1 + (escape?.length ?? 1);
    } else if (quote !== '') {
      if (character === quote) quote = '';
      else word.add(character);
      at += 1;
    } else if (character === '"' || character === "'") {
      quote = character;
      at += 1;
    } else if (blank.test(character)) {
      return { text: word.text(), next: skipBlanks(text, at) };
    } else {
      word.add(character);
      at += 1;
    }
  }
  return quote === '' ? { text: word.text(), next: text.length } : 'invalid';
}

/** As systemd takes words of a command: unknown escapes stay, an open quote is an error. */
export function nextCommandWord(text: string, from: number): Word | 'invalid' | null {
  const word = nextWord(text, from);
  return word === 'invalid' ? nextWord(text, from, true) : word;
}

/** All words; `null` when one is not valid. */
export function words(text: string): string[] | null {
  const found: string[] = [];
  for (let at = 0; ;) {
    const word = nextWord(text, at);
    if (word === null) return found;
    if (word === 'invalid') return null;
    found.push(word.text);
    at = word.next;
  }
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && blank.test(text.charAt(at))) at += 1;
  return at;
}

interface Escape {
  readonly code: number;
  readonly isByte: boolean;
  /** Characters after the backslash. */
  readonly length: number;
}

const letters: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
  s: ' ',
};

/** The escape whose backslash stands before `at`; `null` for one that systemd does not know. */
function escapeAt(text: string, at: number): Escape | null {
  const simple = letters[text.charAt(at)];
  if (simple !== undefined) return { code: simple.charCodeAt(0), isByte: false, length: 1 };
  const rest = text.slice(at, at + 9);
  const byte = /^x([0-9a-fA-F]{2})/.exec(rest)?.[1];
  if (byte !== undefined) return numeric(Number.parseInt(byte, 16), true, 3, 0xff);
  const octal = /^[0-7]{3}/.exec(rest)?.[0];
  if (octal !== undefined) return numeric(Number.parseInt(octal, 8), true, 3, 0xff);
  const point = (/^u([0-9a-fA-F]{4})/.exec(rest) ?? /^U([0-9a-fA-F]{8})/.exec(rest))?.[1];
  if (point === undefined) return null;
  const code = Number.parseInt(point, 16);
  return code >= 0xd800 && code <= 0xdfff ? null : numeric(code, false, point.length + 1, 0x10ffff);
}

function numeric(code: number, isByte: boolean, length: number, most: number): Escape | null {
  return code === 0 || code > most ? null : { code, isByte, length };
}

/** Text made of characters and of bytes that are UTF-8 only together. */
function newText() {
  let done = '';
  let bytes: number[] = [];
  const flush = () => {
    if (bytes.length > 0) done += Buffer.from(bytes).toString('utf8');
    bytes = [];
  };
  return {
    add: (text: string) => {
      flush();
      done += text;
    },
    addByte: (byte: number) => {
      bytes.push(byte);
    },
    text: () => {
      flush();
      return done;
    },
  };
}
