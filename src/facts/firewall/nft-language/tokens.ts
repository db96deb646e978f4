import ipaddr from 'ipaddr.js';

/** A file in the language of nft(8). */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** A piece of the language, as nft's src/scanner.l cuts it. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'variable' | 'sign' | 'newline';
  /** Without quotes, and without the `$` of a variable. */
  readonly text: string;
  readonly file: SourceFile;
  /** 1-based. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

const address6 = /[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,8}(?:\.\d{1,3}){0,3}/iy;
const pieces =
  /(?<blank>[ \t\r]+|\\\n|#[^\n]*)|(?<newline>\n)|"(?<quoted>[^"\n]*)"|\$(?<variable>[a-z]\w*)|(?<word>\d{1,3}(?:\.\d{1,3}){3}|0x[0-9a-f]+|\d+[a-z]\w*|\d+|@?[a-z_](?:[\w/.-]|\\\*)*\*?)|(?<sign>[!=<>]=|<<|>>|[\s\S])/iy;

/** Cuts a file into tokens; comments and blanks are gone. Takes every text. */
export function tokensOf(file: SourceFile): readonly Token[] {
  const { text } = file;
  const tokens: Token[] = [];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const address = addressAt(text, at);
    pieces.lastIndex = at;
    const groups = address === null ? pieces.exec(text)?.groups : { word: address };
    const end = address === null ? Math.max(pieces.lastIndex, at + 1) : at + address.length;
    const place = { file, line, start: at, end };
    for (const kind of ['newline', 'quoted', 'variable', 'word', 'sign'] as const) {
      const found = groups?.[kind];
      if (found !== undefined) tokens.push({ kind, text: found, ...place });
    }
    if (groups?.newline !== undefined || groups?.blank === '\\\n') line += 1;
    at = end;
  }
  return tokens;
}

/** An IPv6 or hardware address; `80:` of a map is neither. */
function addressAt(text: string, at: number): string | null {
  address6.lastIndex = at;
  const found = address6.exec(text)?.[0] ?? '';
  if (ipaddr.IPv6.isValid(found) || /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i.test(found)) return found;
  return null;
}

/** The words from the first token to the last, as they are written. */
export function textOf(tokens: readonly Token[]): string {
  const [first] = tokens;
  const last = tokens.at(-1);
  if (first === undefined || last === undefined) return '';
  const whole = first.file === last.file && last.end > first.start;
  const text = whole
    ? first.file.text.slice(first.start, Math.min(last.end, first.start + 2000))
    : tokens.map((token) => token.text).join(' ');
  return text
    .replaceAll(/\\\n|\s+/g, ' ')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
}

export function isSign(token: Token | undefined, text: string): boolean {
  return token?.kind === 'sign' && token.text === text;
}

export function isWord(token: Token | undefined, ...texts: readonly string[]): boolean {
  return token?.kind === 'word' && texts.includes(token.text);
}

/** Whether braces and parentheses nest deeper than anybody writes, and than a reader can follow. */
export function nestsTooDeep(tokens: readonly Token[]): boolean {
  let depth = 0;
  return tokens.some((token) => {
    if (token.kind !== 'sign') return false;
    if ('{('.includes(token.text)) depth += 1;
    if ('})'.includes(token.text)) depth -= 1;
    return depth > 32;
  });
}
