/** One entry of a jail's `action`, as fail2ban splits it. */
export interface ActionCall {
  /** Name of a file in action.d, without its ending. */
  readonly name: string;
  readonly options: Readonly<Record<string, string>>;
}

/** Splits `a[x=1, y="2, 3"] b`; a bracket that does not close takes the rest. */
export function parseActions(text: string): readonly ActionCall[] {
  const calls: ActionCall[] = [];
  let at = skipSpace(text, 0);
  while (at < text.length) {
    const nameEnd = endOf(text, at, (char) => char === '[' || isSpace(char));
    const name = text.slice(at, nameEnd);
    let options: Readonly<Record<string, string>> = {};
    at = skipSpace(text, nameEnd);
    while (text[at] === '[') {
      const close = closingBracket(text, at + 1);
      options = { ...options, ...parseOptions(text.slice(at + 1, close)) };
      at = skipSpace(text, close + 1);
    }
    if (name !== '') calls.push({ name, options });
  }
  return calls;
}

function parseOptions(text: string): Readonly<Record<string, string>> {
  const options: [string, string][] = [];
  let at = 0;
  while (at < text.length) {
    const nameEnd = endOf(text, at, (char) => char === '=' || char === ',');
    const name = text.slice(at, nameEnd).trim();
    if (text[nameEnd] !== '=') {
      at = nameEnd + 1;
      continue;
    }
    const quote = text[nameEnd + 1] ?? '';
    const quoted = quote === '"' || quote === "'";
    const start = nameEnd + (quoted ? 2 : 1);
    const end = endOf(text, start, (char) => char === (quoted ? quote : ','));
    if (name !== '') options.push([name, text.slice(start, end).trim()]);
    at = quoted ? endOf(text, end + 1, (char) => char === ',') + 1 : end + 1;
  }
  return Object.fromEntries(options);
}

function closingBracket(text: string, from: number): number {
  let quote = '';
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote !== '') quote = char === quote ? '' : quote;
    else if ((char === '"' || char === "'") && text[at - 1] === '=') quote = char;
    else if (char === ']') return at;
  }
  return text.length;
}

function endOf(text: string, from: number, stop: (char: string) => boolean): number {
  let at = from;
  while (at < text.length && !stop(text.charAt(at))) at++;
  return at;
}

function skipSpace(text: string, from: number): number {
  return endOf(text, from, (char) => !isSpace(char));
}

function isSpace(char: string): boolean {
  return /\s/.test(char);
}
