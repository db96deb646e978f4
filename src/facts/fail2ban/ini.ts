/** An option as written: what it says and where. */
export interface IniOption {
  /** Lines of a value that goes on over several are joined by line feeds. */
  readonly value: string;
  readonly source: string;
  /** 1-based line of the option's name. */
  readonly line: number;
}

/** Options by name, in lower case. */
export type IniSection = Map<string, IniOption>;

export interface Ini {
  /** [DEFAULT] */
  readonly defaults: IniSection;
  readonly sections: Map<string, IniSection>;
}

/** Text that Python's configparser refuses: fail2ban does not start over such a file. */
export interface IniError {
  readonly source: string;
  readonly line: number;
  readonly reason: string;
}

export type IniResult =
  { readonly ok: true; readonly ini: Ini } | { readonly ok: false; readonly error: IniError };

/** What Python's str.strip() takes off, which a byte order mark is not part of. */
const space = String.raw`[\t-\r \x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
const leading = new RegExp(`^${space}+`);
const trailing = new RegExp(`(?<!${space})${space}+$`);
const isSpace = new RegExp(`^${space}$`);

/** Takes white space off both ends as Python does. */
export function strip(text: string): string {
  return text.replace(leading, '').replace(trailing, '');
}

interface Cursor {
  readonly ini: Ini;
  readonly source: string;
  section: IniSection | null;
  sectionName: string;
  /** The option that a continuation line belongs to, with the lines of its value. */
  option: { readonly name: string; readonly line: number; readonly lines: string[] } | null;
  indent: number;
  /** Sections and options of this file, to refuse one that comes twice. */
  readonly seen: Set<string>;
}

/**
 * Parses one file as Python's configparser does with fail2ban's settings (configparserinc.py):
 * `#` and `;` start a comment line, only a `;` after white space starts an inline comment, option
 * names ignore case, a more indented line continues a value, and nothing may come twice.
 */
export function parseIni(text: string, source: string): IniResult {
  const ini: Ini = { defaults: new Map(), sections: new Map() };
  const seen = new Set<string>();
  const cursor: Cursor = { ini, source, section: null, sectionName: '', option: null, indent: 0, seen };
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const reason = readLine(cursor, line, index + 1);
    if (reason !== null) return { ok: false, error: { source, line: index + 1, reason } };
  }
  finishOption(cursor);
  return { ok: true, ini };
}

/** @returns why the file is refused, else `null` */
function readLine(cursor: Cursor, line: string, number: number): string | null {
  const comment = commentStart(line);
  const content = strip(comment === null ? line : line.slice(0, comment));
  if (content === '') {
    if (comment === null) cursor.option?.lines.push('');
    return null;
  }
  const indent = line.length - line.replace(leading, '').length;
  if (cursor.option !== null && indent > cursor.indent) {
    cursor.option.lines.push(content);
    return null;
  }
  cursor.indent = indent;
  finishOption(cursor);
  const header = /^\[([^\n]+)\]/.exec(content)?.[1];
  return header === undefined ? startOption(cursor, content, number) : startSection(cursor, header);
}

function commentStart(line: string): number | null {
  if (/^[#;]/.test(strip(line))) return 0;
  for (let at = line.indexOf(';'); at !== -1; at = line.indexOf(';', at + 1)) {
    if (at === 0 || isSpace.test(line.charAt(at - 1))) return at;
  }
  return null;
}

function startSection(cursor: Cursor, name: string): string | null {
  cursor.sectionName = name;
  if (name === 'DEFAULT') {
    cursor.section = cursor.ini.defaults;
    return null;
  }
  if (cursor.ini.sections.has(name)) return `section [${name}] comes twice`;
  cursor.section = new Map();
  cursor.ini.sections.set(name, cursor.section);
  return null;
}

function startOption(cursor: Cursor, content: string, line: number): string | null {
  if (cursor.section === null) return 'an option before any section';
  const [whole, written = '', value = ''] = /^([^=:]*)[=:]([^\n]*)$/.exec(content) ?? [];
  if (whole === undefined) return 'neither a section nor an option';
  const name = strip(written).toLowerCase();
  if (name === '') return 'an option without a name';
  const key = `${cursor.sectionName}\n${name}`;
  if (cursor.seen.has(key)) return `option ${name} comes twice in [${cursor.sectionName}]`;
  cursor.seen.add(key);
  cursor.option = { name, line, lines: [strip(value)] };
  return null;
}

function finishOption(cursor: Cursor): void {
  const { option, section, source } = cursor;
  if (option === null || section === null) return;
  const value = option.lines.join('\n').replace(trailing, '');
  section.set(option.name, { value, source, line: option.line });
  cursor.option = null;
}
