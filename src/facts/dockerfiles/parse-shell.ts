import type { Command, Pipeline, Redirect, Script, ShellWord } from './shell-script.ts';
import type { Cursor } from './shell-word.ts';
import { takeWord } from './shell-word.ts';

/** Groups and substitutions inside each other that are followed. */
const deepest = 20;

/**
 * Splits a script into its commands. Nothing is expanded; `if`, `for`, `case` and their like are no commands, what
 * stands in them is.
 *
 * @param from - where the script begins in `text`; positions count from the beginning of `text`
 */
export function parseShell(text: string, from = 0): Script {
  const cursor: Cursor = { text, at: from, depth: 0, problem: null, waiting: [], parse: parseList };
  const script = parseList(cursor, '');
  return { ...script, problem: cursor.problem };
}

/** Up to `end`, which is `)`, `}` (as a command's first word) or nothing. */
function parseList(cursor: Cursor, end: '' | ')' | '}'): Script {
  if (cursor.depth >= deepest) {
    cursor.problem ??= 'its commands are nested too deep';
    cursor.at = cursor.text.length;
    return { pipelines: [], problem: cursor.problem };
  }
  cursor.depth += 1;
  const pipelines: Pipeline[] = [];
  let pipeline: Command[] = [];
  const closePipeline = () => {
    if (pipeline.length > 0) pipelines.push(pipeline);
    pipeline = [];
  };
  let ended = end === '';
  while (cursor.at < cursor.text.length) {
    const separator = takeSeparator(cursor);
    if (separator === 'command') closePipeline();
    else if (separator === ')') {
      if (end === ')') {
        ended = true;
        break;
      }
      // The end of a pattern of `case`.
      closePipeline();
    } else if (separator === null && cursor.at < cursor.text.length) {
      const command = takeCommand(cursor);
      if (command === '}') {
        if (end === '}') {
          ended = true;
          break;
        }
        closePipeline();
      } else if (command !== null) pipeline.push(command);
    }
  }
  closePipeline();
  if (!ended) cursor.problem ??= `a ${end === ')' ? 'parenthesis' : 'brace'} is not closed`;
  cursor.depth -= 1;
  return { pipelines, problem: null };
}

/** Blanks, comments and operators between commands. `pipe` ends no pipeline. */
function takeSeparator(cursor: Cursor): 'command' | 'pipe' | ')' | null {
  const { text } = cursor;
  const character = text.charAt(cursor.at);
  if (character === ' ' || character === '\t' || character === '\r') {
    cursor.at += 1;
    return 'pipe';
  }
  if (character === '#') {
    const lineEnd = text.indexOf('\n', cursor.at);
    cursor.at = lineEnd === -1 ? text.length : lineEnd;
    return 'pipe';
  }
  if (character === '\n') {
    cursor.at += 1;
    takeDocuments(cursor);
    return 'command';
  }
  if (character === ';' || (character === '&' && text.charAt(cursor.at + 1) !== '>')) {
    cursor.at += 1;
    return 'command';
  }
  if (character === '|') {
    const isOr = text.charAt(cursor.at + 1) === '|';
    cursor.at += isOr || text.charAt(cursor.at + 1) === '&' ? 2 : 1;
    if (!isOr) skipLineEnds(cursor);
    return isOr ? 'command' : 'pipe';
  }
  if (character === ')') {
    cursor.at += 1;
    return ')';
  }
  return null;
}

/** A pipe may be followed by the end of a line. */
function skipLineEnds(cursor: Cursor): void {
  while (/[ \t\r\n]/.test(cursor.text.charAt(cursor.at))) {
    const isEnd = cursor.text.charAt(cursor.at) === '\n';
    cursor.at += 1;
    if (isEnd) takeDocuments(cursor);
  }
}

const reserved = new Set([
  'if',
  'then',
  'else',
  'elif',
  'fi',
  'do',
  'done',
  'while',
  'until',
  'esac',
  '!',
  'time',
  'coproc',
]);

