import type { ReadFile } from './read-instructions.ts';

interface Position {
  readonly line: number;
  readonly column: number;
}

/** A text that stands in another file. */
export interface Embedding {
  /** What findings call it. */
  readonly name: string;
  /** Where a position in the text stands in that file. */
  readonly place: (position: Position) => Position;
}

/** Instructions as they stand in the file that a text is part of. */
export function placed(read: ReadFile, place: Embedding['place']): ReadFile {
  const at = <Each extends Position>(each: Each): Each => ({ ...each, ...place(each) });
  const instructions = read.instructions.map((instruction) => ({
    ...at(instruction),
    marks: instruction.marks.map(at),
  }));
  const { problem } = read;
  const moved = problem === null ? null : { ...problem, line: place({ line: problem.line, column: 1 }).line };
  return { ...read, instructions, problem: moved };
}

/** The lines of a text, each where it stands in that file; what lies between is not in the text. */
export function placedLines(lines: readonly string[], place: Embedding['place']): readonly string[] {
  const all: string[] = [];
  for (const [index, text] of lines.entries()) {
    const { line } = place({ line: index + 1, column: 1 });
    while (all.length < line) all.push('');
    // Several of the text may stand in one of the file.
    all[line - 1] = `${all[line - 1] ?? ''} ${text}`.trim();
  }
  return all;
}
