/** A Dockerfile writes a credential into an image's layers. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck } from '../../engine/check.ts';
import { companionFor } from '../../facts/dockerfiles/companion.ts';
import type { Companion, ReadDockerfile, Step } from '../../facts/dockerfiles/dockerfile.ts';
import { dockerfilesFact } from '../../facts/dockerfiles/dockerfiles.ts';
import type { Doubt } from '../../facts/dockerfiles/each-dockerfile.ts';
import {
  citeInstruction,
  eachDockerfile,
  fileData,
  settle,
  subjectIn,
} from '../../facts/dockerfiles/each-dockerfile.ts';
import { lineage } from '../../facts/dockerfiles/effective.ts';
import { maskedLiteral, maskedWellKnown } from '../../host/mask.ts';

const messages = {
  image:
    '`{file}` writes a credential into the image ({what}): everybody who can pull it has it, also when a later line deletes it.',
  wellKnown:
    '`{file}` sets a credential that everybody knows ({what}): it protects nothing, whoever it is meant to keep out.',
  cache:
    '`{file}` writes a credential into a stage that the image only copies from ({what}): it stays in the build cache, and in what is copied.',
};

const Names = z.array(z.string());

export const dockerfileSecret = defineCheck({
  id: 'dockerfile-secret',
  needs: { dockerfiles: dockerfilesFact },
  params: z.strictObject({
    /** Names of files that hold credentials, as whole names. */
    secretFiles: Names,
    /** Names of files that may hold one: what is in them decides, and without the file nothing does. */
    doubtfulFiles: Names,
    /** Names that look like one of these and are none. */
    harmlessFiles: Names,
    /** Variables that look like a credential and are none. */
    harmlessVariables: Names,
  }),
  messages,
  evaluate: ({ dockerfiles }, params) => {
    const names = {
      secret: anyOf(params.secretFiles),
      doubtful: anyOf(params.doubtfulFiles),
      harmless: anyOf(params.harmlessFiles),
      variables: anyOf(params.harmlessVariables),
    };
    return eachDockerfile<typeof messages>(dockerfiles, (file) => judge(file, names, dockerfiles.companions));
  },
});

type Patterns = Readonly<Record<'secret' | 'doubtful' | 'harmless' | 'variables', RegExp>>;

function anyOf(patterns: readonly string[]): RegExp {
  return new RegExp(`^(?:${patterns.join('|')})$`, 'i');
}

interface Found {
  readonly what: string;
  readonly at: number;
  readonly kind: 'literal' | 'well-known' | 'doubt';
}

function judge(
  file: ReadDockerfile,
  names: Patterns,
  companions: readonly Companion[],
): readonly Verdict<typeof messages>[] {
  const inImage = lineage(file.final);
  const failures: Verdict<typeof messages>[] = [];
  const doubts: Doubt[] = [];
  const judgeSteps = (steps: readonly Step[], message: 'image' | 'cache') => {
    for (const step of steps) {
      for (const { what, at, kind } of secretsIn(file, step, names, companions)) {
        const evidence = citeInstruction(file, step.instruction, at);
        const data = { ...fileData(file), what };
        const subject = subjectIn(file, what);
        if (kind === 'doubt') {
          doubts.push({ because: `${file.path}:${String(evidence.line)}: whether ${what}`, evidence });
        } else if (kind === 'well-known') {
          failures.push({ outcome: 'fail', message: 'wellKnown', subject, data, evidence: [evidence] });
        } else failures.push({ outcome: 'fail', message, subject, data, evidence: [evidence] });
      }
    }
  };
  judgeSteps(file.globals, 'cache');
  for (const stage of file.stages) judgeSteps(stage.steps, inImage.includes(stage) ? 'image' : 'cache');
  return settle(file, failures, doubts);
}

function secretsIn(
  file: ReadDockerfile,
  step: Step,
  names: Patterns,
  companions: readonly Companion[],
): readonly Found[] {
  switch (step.kind) {
    case 'environment':
    case 'argument':
      return step.variables.flatMap(({ name, value, at }) => {
        if (names.variables.test(name)) return [];
        const kind = writtenIn(value?.text ?? '');
        return kind === null ? [] : [{ what: `${step.instruction.keyword} ${name}`, at, kind }];
      });
    case 'copy':
    case 'add':
      return [
        ...step.sources.flatMap(({ path, at }): Found[] => {
          const found = copied(path.text, step.from !== null, file.path, names, companions);
          if (found === null) return [];
          return [
            {
              ...found,
              what: `${found.kind === 'doubt' ? '' : `${step.instruction.keyword} `}${found.what}`,
              at,
            },
          ];
        }),
        ...inText(step, names),
      ];
    default:
      return inText(step, names);
  }
}

/** The Host masked it, so what is left is that it was written out. */
function writtenIn(text: string): 'literal' | 'well-known' | null {
  if (text.includes(maskedLiteral)) return 'literal';
  return text.includes(maskedWellKnown) ? 'well-known' : null;
}

/** RUN, CMD, LABEL, …: named by the word that it stands behind. */
function inText({ instruction }: Step, names: Patterns): Found[] {
  const { text, keyword, argsAt } = instruction;
  const found: Found[] = [];
  for (const match of text.slice(argsAt).matchAll(/<masked(?::well-known)?>/g)) {
    const before = text.slice(Math.max(0, argsAt + match.index - 80), argsAt + match.index);
    const name = /([A-Za-z_][\w.-]*)(?:\\?["'])?\s*[=:,]?\s*(?:\\?["'])?$/.exec(before)?.[1] ?? '';
    if (names.variables.test(name)) continue;
    const kind = match[0] === maskedLiteral ? 'literal' : 'well-known';
    found.push({ what: `${keyword} ${name}`.trim(), at: argsAt + match.index, kind });
  }
  return found;
}

function copied(
  path: string,
  fromStage: boolean,
  dockerfile: string,
  names: Patterns,
  companions: readonly Companion[],
): Omit<Found, 'at'> | null {
  const name = path.replace(/\/+$/, '').replace(/^.*\//s, '');
  if (names.harmless.test(name)) return null;
  const isSecret = names.secret.test(name);
  if (!isSecret && !names.doubtful.test(name)) return null;
  const holds = fromStage ? undefined : companionFor(companions, dockerfile, path)?.holds;
  if (holds?.secret === true) return { what: path, kind: 'literal' };
  if (holds?.secret === false) return null;
  if (isSecret) return { what: path, kind: 'literal' };
  return { what: `${path} holds a credential is not known: it is not in the project`, kind: 'doubt' };
}
