/** Unit names as systemd.unit(5) takes them apart: `PREFIX@INSTANCE.TYPE`. */
export interface UnitName {
  readonly prefix: string;
  /** `null`: not instantiated; `''`: the template itself. */
  readonly instance: string | null;
  readonly type: string;
}

/** `null` for what is no unit name. */
export function parseUnitName(name: string): UnitName | null {
  const match = /^([A-Za-z0-9:_.\\-]+)(?:@([A-Za-z0-9:_.\\@-]*))?\.([a-z]+)$/.exec(name);
  if (match === null || name.length > 255) return null;
  return { prefix: match[1] ?? '', instance: match[2] ?? null, type: match[3] ?? '' };
}

export function isTemplate(name: string): boolean {
  return parseUnitName(name)?.instance === '';
}

/** The template that an instance is made from; `null` for every other name. */
export function templateOf(name: string): string | null {
  const parts = parseUnitName(name);
  return parts?.instance ? `${parts.prefix}@.${parts.type}` : null;
}

/**
 * Names of the drop-in directories that count for a unit, surest first, as systemd looks for them:
 * its own, its template's, one for each dash-ended beginning of its name. See systemd.unit(5).
 */
export function dropInDirectories(name: string): string[] {
  const parts = parseUnitName(name);
  if (parts === null) return [];
  const template = templateOf(name);
  const own = template === null ? [name] : [name, template];
  const suffix = parts.instance === null ? '' : '@';
  const beginnings = dashedBeginnings(parts.prefix).map((prefix) => `${prefix}${suffix}.${parts.type}`);
  return [...own, ...beginnings].map((each) => `${each}.d`);
}

/** `a-b-c` → `a-b-`, `a-`. */
function dashedBeginnings(prefix: string): string[] {
  const found: string[] = [];
  let rest = prefix.replace(/-+$/, '');
  for (let dash = rest.lastIndexOf('-'); dash > 0; dash = rest.lastIndexOf('-')) {
    found.push(rest.slice(0, dash + 1));
    rest = rest.slice(0, dash).replace(/-+$/, '');
  }
  return found;
}

/** As systemd-escape(1) does. */
export function escapeName(text: string): string {
  const escaped = Array.from(Buffer.from(text, 'utf8'), (byte, index) => {
    const character = String.fromCharCode(byte);
    if (character === '/') return '-';
    if (/[A-Za-z0-9:_]/.test(character) || (character === '.' && index > 0)) return character;
    return `\\x${byte.toString(16).padStart(2, '0')}`;
  });
  return escaped.join('');
}

/** As systemd-escape(1) --unescape does. */
export function unescapeName(text: string): string {
  const bytes = text
    .replaceAll('-', '/')
    .replace(/\\x([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Where systemd puts a service that has no Slice=. */
export function defaultSlice(name: string): string {
  const { prefix = '', instance = null } = parseUnitName(name) ?? {};
  return instance === null ? 'system.slice' : `system-${escapeName(prefix)}.slice`;
}

/** A slice and those it sits in, nearest first; the root slice bounds nothing. See systemd.slice(5). */
export function sliceChain(slice: string): string[] {
  const name = slice.replace(/\.slice$/, '');
  if (name === '-' || name === '') return [];
  const parts = name.split('-');
  return parts.map((_, index) => `${parts.slice(0, parts.length - index).join('-')}.slice`);
}
