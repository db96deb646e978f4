/** What a POSIX shell (or bash) would run, as far as its words tell; see "Shell Command Language" in POSIX.1-2017. */
export interface Script {
  readonly pipelines: readonly Pipeline[];
  /** Why it is not understood to its end, as a clause; `null` when it is. */
  readonly problem: string | null;
}

/** Commands joined by `|`. */
export type Pipeline = readonly Command[];

export interface Command {
  /** Variables set for this command alone, or for the shell when there are no words. */
  readonly assignments: readonly ShellWord[];
  readonly words: readonly ShellWord[];
  readonly redirects: readonly Redirect[];
  /** `( … )` or `{ …; }`: what runs in it; then there are no words. */
  readonly group: Script | null;
  /** Where it begins in the text. */
  readonly at: number;
}

export interface ShellWord {
  /** Quotes and escapes removed; variables and `$( … )` stay as they are written. */
  readonly text: string;
  readonly at: number;
  /** Commands whose output is put into the word, or whose output it names as a file. */
  readonly inside: readonly { readonly as: 'output' | 'file'; readonly script: Script }[];
}

export interface Redirect {
  /** `>`, `>>`, `<`, `<<<`, `<<`, … */
  readonly operator: string;
  /** The file, or for `<<` the text of the here-document. */
  readonly target: ShellWord;
}
