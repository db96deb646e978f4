import type { Source, Stage, Step, Variable } from './dockerfile.ts';
import type { Instruction } from './instruction.ts';
import { parseShell } from './parse-shell.ts';
import type { Problem, ReadFile } from './read-instructions.ts';
import type { Script } from './shell-script.ts';
import type { Environment, RawWord, Resolved } from './words.ts';
import { plainWords, rawWords, resolveWord } from './words.ts';

const mostStages = 200;

interface Built {
  readonly stages: readonly Stage[];
  readonly globals: readonly Step[];
}

/** The stages of a file, each with its variables filled in as they are where they stand. */
export function buildStages({ instructions, escape }: ReadFile): Built | Problem {
  const stages: Draft[] = [];
  const globals = new Map<string, Resolved>();
  const before: Step[] = [];
  for (const instruction of instructions) {
    const { keyword, line } = instruction;
    const problem = problemOf(instruction, stages.length > 0);
    if (problem !== null) return { line, because: problem };
    const stage = stages.at(-1);
    if (keyword === 'FROM' && !instruction.onbuild) {
      if (stages.length === mostStages)
        return { line, because: `it has more than ${String(mostStages)} stages` };
      stages.push(newStage(instruction, stages, globals, escape));
    } else if (stage === undefined) {
      const variables = variablesOf(instruction, globals, escape);
      for (const { name, value } of variables) if (value !== null) globals.set(name, value);
      before.push({ kind: 'argument', instruction, variables });
    } else addStep(stage, instruction, globals, escape);
  }
  return { stages, globals: before };
}

interface Draft extends Stage {
  readonly base: Draft | null;
  readonly steps: Step[];
  /** ENV goes on to stages that begin with this one, ARG does not. */
  readonly environment: Map<string, Resolved>;
  readonly args: Map<string, Resolved>;
  shell: 'posix' | 'other';
}

const keywords = new Set(
  `ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME
  WORKDIR`.split(/\s+/),
);

const flagged = new Set(['ADD', 'COPY', 'FROM', 'HEALTHCHECK', 'RUN']);

function problemOf({ keyword, args, argv, flags }: Instruction, begun: boolean): string | null {
  if (isTemplate(keyword, args, argv))
    return 'it is a template: what stands here is only known when it is filled in';
  if (!keywords.has(keyword)) return `${JSON.stringify(keyword.slice(0, 40))} is no instruction`;
  if (!begun && keyword !== 'FROM' && keyword !== 'ARG') return `${keyword} stands before the first FROM`;
  if (keyword === 'ONBUILD') return 'ONBUILD holds another one';
  if (flags.length > 0 && !flagged.has(keyword)) return `${keyword} takes no flags`;
  if (args === '') return `${keyword} has no arguments`;
  return null;
}

