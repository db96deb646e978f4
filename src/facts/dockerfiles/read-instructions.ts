import type { Instruction, Mark } from './instruction.ts';
import { splitInstruction } from './split-instruction.ts';
import { areQuotesClosed, rawWords } from './words.ts';

/** A Dockerfile's instructions as BuildKit reads them (moby/buildkit, frontend/dockerfile/parser/parser.go). */
export interface ReadFile {
  readonly instructions: readonly Instruction[];
  /** The character that continues a line and escapes: a backslash, unless `# escape=` says a backtick. */
  readonly escape: string;
  /** `# syntax=`: the image that shall read the file; `null` where none is named. */
  readonly syntax: string | null;
  /** Why a build would refuse the file, or why it means something else than it says; `null` when nothing does. */
  readonly problem: Problem | null;
}

export interface Problem {
  readonly line: number;
  /** A clause: "the here-document EOF has no end". */
  readonly because: string;
}

export function readInstructions(text: string): ReadFile {
  // A byte order mark is no part of the first line.
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const { escape, syntax, problem } = readDirectives(lines);
  const instructions: Instruction[] = [];
  if (problem !== null) return { instructions, escape, syntax, problem };
  let index = 0;
  while (index < lines.length) {
    if (isSkipped(lines[index] ?? '')) {
      index += 1;
      continue;
    }
    const begins = index + 1;
    const logical = joinLines(lines, index, escape);
    index = logical.next;
    const draft = splitInstruction(logical);
    const ends = draft.argv === null && mayHoldDocuments(draft) ? documentsOf(draft.args) : [];
    for (const end of ends) {
      const next = takeDocument(lines, index, end, logical);
      const because = `the here-document ${end.name} has no end`;
      if (next === null) return { instructions, escape, syntax, problem: { line: begins, because } };
      index = next;
    }
    instructions.push({ ...draft, text: logical.parts.join(''), marks: logical.marks });
  }
  return { instructions, escape, syntax, problem: null };
}

/** A line with all that continues it. */
export interface Logical {
  readonly parts: string[];
  readonly marks: Mark[];
  length: number;
  next: number;
}

function joinLines(lines: readonly string[], start: number, escape: string): Logical {
  const logical: Logical = { parts: [], marks: [], length: 0, next: start };
  let continues = true;
  while (continues && logical.next < lines.length) {
    const line = lines[logical.next] ?? '';
    const isFirst = logical.next === start;
    logical.next += 1;
    // Comments and empty lines between continued lines do not end the instruction.
    if (!isFirst && isSkipped(line)) continue;
    const body = withoutContinuation(line, escape);
    continues = body !== null;
    const kept = body ?? line;
    const indent = isFirst ? kept.length - kept.trimStart().length : 0;
    append(logical, kept.slice(indent), logical.next, indent + 1);
  }
  return logical;
}

function append(logical: Logical, text: string, line: number, column: number): void {
  logical.marks.push({ offset: logical.length, line, column });
  logical.parts.push(text);
  logical.length += text.length;
}

/** The line before its continuation character; `null` when it does not continue. Two of them are none. */
function withoutContinuation(line: string, escape: string): string | null {
  let end = line.length;
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end -= 1;
  if (line[end - 1] !== escape || line[end - 2] === escape) return null;
  return line.slice(0, end - 1);
}

function isSkipped(line: string): boolean {
  const text = line.trimStart();
  return text === '' || text.startsWith('#');
}

interface DocumentEnd {
  readonly name: string;
  readonly stripTabs: boolean;
}

const holders = new Set(['RUN', 'COPY', 'ADD']);

function mayHoldDocuments({ keyword }: { readonly keyword: string }): boolean {
  return holders.has(keyword);
}

/** `<<EOF`, `3<<-"EOF"`: as words of their own, not in quotes. */
function documentsOf(args: string): DocumentEnd[] {
  // In a line with an open quote a build sees none.
  if (!args.includes('<<') || !areQuotesClosed(args)) return [];
  return rawWords(args, '\\').flatMap(({ text }) => {
    const [, dash, rest = ''] = /^\d*<<(-?)([^<]*)$/.exec(text) ?? [];
    const name = rest.replace(/'([^']*)'|\\(.)|"/gs, '$1$2');
    return name === '' ? [] : [{ name, stripTabs: dash === '-' }];
  });
}

/** Moves a here-document's lines into the instruction; `null` when it does not end. */
function takeDocument(
  lines: readonly string[],
  from: number,
  { name, stripTabs }: DocumentEnd,
  logical: Logical,
): number | null {
  for (let index = from; index < lines.length; index++) {
    const line = lines[index] ?? '';
    logical.parts.push('\n');
    logical.length += 1;
    append(logical, line, index + 1, 1);
    if ((stripTabs ? line.replace(/^\t+/, '') : line) === name) return index + 1;
  }
  return null;
}

const directives = new Set(['escape', 'syntax', 'check']);

/** Directives stand before everything else, also before comments. */
function readDirectives(lines: readonly string[]): Omit<ReadFile, 'instructions'> {
  const seen = new Map<string, string>();
  for (const [index, line] of lines.entries()) {
    const [, key, value] = /^\s*#\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(\S.*)$/.exec(line) ?? [];
    const name = key?.toLowerCase() ?? '';
    // What is no directive that a build knows is a comment, and so is everything behind it.
    if (value === undefined || !directives.has(name)) break;
    const problem = (because: string) => ({ line: index + 1, because });
    if (seen.has(name)) {
      return { escape: '\\', syntax: null, problem: problem(`the directive ${name} stands there twice`) };
    }
    seen.set(name, value.trim());
    if (name === 'escape' && !['\\', '`'].includes(value.trim())) {
      return { escape: '\\', syntax: null, problem: problem('the escape character is neither \\ nor `') };
    }
  }
  return { escape: seen.get('escape') ?? '\\', syntax: seen.get('syntax') ?? null, problem: null };
}
