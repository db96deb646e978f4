import { words } from './words.ts';

/** A variable, and the line that set it. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

/** The variables of one Environment= value; a line with an open quote sets none. */
export function parseEnvironment(value: string, line: number, expand: (text: string) => string): Variable[] {
  return (words(value) ?? []).flatMap((word) => variableOf(expand(word), line) ?? []);
}

function variableOf(assignment: string, line: number): Variable | null {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)=([\s\S]*)$/.exec(assignment);
  if (match === null) return null;
  const [, name = '', value = ''] = match;
  // Control characters but for tab and newline are what systemd refuses.
  return /[\x00-\x08\x0b-\x1f\x7f]/.test(value) ? null : { name, value, line };
}

type State = 'before' | 'key' | 'value-start' | 'value' | 'single' | 'double' | 'comment';

const quotes: Readonly<Record<string, State>> = { "'": 'single', '"': 'double' };

/** Where a backslash takes the next character as it is. */
const escaping: ReadonlySet<State> = new Set(['value-start', 'value', 'double', 'comment']);

/** What a backslash and the character behind it stand for; a line break behind it goes. */
function escaped(state: State, next: string): string {
  if (state === 'comment' || next === '\n') return '';
  return state === 'double' && !'"\\`$'.includes(next) ? `\\${next}` : next;
}

/** The variables of an EnvironmentFile=; its own syntax, see systemd.exec(5). */
export function parseEnvironmentFile(text: string): Variable[] {
  const variables: Variable[] = [];
  let state: State = 'before';
  let [key, value, line, start] = ['', '', 1, 1];
  const finish = () => {
    const bare = state === 'value' ? value.replace(/[ \t\r]+$/, '') : value;
    const variable = variableOf(`${key.trimEnd()}=${bare}`, start);
    if (variable !== null && key !== '') variables.push(variable);
    [key, value, state] = ['', '', 'before'];
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    const isEnd = character === '\n' || character === '\r';
    if (character === '\\' && escaping.has(state)) {
      const next = text.charAt(at + 1);
      at += 1;
      value += escaped(state, next);
      if (state === 'value-start') state = 'value';
      if (next === '\n') line += 1;
      continue;
    }
    switch (state) {
      case 'before':
        if (character === '#' || character === ';') state = 'comment';
        else if (!/\s/.test(character)) [state, key, start] = ['key', character, line];
        break;
      case 'key':
        if (isEnd) [state, key] = ['before', ''];
        else if (character === '=') state = 'value-start';
        else key += character;
        break;
      case 'value-start':
        if (isEnd) finish();
        else if (character in quotes) state = quotes[character] ?? state;
        else if (!/\s/.test(character)) [state, value] = ['value', value + character];
        break;
      case 'value':
        if (isEnd) finish();
        else value += character;
        break;
      case 'single':
      case 'double':
        if (quotes[character] === state) state = 'value-start';
        else value += character;
        break;
      case 'comment':
        if (isEnd) state = 'before';
        break;
    }
    if (character === '\n') line += 1;
  }
  if (state === 'value-start' || state === 'value') finish();
  return variables;
}
