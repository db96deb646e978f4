/** A Dockerfile runs what a download answers, unseen. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck } from '../../engine/check.ts';
import type { Invocation } from '../../facts/dockerfiles/commands.ts';
import { shells, unseenWords } from '../../facts/dockerfiles/commands.ts';
import { dockerfilesFact } from '../../facts/dockerfiles/dockerfiles.ts';
import {
  citeInstruction,
  eachDockerfile,
  fileData,
  pipelinesIn,
  settle,
  subjectIn,
} from '../../facts/dockerfiles/each-dockerfile.ts';

const messages = {
  pipe: '`{file}` runs what {url} answers: who controls that server, or the way to it, runs code in the build.',
};

export const dockerfilePipeShell = defineCheck({
  id: 'dockerfile-pipe-shell',
  needs: { dockerfiles: dockerfilesFact },
  params: z.strictObject({
    /** Programs that print what a server answers. */
    downloaders: z.array(z.string()),
  }),
  messages,
  evaluate: ({ dockerfiles }, { downloaders }) =>
    eachDockerfile<typeof messages>(dockerfiles, (file) => {
      const { ran, doubts } = pipelinesIn(file, ['run', 'command', 'entrypoint']);
      const isDownload = ({ program }: Invocation) => downloaders.includes(program);
      const failures = ran.flatMap(({ step, pipeline }): Verdict<typeof messages>[] => {
        const download = executed(pipeline, isDownload);
        if (download === null) return [];
        const url = urlOf(download);
        const evidence = [citeInstruction(file, step.instruction, download.at)];
        const data = { ...fileData(file), url };
        return [
          {
            outcome: 'fail',
            message: 'pipe',
            subject: subjectIn(file, `${download.program} ${url}`),
            data,
            evidence,
          },
        ];
      });
      return settle(file, failures, doubts);
    }),
});

type Test = (invocation: Invocation) => boolean;

/** The download whose answer is run. */
function executed(pipeline: readonly Invocation[], isDownload: Test): Invocation | null {
  for (const [index, invocation] of pipeline.entries()) {
    const given = downloadGiven(invocation, isDownload);
    if (given !== null) return given;
    if (!within(invocation).some(readsScript)) continue;
    const source = pipeline.slice(0, index).flatMap(within).find(isDownload);
    if (source !== undefined) return source;
  }
  return null;
}

function within(invocation: Invocation): readonly Invocation[] {
  return [invocation, ...invocation.nested.flatMap(({ invocations }) => invocations)];
}

const interpreters = /^(?:python|pypy|perl|ruby|node|nodejs|php|lua|pwsh)[\d.]*$/;

/** Whether it runs what comes through the pipe: a shell or interpreter that is told no script. */
function readsScript({ program, args }: Invocation): boolean {
  const [first] = args;
  if (program === 'source' || program === '.') return /^\/dev\/(?:stdin|fd\/0)$/.test(first?.text ?? '');
  const isShell = shells.test(program);
  if (!isShell && !interpreters.test(program)) return false;
  for (let index = 0; index < args.length; index++) {
    const text = args[index]?.text ?? '';
    if (text === '-' || text === '/dev/stdin') return true;
    if (!/^[-+]./.test(text)) return false;
    if (isShell && text === '--') return args[index + 1] === undefined;
    if (isShell && /^-[a-z]*s[a-z]*$/.test(text)) return true;
    // `xargs sh -c` and `xargs -I{} sh -c '{}'` make a script of what comes through the pipe.
    if (isShell && /^-[a-z]*c[a-z]*$/.test(text))
      return args[index + 1]?.text.startsWith(unseenWords) === true;
    if (isShell && /^(?:[-+][a-z]*o|-O|--rcfile|--init-file)$/.test(text)) index += 1;
    // -c, -m, -e, -n, -p, -r: the program is named or written there.
    if (!isShell && /^-[a-zA-Z]*[cmenprE]/.test(text)) return false;
  }
  return true;
}

/** `bash <(curl …)`, `sh -c "$(curl …)"`, `eval "$(curl …)"`, `bash <<< "$(curl …)"`, `$(curl …)`. */
function downloadGiven(
  { program, args, nested, redirects }: Invocation,
  isDownload: Test,
): Invocation | null {
  const isShell = shells.test(program);
  const runsFiles = isShell || interpreters.test(program) || program === 'source' || program === '.';
  const option = runsFiles ? args.findIndex(({ text }) => /^-[a-z]*[ce][a-z]*$/.test(text)) : -1;
  const isFed = runsFiles && redirects.some(({ operator }) => operator === '<<<' || operator === '<');
  for (const { as, argument, invocations } of nested) {
    const isRun =
      as === 'file'
        ? (runsFiles && argument >= 0) || (isFed && argument === -2)
        : as === 'output' &&
          (argument === -1 ||
            (program === 'eval' && argument >= 0) ||
            (option !== -1 && argument === option + 1) ||
            (isFed && argument === -2));
    const source = isRun ? invocations.find(isDownload) : undefined;
    if (source !== undefined) return source;
  }
  return null;
}

/** What it downloads, without a query: that may change, or be a secret. */
function urlOf({ args }: Invocation): string {
  const url =
    args.find(({ text }) => /^(?:https?|ftp):\/\//i.test(text)) ??
    args.find(({ text }) => /[.$/]/.test(text) && !text.startsWith('-'));
  return (url?.text ?? 'a server').replace(/[?#].*$/, '');
}
