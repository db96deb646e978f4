/** A setting of apt.conf(5): `APT::Periodic::Enable`; a list's entries come one by one. */
export interface AptSetting {
  /** In lower case: apt ignores case. */
  readonly name: string;
  readonly value: string;
  readonly source: string;
  readonly line: number;
}

interface Token {
  readonly text: string;
  readonly quoted: boolean;
  readonly line: number;
}

/**
 * Parses one file of apt.conf(5), or what `apt-config dump` prints.
 *
 * @returns `null` when brackets or quotes do not match: apt refuses such a file
 */
export function parseAptConf(text: string, source: string): readonly AptSetting[] | null {
  const tokens = tokensOf(text);
  if (tokens === null) return null;
  const settings: AptSetting[] = [];
  const scopes: string[] = [];
  let words: Token[] = [];
  const nameOf = (word: string) => [...scopes, word].join('::').toLowerCase();
  for (const token of tokens) {
    if (token.quoted || !/^[{};]$/.test(token.text)) {
      words.push(token);
      continue;
    }
    const [first, second] = words;
    words = [];
    if (token.text === '{') {
      if (first === undefined) return null;
      scopes.push(first.text);
    } else {
      const { line } = first ?? token;
      if (first !== undefined && second !== undefined) {
        settings.push({ name: nameOf(first.text), value: second.text, source, line });
      } else if (first?.quoted === true) settings.push({ name: nameOf(''), value: first.text, source, line });
      if (token.text === '}' && scopes.pop() === undefined) return null;
    }
  }
  return scopes.length === 0 ? settings : null;
}

/** Words, quoted words and punctuation, without comments (`//`, `#`, and between slash-stars). */
function tokensOf(text: string): readonly Token[] | null {
  const tokens: Token[] = [];
  let line = 1;
  const pattern =
    /\/\/[^\n]*|^[ \t]*#(?!clear\b|include\b)[^\n]*|\/\*[^]*?\*\/|"([^"\n]*)"|[{};]|[^\s{};"]+|\s+|./gm;
  for (const [whole, quoted] of text.matchAll(pattern)) {
    if (quoted !== undefined) tokens.push({ text: quoted, quoted: true, line });
    else if (whole === '"') return null;
    else if (/\S/.test(whole) && !/^(?:\/\/|\/\*|[ \t]*#(?!clear|include))/.test(whole)) {
      tokens.push({ text: whole, quoted: false, line });
    }
    line += whole.split('\n').length - 1;
  }
  return tokens;
}

/** The last value set counts; `null` when nothing sets it. */
export function lastSetting(settings: readonly AptSetting[], name: string): AptSetting | null {
  return settings.findLast((setting) => setting.name === name.toLowerCase()) ?? null;
}

/** Settings of several files in order, as `#clear NAME;` leaves them: that drops what was set before, lists too. */
export function withoutCleared(settings: readonly AptSetting[]): readonly AptSetting[] {
  const kept: AptSetting[] = [];
  for (const setting of settings) {
    const name = setting.value.toLowerCase();
    if (setting.name !== '#clear') kept.push(setting);
    else kept.splice(0, kept.length, ...kept.filter((each) => !`${each.name}::`.startsWith(`${name}::`)));
  }
  return kept;
}

/** Entries of a list: `Unattended-Upgrade::Origins-Pattern`. */
export function listSetting(settings: readonly AptSetting[], name: string): readonly AptSetting[] {
  const prefix = `${name.toLowerCase()}::`;
  return settings.filter((setting) => setting.name.startsWith(prefix));
}
