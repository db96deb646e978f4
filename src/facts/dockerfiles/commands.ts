import { remembered } from '../remember.ts';
import { parseShell } from './parse-shell.ts';
import type { Command, Redirect, Script, ShellWord } from './shell-script.ts';
import { baseName, programAt } from './wrappers.ts';

/** A program and what it is given, behind `sudo`, `env` and the like. */
export interface Invocation {
  /** Without its directory: `pip` for `/venv/bin/pip`; `python3 -m pip` is `pip`, too. */
  readonly program: string;
  readonly args: readonly ShellWord[];
  /** The words before it: `sudo`, `gosu app`. */
  readonly through: readonly ShellWord[];
  readonly assignments: readonly ShellWord[];
  readonly redirects: readonly Redirect[];
  /** Where it stands in the instruction's text. */
  readonly at: number;
  /** Where a pipe or a substitution gives it something, what runs there. */
  readonly nested: readonly Nested[];
}

interface Nested {
  readonly as: 'output' | 'file' | 'group';
  /** The argument that it is part of; -1 is the program's own word. */
  readonly argument: number;
  readonly invocations: readonly Invocation[];
}

/** What a script runs. */
export interface Run {
  /** Its pipelines, also in groups, substitutions, `sh -c '…'` and here-documents for a shell. */
  readonly pipelines: readonly (readonly Invocation[])[];
  /** Why there may be more than these, as clauses. */
  readonly problems: readonly string[];
}

export const runOf = remembered((script: Script): Run => {
  const run: Found = { pipelines: [], problems: [] };
  collect(script, (at) => at, 0, run);
  return run;
});

export const shells = /^(?:ba|da|a|z|k|mk)?sh$/;
const deepest = 8;

type Place = (at: number) => number;

interface Found {
  readonly pipelines: Invocation[][];
  readonly problems: string[];
}

function collect(script: Script, place: Place, depth: number, found: Found): Invocation[][] {
  if (depth > deepest) {
    found.problems.push('its commands are nested too deep');
    return [];
  }
  if (script.problem !== null) found.problems.push(script.problem);
  const own = script.pipelines.map((pipeline) =>
    pipeline.map((command) => invocationOf(command, place, depth, found)),
  );
  // One by one: a call takes only so many arguments.
  for (const pipeline of own) found.pipelines.push(pipeline);
  return own;
}

function invocationOf(command: Command, place: Place, depth: number, found: Found): Invocation {
  const { assignments, words, redirects, group } = command;
  const at = place(command.at);
  const nested: Nested[] = [];
  const follow = (script: Script, as: Nested['as'], argument: number, where: Place) => {
    nested.push({ as, argument, invocations: collect(script, where, depth + 1, found).flat() });
  };
  const start = programAt(words);
  const args = fed(words.slice(0, start), words.slice(start + 1));
  if (group !== null) follow(group, 'group', -1, place);
  for (const each of [...assignments, ...words.slice(0, start)]) {
    for (const { script } of each.inside) follow(script, 'output', -2, place);
  }
  for (const [index, word] of words.slice(start).entries()) {
    for (const { as, script } of word.inside) follow(script, as, index - 1, place);
  }
  for (const { target } of redirects) {
    for (const { as, script } of target.inside) follow(script, as, -2, place);
  }
  const program = baseName(words[start]?.text ?? '');
  for (const { script, where } of scriptsGiven(program, args, redirects, place))
    follow(script, 'group', -2, where);
  const isModule = /^(?:python|pypy)[\d.]*$/.test(program) ? args.findIndex(({ text }) => text === '-m') : -1;
  const module = isModule === -1 ? undefined : args[isModule + 1]?.text;
  const real = module === undefined ? { program, args } : { program: module, args: args.slice(isModule + 2) };
  return {
    ...real,
    through: words.slice(0, start),
    assignments: [...assignments, ...words.slice(0, start).filter(isAssignment)],
    redirects,
    at,
    nested,
  };
}

/** Scripts that a shell gets as text: behind `-c`, or from a here-document. */
function scriptsGiven(
  program: string,
  args: readonly ShellWord[],
  redirects: readonly Redirect[],
  place: Place,
): { readonly script: Script; readonly where: Place }[] {
  const given: { script: Script; where: Place }[] = [];
  const isShell = shells.test(program);
  const option =
    isShell || /^(?:su|runuser)$/.test(program)
      ? args.findIndex(({ text }) => /^(?:-[a-z]*c[a-z]*|--command)$/.test(text))
      : -1;
  const text = args[option + 1];
  if (option !== -1 && text !== undefined) {
    given.push({ script: parseShell(text.text), where: () => place(text.at) });
  }
  const [only, ...others] = args;
  if (program === 'eval' && only !== undefined) {
    const words = [only, ...others].map((word) => word.text).join(' ');
    given.push({ script: parseShell(words), where: () => place(only.at) });
  }
  for (const { operator, target } of redirects) {
    if (operator !== '<<' || !(isShell || program === '')) continue;
    const interpreter = /^#!\s*(\S+(?:\s+\S+)?)/.exec(target.text)?.[1] ?? 'sh';
    if (!shells.test(baseName(interpreter.split(/\s+/).at(-1) ?? ''))) continue;
    given.push({ script: parseShell(target.text), where: (at) => place(target.at) + at });
  }
  return given;
}

/** Stands for words that xargs(1) gives a program, and that nobody sees here. */
export const unseenWords = '$@';

/** What a program is given behind `xargs`: what it reads comes last, or wherever the text of `-I` stands. */
function fed(before: readonly ShellWord[], args: readonly ShellWord[]): readonly ShellWord[] {
  const xargs = before.findIndex(({ text }) => baseName(text) === 'xargs');
  const by = before[xargs];
  if (by === undefined) return args;
  const options = before.slice(xargs + 1);
  const inserted = options.findIndex(({ text }) => /^-[Ii]/.test(text) || text.startsWith('--replace'));
  const option = options[inserted]?.text ?? '';
  const attached = option.replace(/^(?:-[Ii]|--replace=?)/, '');
  const mark = option === '-I' ? options[inserted + 1]?.text : attached || '{}';
  if (inserted === -1 || mark === undefined) return [...args, { text: unseenWords, at: by.at, inside: [] }];
  return args.map((word) => ({ ...word, text: word.text.replaceAll(mark, unseenWords) }));
}

function isAssignment({ text }: ShellWord): boolean {
  return /^[A-Za-z_]\w*=/.test(text);
}
