/**
 * What a reader cannot see, or what moves the cursor, colours, reorders or hides the text around it:
 * C0 and C1 controls (ANSI escapes begin with one), line and paragraph separators, bidirectional
 * overrides (CVE-2021-42574), zero-width characters, lone surrogates, and spaces that look like one (the
 * empty braille pattern among them).
 */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Text from an audited machine on one line, with everything in it visible: ESC becomes `\x1b`. */
export function visible(text: string): string {
  return text.replace(unseen, (character) => named[character] ?? escapeOf(character.codePointAt(0) ?? 0));
}

/** Whether `visible` leaves the text as it is. */
export function isVisible(text: string): boolean {
  return visible(text) === text;
}

/**
 * JSON for programs and for people who print it on a terminal: what `visible` would escape is written as
 * `\u009b`, which parses to the same text.
 */
export function visibleJson(value: unknown): string {
  const json = JSON.stringify(value, null, 2);
  // Nearly all of it is ASCII, which is quicker to pass over than to look up.
  return json.replace(beyondAscii, (piece) => piece.replace(unseen, unitsOf));
}

const beyondAscii = /[^\n\x20-\x7e]+/g;

/** JSON has escapes for UTF-16 units only: two for what is beyond the first 65536 characters. */
function unitsOf(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

function escapeOf(code: number): string {
  const hex = code.toString(16);
  return code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`;
}