/** `{{ x }}`, `{% if %}`, `<% %>`, `@X@`: outside of quotes, where only a template has them. */
function isTemplate(keyword: string, args: string, argv: readonly string[] | null): boolean {
  if (/^(?:\{[{%#]|<%|@\w+@)/.test(keyword)) return true;
  if (argv !== null) return false;
  const isShell =
    keyword === 'RUN' || keyword === 'CMD' || keyword === 'ENTRYPOINT' || keyword === 'HEALTHCHECK';
  const text = isShell ? args.replace(/'[^']*'|"(?:[^"\\]|\\.)*"/gs, '') : args;
  return /\{\{|\{%|<%[=-]?\s/.test(text);
}

function newStage(
  instruction: Instruction,
  before: readonly Draft[],
  globals: Environment,
  escape: string,
): Draft {
  const [image, as, name] = plainWords(instruction.args);
  const resolved = resolveWord(image?.text ?? '', globals, escape);
  const base = before.findLast((stage) => stage.name === resolved.text.toLowerCase()) ?? null;
  return {
    name: as?.text.toLowerCase() === 'as' ? (name?.text.toLowerCase() ?? null) : null,
    instruction,
    image: resolved,
    base,
    steps: [],
    environment: new Map(),
    args: new Map(),
    shell: base?.shell ?? 'posix',
  };
}

/** ENV's value at the end of what the stage has so far, or of a stage that it begins with. */
function variableOf(stage: Draft, name: string): Resolved | undefined {
  for (let each: Draft | null = stage; each !== null; each = each.base) {
    const value = each.environment.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

function addStep(stage: Draft, instruction: Instruction, globals: Environment, escape: string): void {
  const { keyword, onbuild } = instruction;
  const environment = { get: (name: string) => variableOf(stage, name) ?? stage.args.get(name) };
  const step = stepOf(instruction, environment, stage.shell, escape);
  stage.steps.push(step);
  if (onbuild) return;
  if (step.kind === 'environment') {
    for (const { name, value } of step.variables) if (value !== null) stage.environment.set(name, value);
  } else if (step.kind === 'argument') {
    for (const { name, value } of step.variables) {
      const inherited = value ?? globals.get(name);
      if (inherited !== undefined) stage.args.set(name, inherited);
    }
  } else if (keyword === 'SHELL') {
    stage.shell = /(?:^|[/\\])(?:ba|da|a|z|k)?sh$/.test(instruction.argv?.[0] ?? '') ? 'posix' : 'other';
  }
}

function stepOf(
  instruction: Instruction,
  environment: Environment,
  shell: Draft['shell'],
  escape: string,
): Step {
  const { keyword, args } = instruction;
  switch (keyword) {
    case 'RUN':
      return { kind: 'run', instruction, script: scriptOf(instruction, shell) };
    case 'CMD':
      return { kind: 'command', instruction, script: scriptOf(instruction, shell) };
    case 'ENTRYPOINT':
      return { kind: 'entrypoint', instruction, script: scriptOf(instruction, shell) };
    case 'HEALTHCHECK':
      return /^none$/i.test(args)
        ? { kind: 'no-health', instruction }
        : { kind: 'health', instruction, script: scriptOf(instruction, shell) };
    case 'ENV':
      return { kind: 'environment', instruction, variables: variablesOf(instruction, environment, escape) };
    case 'ARG':
      return { kind: 'argument', instruction, variables: variablesOf(instruction, environment, escape) };
    case 'USER':
      return { kind: 'user', instruction, user: resolveWord(args, environment, escape) };
    case 'COPY':
    case 'ADD':
      return {
        kind: keyword === 'COPY' ? 'copy' : 'add',
        instruction,
        from: fromOf(instruction, environment, escape),
        sources: sourcesOf(instruction, environment, escape),
      };
    case 'EXPOSE':
      return { kind: 'expose', instruction };
    default:
      return { kind: 'other', instruction };
  }
}

function fromOf({ flags }: Instruction, environment: Environment, escape: string): Resolved | null {
  const from = flags.find(({ name }) => name === 'from');
  return from === undefined ? null : resolveWord(from.value, environment, escape);
}

/** All words but the last, which is the destination; a here-document is no file. */
function sourcesOf(instruction: Instruction, environment: Environment, escape: string): Source[] {
  const { args, argv, argsAt } = instruction;
  const words: readonly RawWord[] = argv?.map((text) => ({ text, at: 0 })) ?? plainWords(args);
  return words
    .slice(0, -1)
    .filter(({ text }) => !/^\d*<<-?[^<]/.test(text))
    .map(({ text, at }) => ({ path: resolveWord(text, environment, escape), at: argsAt + at }));
}

/** `A=1 B="2"`, or in the old form of ENV `A the whole rest`. */
function variablesOf(instruction: Instruction, environment: Environment, escape: string): Variable[] {
  const { args, argsAt, keyword } = instruction;
  const words = rawWords(args, escape);
  const [first] = words;
  if (keyword === 'ENV' && first !== undefined && !first.text.includes('=')) {
    const value = args.slice(first.text.length).trim();
    return [{ name: first.text, value: resolveWord(value, environment, escape), at: argsAt }];
  }
  return words.map(({ text, at }) => {
    const equals = text.indexOf('=');
    const name = (equals === -1 ? text : text.slice(0, equals)).replaceAll(/["']/g, '');
    const value = equals === -1 ? null : resolveWord(text.slice(equals + 1), environment, escape);
    return { name, value, at: argsAt + at };
  });
}

function scriptOf(instruction: Instruction, shell: Draft['shell']): Script {
  const { argv, keyword, argsAt, text, args } = instruction;
  if (argv !== null) return argumentsAsScript(argv, argsAt);
  if (shell === 'other') return { pipelines: [], problem: 'it is no script for a POSIX shell' };
  const skipped = keyword === 'HEALTHCHECK' ? (/^cmd\s+/i.exec(args)?.[0].length ?? 0) : 0;
  return parseShell(text, argsAt + skipped);
}

/** The JSON form starts a program directly. */
function argumentsAsScript(argv: readonly string[], at: number): Script {
  const words = argv.map((text) => ({ text, at, inside: [] }));
  return {
    pipelines: words.length === 0 ? [] : [[{ assignments: [], words, redirects: [], group: null, at }]],
    problem: null,
  };
}
