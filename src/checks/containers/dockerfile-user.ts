/** The image of a Dockerfile starts its program as root. */
import * as z from 'zod';
import type { Citation, Verdict } from '../../engine/check.ts';
import { defineCheck, pass } from '../../engine/check.ts';
import { runOf } from '../../facts/dockerfiles/commands.ts';
import type { ReadDockerfile } from '../../facts/dockerfiles/dockerfile.ts';
import { dockerfilesFact } from '../../facts/dockerfiles/dockerfiles.ts';
import { citeInstruction, eachDockerfile, fileData } from '../../facts/dockerfiles/each-dockerfile.ts';
import { lastStep, lineage, outerImage } from '../../facts/dockerfiles/effective.ts';
import { officialName } from '../../facts/dockerfiles/official-name.ts';
import { parseImageReference } from '../../facts/workloads/image-reference.ts';

const messages = {
  root: '`{file}` ends as user {user}: its program runs as root, and a way out of the container is a way to root on the host.',
  base: '`{file}` names no user and begins with {image}, whose user is root: its program runs as root.',
};

const Names = z.array(z.string());

export const dockerfileUser = defineCheck({
  id: 'dockerfile-user',
  needs: { dockerfiles: dockerfilesFact },
  params: z.strictObject({
    /** Images whose own user is root, and which start no program that gives it up. */
    rootImages: Names,
    /** Endings of a tag by which an image says that its user is another. */
    otherUserTags: Names,
    /** Programs that start another one as another user. */
    droppers: Names,
  }),
  messages,
  evaluate: ({ dockerfiles }, params) =>
    eachDockerfile<typeof messages>(dockerfiles, (file) => [judge(file, params)]),
});

interface Params {
  readonly rootImages: readonly string[];
  readonly otherUserTags: readonly string[];
  readonly droppers: readonly string[];
}

function judge(file: ReadDockerfile, params: Params): Verdict<typeof messages> {
  const { name, final } = file;
  const step = lastStep(final, 'user');
  const unclear = (because: string, ...evidence: Citation[]): Verdict<typeof messages> => ({
    outcome: 'undetermined',
    subject: name,
    because: `${name}: ${because}`,
    evidence,
  });
  const dropper = dropperIn(file, params.droppers);
  const drops = `it starts as root, and ${dropper?.name ?? ''} is there to give that up: whether it does is up to the entrypoint`;
  if (step?.kind === 'user') {
    const cited = citeInstruction(file, step.instruction);
    const { text, missing } = step.user;
    const [user = ''] = text.split(':');
    if (missing.length > 0) {
      return unclear(
        `who its user is depends on ${missing.join(', ')}, which has no value in the file`,
        cited,
      );
    }
    if (!isRoot(user)) return pass(name, cited);
    if (dropper !== null) return unclear(drops, cited, dropper.cited);
    return {
      outcome: 'fail',
      message: 'root',
      subject: name,
      data: { ...fileData(file), user: text },
      evidence: [cited],
    };
  }
  const { image, instruction } = outerImage(final);
  const cited = citeInstruction(file, instruction);
  if (image.missing.length > 0) {
    return unclear(
      `it names no user, and which image it begins with depends on ${image.missing.join(', ')}`,
      cited,
    );
  }
  const { repository, tag } = parseImageReference(image.text);
  const official = officialName(repository);
  if (params.otherUserTags.some((ending) => tag?.endsWith(ending) ?? false)) return pass(name, cited);
  if (!params.rootImages.includes(official)) {
    return unclear(
      `it names no user, so it has that of ${image.text}, which is not known; docker image inspect shows it`,
      cited,
    );
  }
  if (dropper !== null) return unclear(drops, cited, dropper.cited);
  return {
    outcome: 'fail',
    message: 'base',
    subject: name,
    data: { ...fileData(file), image: image.text },
    evidence: [cited],
  };
}

/** As runc reads it: a number of zero is root, however it is written. */
function isRoot(user: string): boolean {
  return user === '' || user === 'root' || /^[+-]?0+$/.test(user);
}

/** A program for giving up root that is started, installed or copied into the final image. */
function dropperIn(
  file: ReadDockerfile,
  droppers: readonly string[],
): { readonly name: string; readonly cited: Citation } | null {
  const nameIn = (words: readonly string[]) =>
    droppers.find((name) => words.some((word) => word === name || word.endsWith(`/${name}`)));
  for (const step of lineage(file.final).flatMap(({ steps }) => steps)) {
    let words: readonly string[] = [];
    if ('script' in step) {
      words = runOf(step.script).pipelines.flatMap((pipeline) =>
        pipeline.flatMap(({ program, args, through }) => [
          program,
          ...[...through, ...args].map(({ text }) => text.replace(/[=:].*$/, '')),
        ]),
      );
    } else if ('sources' in step) {
      words = [...step.sources.map(({ path }) => path.text), step.from?.text.replace(/[:@].*$/, '') ?? ''];
    }
    const name = nameIn(words);
    if (name !== undefined) return { name, cited: citeInstruction(file, step.instruction) };
  }
  return null;
}
