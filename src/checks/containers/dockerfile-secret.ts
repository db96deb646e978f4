/** A Dockerfile writes a credential into an image's layers. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck } from '../../engine/check.ts';
import { companionFor } from '../../facts/dockerfiles/companion.ts';
import type { CopiedFile } from '../../facts/dockerfiles/copied-files.ts';
import { contextsOf, copiedFiles, isRemote } from '../../facts/dockerfiles/copied-files.ts';
import type { Companion, Dockerfiles, ReadDockerfile, Step } from '../../facts/dockerfiles/dockerfile.ts';
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
import { hasWildcard } from '../../facts/dockerfiles/path-pattern.ts';
import { maskedLiteral, maskedWellKnown } from '../../host/mask.ts';
import type { Patterns } from './credential-name.words.ts';
import { anyOf, isCandidate, likelyName, ownKind } from './credential-name.words.ts';

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
    /** Names of files that hold credentials, as whole names, or with the directory that they are in. */
    secretFiles: Names,
    /** Names of directories that hold them, likewise. */
    secretFolders: Names,
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
      folder: anyOf(params.secretFolders),
      doubtful: anyOf(params.doubtfulFiles),
      harmless: anyOf(params.harmlessFiles),
      variables: anyOf(params.harmlessVariables),
    };
    const candidates = dockerfiles.paths.filter((path) => isCandidate(path, names));
    return eachDockerfile<typeof messages>(dockerfiles, (file) =>
      judge(file, {
        names,
        candidates,
        dockerfiles,
        contexts: contextsOf(dockerfiles, file),
        isInImage: false,
      }),
    );
  },
});

/** What a file is judged by. */
interface Around {
  readonly names: Patterns;
  /** Files of the project whose names are those of credentials. */
  readonly candidates: readonly string[];
  readonly dockerfiles: Dockerfiles;
  readonly contexts: readonly string[];
  /** Whether the stage is one that the image begins with. */
  readonly isInImage: boolean;
}

interface Found {
  readonly what: string;
  readonly at: number;
  readonly kind: 'literal' | 'well-known' | 'doubt';
}

/** Characters of sources times those of files' paths, which is what comparing them takes. */
const mostComparisons = 20_000_000;

function judge(file: ReadDockerfile, around: Around): readonly Verdict<typeof messages>[] {
  const inImage = lineage(file.final);
  const failures: Verdict<typeof messages>[] = [];
  const doubts: Doubt[] = [];
  const sources = file.stages.flatMap(({ steps }) =>
    steps.flatMap((step) => ('sources' in step ? step.sources : [])),
  );
  const length = sources.reduce((sum, { path }) => sum + path.text.length, 0);
  const isTooMuch = length * around.candidates.join().length > mostComparisons;
  if (isTooMuch)
    doubts.push({
      because: `${file.path}: it copies too much to compare`,
      evidence: citeInstruction(file, file.final.instruction),
    });
  const candidates = isTooMuch ? [] : around.candidates;
  const judgeSteps = (steps: readonly Step[], message: 'image' | 'cache') => {
    for (const step of steps) {
      const isInImage = message === 'image';
      for (const { what, at, kind } of secretsIn(file, step, { ...around, candidates, isInImage })) {
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

function secretsIn(file: ReadDockerfile, step: Step, around: Around): readonly Found[] {
  const { names } = around;
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
        ...step.sources.flatMap(({ path, at }) =>
          copied(path.text, step, file, around).map(({ what, kind }) => ({
            what: kind === 'doubt' ? what : `${step.instruction.keyword} ${what}`,
            ...{ at, kind },
          })),
        ),
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
  source: string,
  step: Extract<Step, { kind: 'copy' | 'add' }>,
  file: ReadDockerfile,
  around: Around,
): readonly Omit<Found, 'at'>[] {
  const { names, dockerfiles, candidates, contexts } = around;
  const kind = ownKind(source, names);
  const isPattern = hasWildcard(source);
  if (kind === 'harmless') return [];
  const isOutside = step.from !== null || isRemote(source);
  if (!isPattern && (kind === 'secret' || kind === 'doubtful'))
    return named(source, kind, isOutside ? null : companionFor(dockerfiles.companions, file.path, source));
  const excludes = step.instruction.flags.flatMap(({ name, value }) => (name === 'exclude' ? [value] : []));
  const take = (among: readonly string[]) =>
    copiedFiles(dockerfiles, file, contexts, source, excludes, among);
  const taken = isOutside ? [] : take(candidates);
  if (taken.length > 0) return taken.flatMap((each) => unnamed(source, each, around));
  if (!isPattern)
    return kind === 'folder' && (isOutside || take(dockerfiles.paths).length === 0)
      ? [{ what: source, kind: 'literal' }]
      : [];
  const likely = likelyName(source, names);
  if (likely === null || (!isOutside && take(contexts.map((context) => context + likely)).length === 0))
    return [];
  return [{ what: `${source} takes a credential is not known: the project has no such file`, kind: 'doubt' }];
}

function named(
  path: string,
  kind: 'secret' | 'doubtful',
  companion: Companion | null,
): readonly Omit<Found, 'at'>[] {
  const holds = companion?.holds;
  if (holds?.secret === false) return [];
  if (holds?.secret === true || kind === 'secret') return [{ what: path, kind: 'literal' }];
  return [{ what: `${path} holds a credential is not known: it is not in the project`, kind: 'doubt' }];
}

/** A file that a pattern or a directory takes along: it may be meant for a test, or not be there in another build. */
function unnamed(source: string, taken: CopiedFile, around: Around): readonly Omit<Found, 'at'>[] {
  const { path, isCertain, isDeep } = taken;
  const holds = around.dockerfiles.companions.find((each) => each.path === path)?.holds ?? null;
  if (holds?.secret === false) return [];
  const doubt = (because: string): Omit<Found, 'at'>[] => [
    { what: `${path}, which ${source} takes, ${because}`, kind: 'doubt' },
  ];
  if (holds === null) return doubt('holds a credential is not known: its text does not tell');
  if (holds.isWellKnown === true)
    return doubt('holds a credential is not known: it has only well-known ones');
  if (!isCertain) return doubt('is in the image depends on the directory that is built');
  if (!around.isInImage) return doubt('is in the image depends on what is copied from that stage');
  if (isDeep) return doubt('protects anything is not known: it may be there for a test');
  return [{ what: `${source} (${path})`, kind: 'literal' }];
}