/** One simple command or group; `}` for the end of a group; `null` where there is none. */
function takeCommand(cursor: Cursor): Command | '}' | null {
  const at = cursor.at;
  const assignments: ShellWord[] = [];
  const words: ShellWord[] = [];
  const redirects: Redirect[] = [];
  if (cursor.text.charAt(at) === '(') {
    cursor.at += 1;
    const group = parseList(cursor, ')');
    takeRedirects(cursor, redirects);
    return { assignments, words: [], redirects, group, at };
  }
  const ended = takeWords(cursor, assignments, words, redirects);
  if (ended === '{') {
    const group = parseList(cursor, '}');
    takeRedirects(cursor, redirects);
    return { assignments, words: [], redirects, group, at };
  }
  if (ended === '}') return '}';
  const announced = cursor.waiting.some((each) => each.redirects === redirects);
  if (announced || words.length + assignments.length + redirects.length > 0) {
    return { assignments, words, redirects, group: null, at };
  }
  // Nothing could be taken: step over, so that the end is reached.
  if (cursor.at === at) cursor.at += 1;
  return null;
}

function takeWords(
  cursor: Cursor,
  assignments: ShellWord[],
  words: ShellWord[],
  redirects: Redirect[],
): '{' | '}' | null {
  const { text } = cursor;
  while (cursor.at < text.length) {
    const character = text.charAt(cursor.at);
    if (character === ' ' || character === '\t' || character === '\r') {
      cursor.at += 1;
      continue;
    }
    if (character === '#' && cursor.at > 0 && /\s/.test(text.charAt(cursor.at - 1))) return null;
    const redirect = takeRedirect(cursor, redirects);
    if (redirect) continue;
    if (/[\n;&|)]/.test(character)) return null;
    if (character === '(') {
      // `name()`, or an array: what is in it is read as commands of its own.
      return null;
    }
    const start = cursor.at;
    const word = takeWord(cursor);
    const raw = text.slice(start, cursor.at);
    const isFirst = words.length === 0;
    if (isFirst && assignments.length === 0 && reserved.has(raw)) continue;
    // The name of a function: what it does follows as a group.
    if (isFirst && (raw === 'function' || /^[\w.-]+\(\)$/.test(raw))) {
      if (raw === 'function') skipWord(cursor);
      continue;
    }
    if (isFirst && (raw === '{' || raw === '}')) return raw;
    if (isFirst && /^[A-Za-z_]\w*\+?=/.test(raw)) assignments.push(word);
    else words.push(word);
  }
  return null;
}

function skipWord(cursor: Cursor): void {
  while (/[ \t]/.test(cursor.text.charAt(cursor.at))) cursor.at += 1;
  takeWord(cursor);
}

/** What may stand behind a group. */
function takeRedirects(cursor: Cursor, redirects: Redirect[]): void {
  do {
    while (/[ \t\r]/.test(cursor.text.charAt(cursor.at))) cursor.at += 1;
  } while (takeRedirect(cursor, redirects));
}

function takeRedirect(cursor: Cursor, redirects: Redirect[]): boolean {
  const ahead = cursor.text.slice(cursor.at, cursor.at + 12);
  const [whole, operator = ''] = /^\d{0,4}(<<<|<<-?|<>|>>|>\||[<>]&|&>>?|<(?!\()|>(?!\())/.exec(ahead) ?? [];
  if (whole === undefined) return false;
  cursor.at += whole.length;
  while (/[ \t]/.test(cursor.text.charAt(cursor.at))) cursor.at += 1;
  if (/^[\n;&|)]?$/.test(cursor.text.charAt(cursor.at))) return true;
  const target = takeWord(cursor);
  if (operator === '<<' || operator === '<<-') {
    cursor.waiting.push({ redirects, name: target.text, stripTabs: operator === '<<-' });
  } else redirects.push({ operator, target });
  return true;
}

/** At the end of a line come the here-documents that it announced. */
function takeDocuments(cursor: Cursor): void {
  const { text } = cursor;
  for (const { redirects, name, stripTabs } of cursor.waiting.splice(0)) {
    const at = cursor.at;
    let end = at;
    let found = false;
    while (!found && cursor.at < text.length) {
      end = cursor.at;
      const lineEnd = text.indexOf('\n', cursor.at);
      const line = text.slice(cursor.at, lineEnd === -1 ? text.length : lineEnd).replace(/\r$/, '');
      cursor.at = lineEnd === -1 ? text.length : lineEnd + 1;
      found = (stripTabs ? line.replace(/^\t+/, '') : line) === name;
    }
    if (!found) cursor.problem ??= `the here-document ${name} has no end`;
    const target = { text: text.slice(at, found ? end : text.length), at, inside: [] };
    redirects.push({ operator: '<<', target });
  }
}
