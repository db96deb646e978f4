/** A Dockerfile switches off what proves that a server is the one it says. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck } from '../../engine/check.ts';
import type { Invocation } from '../../facts/dockerfiles/commands.ts';
import type { ReadDockerfile } from '../../facts/dockerfiles/dockerfile.ts';
import { dockerfilesFact } from '../../facts/dockerfiles/dockerfiles.ts';
import {
  citeInstruction,
  eachDockerfile,
  fileData,
  pipelinesIn,
  settle,
  subjectIn,
} from '../../facts/dockerfiles/each-dockerfile.ts';
import type { ShellWord } from '../../facts/dockerfiles/shell-script.ts';

const messages = {
  off: '`{file}` switches certificate or signature checks off ({words}): who sits on the way can put anything into the image.',
};

const Pattern = z.string();

const Params = z.strictObject({
  /** Matched against the arguments of a program, each behind a blank. */
  options: z.array(
    z.strictObject({
      /** The program's whole name. */
      programs: Pattern,
      arguments: Pattern,
      /** A letter that may stand among others (`-fsSLk`), and those whose value follows at once. */
      short: z.strictObject({ letter: z.string().length(1), valued: z.string() }).optional(),
    }),
  ),
  /** Variables, and the values that switch something off. */
  variables: z.record(z.string(), Pattern),
  /** Lines of a configuration that a command writes to a file. */
  written: z.array(Pattern),
});

export const dockerfileTls = defineCheck({
  id: 'dockerfile-tls',
  needs: { dockerfiles: dockerfilesFact },
  params: Params,
  messages,
  evaluate: ({ dockerfiles }, params) => {
    const rules = compile(params);
    return eachDockerfile<typeof messages>(dockerfiles, (file) => {
      const { ran, doubts } = pipelinesIn(file, ['run', 'command', 'entrypoint']);
      const found = [
        ...ran.flatMap(({ step: { instruction }, pipeline }) => {
          const isKept = keeps(pipeline);
          return pipeline.flatMap((each) =>
            offIn(each, isKept, rules).map((words) => ({ words, instruction, at: each.at })),
          );
        }),
        ...variablesOff(file, rules),
      ];
      const failures = found.map(({ words, instruction, at }): Verdict<typeof messages> => ({
        outcome: 'fail',
        message: 'off',
        subject: subjectIn(file, words),
        data: { ...fileData(file), words },
        evidence: [citeInstruction(file, instruction, at)],
      }));
      return settle(file, failures, doubts);
    });
  },
});

interface Compiled {
  readonly options: readonly {
    readonly programs: RegExp;
    readonly arguments: RegExp;
    readonly short: { readonly letter: string; readonly valued: string } | undefined;
  }[];
  readonly variables: ReadonlyMap<string, RegExp>;
  readonly written: readonly RegExp[];
}

function compile({ options, variables, written }: z.infer<typeof Params>): Compiled {
  return {
    options: options.map((each) => ({
      programs: new RegExp(`^(?:${each.programs})$`),
      arguments: new RegExp(` (${each.arguments})(?= |$)`, 'i'),
      short: each.short,
    })),
    variables: new Map(
      Object.entries(variables).map(([name, value]) => [name, new RegExp(`^(?:${value})$`, 'i')]),
    ),
    written: written.map((each) => new RegExp(each, 'im')),
  };
}

/** What of a command switches checks off, in a few words each. */
function offIn(invocation: Invocation, isKept: boolean, rules: Compiled): string[] {
  const { program, args, assignments, redirects } = invocation;
  const found: string[] = [];
  for (const { programs, arguments: wanted, short } of rules.options) {
    if (!programs.test(program)) continue;
    const option = wanted.exec(asOneLine(args))?.[1];
    if (option !== undefined) found.push(`${program} ${option}`);
    else if (short !== undefined && hasLetter(args, short)) {
      found.push(`${program} -${short.letter}`);
    }
  }
  const exported = program === 'export' ? args : [];
  for (const { text } of [...assignments, ...exported]) {
    const [, name = '', value = ''] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
    if (rules.variables.get(name)?.test(value) === true) found.push(`${name}=${value}`);
  }
  if (!isKept) return found;
  const texts = [...args.map(({ text }) => text), ...redirects.map(({ target }) => target.text)];
  for (const pattern of rules.written) {
    const line = texts.map((text) => pattern.exec(text)?.[0]).find((each) => each !== undefined);
    if (line !== undefined) found.push(line.trim());
  }
  return found;
}

/** Whether what a pipeline prints goes to a file. Asked once for all of its commands. */
function keeps(pipeline: readonly Invocation[]): boolean {
  return pipeline.some(
    (each) =>
      each.program === 'tee' || each.redirects.some(({ operator }) => /^(?:>|>>|>\||&>>?)$/.test(operator)),
  );
}

/** Each argument behind a blank; one inside an argument is none. */
function asOneLine(args: readonly ShellWord[]): string {
  return args.map(({ text }) => ` ${text.replaceAll(/\s/g, '\u00a0')}`).join('');
}

/** `-fsSLk`: letters in one word, up to one that takes the rest, or the next word, as its value. */
function hasLetter(
  args: readonly ShellWord[],
  { letter, valued }: { readonly letter: string; readonly valued: string },
): boolean {
  for (let index = 0; index < args.length; index++) {
    const letters = /^-([A-Za-z0-9#:]+)/.exec(args[index]?.text ?? '')?.[1] ?? '';
    for (const [place, each] of Array.from(letters).entries()) {
      if (each === letter) return true;
      if (!valued.includes(each)) continue;
      if (place === (args[index]?.text.length ?? 0) - 2) index += 1;
      break;
    }
  }
  return false;
}

/** Variables of the image or the build, and files that stand in a here-document. */
function variablesOff({ globals, stages }: ReadDockerfile, rules: Compiled) {
  return [...globals, ...stages.flatMap(({ steps }) => steps)].flatMap((step) => {
    const { instruction } = step;
    if (step.kind === 'environment' || step.kind === 'argument') {
      return step.variables
        .filter(({ name, value }) => value !== null && rules.variables.get(name)?.test(value.text) === true)
        .map(({ name, value, at }) => ({ words: `${name}=${value?.text ?? ''}`, instruction, at }));
    }
    if (step.kind !== 'copy' && step.kind !== 'add') return [];
    const { text, argsAt, args } = instruction;
    const files = text.slice(argsAt + args.length);
    return rules.written.flatMap((pattern) => {
      const found = pattern.exec(files);
      if (found === null) return [];
      const at = argsAt + args.length + found.index + found[0].length - 1;
      return [{ words: found[0].trim(), instruction, at }];
    });
  });
}
