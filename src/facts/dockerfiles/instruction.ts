/** One instruction of a Dockerfile, with the way back from each of its characters to the file. */
export interface Instruction {
  /** In capitals: `RUN`. */
  readonly keyword: string;
  /** Behind ONBUILD: it runs when another image is built from this one. */
  readonly onbuild: boolean;
  readonly flags: readonly Flag[];
  /** What follows keyword and flags, continuations joined and comments inside left out. */
  readonly args: string;
  /** The JSON form: `["a", "b"]`; `null` for the shell form. */
  readonly argv: readonly string[] | null;
  /** Everything as one text: the joined line, then each here-document's lines and its end on lines of their own. */
  readonly text: string;
  /** Where `args` begins in `text`. */
  readonly argsAt: number;
  readonly marks: readonly Mark[];
  /** As in the file, counted from 1. */
  readonly line: number;
  readonly column: number;
}

/** `--mount=type=secret,id=x`; the value is empty where none was written. */
export interface Flag {
  readonly name: string;
  readonly value: string;
}

/** From `offset` on, the text stands in the file from this line and column on. */
export interface Mark {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** Where a character of an instruction's text stands in the file. */
export function positionOf({ marks, line, column }: Instruction, offset: number): Mark {
  let low = 0;
  let high = marks.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((marks[middle]?.offset ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  const mark = marks[low] ?? { offset: 0, line, column };
  return { offset, line: mark.line, column: mark.column + Math.max(0, offset - mark.offset) };
}
