import type { Ini, IniOption, IniSection } from './ini.ts';

export type Resolved =
  | { readonly ok: true; readonly value: string; readonly option: IniOption }
  | { readonly ok: false; readonly reason: string; readonly option: IniOption };

/** Python's configparser.MAX_INTERPOLATION_DEPTH. */
const maxDepth = 10;
/** References expand to no more than this: a hostile file must not fill memory or time. */
const limits = { length: 1024 * 1024, steps: 10_000 };

/** A value seen by a reference: the options of the section, of [DEFAULT], and qualified ones. */
type Scope = ReadonlyMap<string, string>;

/**
 * An option's value with `%(name)s`, `%(known/name)s`, `%(section/name)s` and `%(__name__)s` filled in.
 *
 * @returns `null` when neither the section nor [DEFAULT] has the option
 */
export function resolveOption(ini: Ini, section: string, name: string): Resolved | null {
  const own = ini.sections.get(section);
  const option = own?.get(name) ?? ini.defaults.get(name);
  if (option === undefined) return null;
  const scope = new Map<string, string>([['__name__', section]]);
  for (const [key, { value }] of ini.defaults) scope.set(key, value);
  for (const [key, { value }] of own ?? []) scope.set(key, value);
  scope.set('__name__', section);
  const parts: string[] = [];
  const reason = interpolate(ini, section, option.value, scope, 1, { parts, length: 0, steps: 0 });
  return reason === null ? { ok: true, value: parts.join(''), option } : { ok: false, reason, option };
}

interface Output {
  readonly parts: string[];
  length: number;
  steps: number;
}

/** Appends the filled-in text to `output`; @returns why it cannot be filled in, else `null` */
function interpolate(
  ini: Ini,
  section: string,
  text: string,
  outer: Scope,
  depth: number,
  output: Output,
): string | null {
  if (depth > maxDepth) return 'references go too deep';
  if (++output.steps > limits.steps) return 'references expand too often';
  const scope = withQualified(ini, section, text, outer);
  let rest = text;
  while (rest !== '') {
    const at = rest.indexOf('%');
    if (at === -1) return append(output, rest);
    append(output, rest.slice(0, at));
    rest = rest.slice(at);
    if (rest.startsWith('%%')) {
      append(output, '%');
      rest = rest.slice(2);
      continue;
    }
    const [whole, written] = /^%\(([^)]+)\)s/.exec(rest) ?? [];
    if (whole === undefined || written === undefined)
      return `a % that refers to nothing: ${rest.slice(0, 40)}`;
    const value = scope.get(written.toLowerCase());
    if (value === undefined) return `%(${written})s refers to nothing`;
    rest = rest.slice(whole.length);
    const reason = value.includes('%')
      ? interpolate(ini, section, value, scope, depth + 1, output)
      : append(output, value);
    if (reason !== null) return reason;
  }
  return null;
}

function append(output: Output, text: string): string | null {
  output.parts.push(text);
  output.length += text.length;
  return output.length > limits.length ? 'references expand to too much text' : null;
}

/** The scope with what `%(where/name)s` in the text means; fail2ban's _map_section_options. */
function withQualified(ini: Ini, section: string, text: string, outer: Scope): Scope {
  if (!text.includes('/') || !text.includes('%(')) return outer;
  const scope = new Map(outer);
  for (const [, whole = '', name = ''] of text.matchAll(/%\(([\w-]+\/([^)]+))\)s/g)) {
    if (scope.has(whole)) continue;
    const value = qualified(ini, section, whole.slice(0, -name.length - 1), name);
    if (value !== undefined) scope.set(whole, value);
  }
  return scope;
}

function qualified(ini: Ini, section: string, where: string, name: string): string | undefined {
  const fallback = ini.defaults.get(name)?.value;
  const lower = where.toLowerCase();
  if (lower === 'default') return fallback;
  const from: IniSection | undefined = ini.sections.get(lower === 'known' ? `KNOWN/${section}` : where);
  if (from === undefined && lower !== 'known') return undefined;
  return from?.get(name)?.value ?? fallback;
}
