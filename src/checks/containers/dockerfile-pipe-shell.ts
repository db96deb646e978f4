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
  let source: Invocation | undefined;
  for (const invocation of pipeline) {
    const given = downloadGiven(invocation, isDownload);
    if (given !== null) return given;
    const commands = within(invocation);
    if (source !== undefined && commands.some(readsScript)) return source;
    source ??= commands.find(isDownload);
  }
  return null;
}

function within(invocation: Invocation): readonly Invocation[] {
  return [invocation, ...invocation.nested.flatMap(({ invocations }) => invocations)];
}

const interpreters = /^(?:python|pypy|perl|ruby|node|nodejs|php|lua|pwsh)[\d.]*$/;
const standardInput = /^(?:-|\/dev\/stdin|\/dev\/fd\/0|\/proc\/self\/fd\/0)$/;

/** Letters of each interpreter's options: those that give or name the program, and those whose value may be the next word. */
const options: Readonly<Record<string, { readonly program: string; readonly valued: string }>> = {
  python: { program: 'cm', valued: 'WX' },
  pypy: { program: 'cm', valued: 'WX' },
  perl: { program: 'eE', valued: 'I' },
  ruby: { program: 'e', valued: 'ICEr' },
  node: { program: 'ep', valued: 'rC' },
  nodejs: { program: 'ep', valued: 'rC' },
  php: { program: 'rfBRFES', valued: 'dczt' },
  lua: { program: 'e', valued: 'l' },
  pwsh: { program: 'cfeCFE', valued: '' },
};

/** Whether it runs what comes through the pipe: a shell or interpreter that is told no script. */
function readsScript({ program, args }: Invocation): boolean {
  const texts = args.map(({ text }) => text);
  if (program === 'source' || program === '.') return standardInput.test(texts[0] ?? '') && texts[0] !== '-';
  if (program === 'su' || program === 'runuser') return startsShell(texts);
  // All that is left of `sudo -i`, `doas -s`.
  if (/^(?:-[a-zA-Z]*[is]|--login|--shell)$/.test(program)) return true;
  if (shells.test(program)) return shellReads(texts);
  return interpreters.test(program) && interpreterReads(program.replace(/[\d.]+$/, ''), texts);
}

function shellReads(texts: readonly string[]): boolean {
  for (let index = 0; index < texts.length; index++) {
    const text = texts[index] ?? '';
    if (standardInput.test(text)) return true;
    if (!/^[-+]./.test(text)) return false;
    if (text === '--') return texts[index + 1] === undefined || standardInput.test(texts[index + 1] ?? '');
    if (/^-[a-z]*s[a-z]*$/.test(text)) return true;
    // `xargs sh -c` and `xargs -I{} sh -c '{}'` make a script of what comes through the pipe.
    if (/^-[a-z]*c[a-z]*$/.test(text)) return texts[index + 1]?.startsWith(unseenWords) === true;
    if (/^(?:[-+][a-z]*o|-O|--rcfile|--init-file)$/.test(text)) index += 1;
  }
  return true;
}

function interpreterReads(name: string, texts: readonly string[]): boolean {
  const { program, valued } = options[name] ?? { program: '', valued: '' };
  for (let index = 0; index < texts.length; index++) {
    const text = texts[index] ?? '';
    if (standardInput.test(text)) return true;
    if (!text.startsWith('-')) return false;
    if (/^--(?:eval|print|run|file|code)\b/.test(text)) return false;
    if (/^--(?:require|import|loader)$/.test(text)) index += 1;
    if (text.startsWith('--')) continue;
    const letters = Array.from(text.slice(1));
    const decisive = letters.findIndex((letter) => (program + valued).includes(letter));
    const letter = letters[decisive] ?? '';
    if (letter !== '' && program.includes(letter)) return standardInput.test(texts[index + 1] ?? '');
    if (letter !== '' && decisive === letters.length - 1) index += 1;
  }
  return true;
}

/** su(1) without a command, and without words for its shell behind the user's name. */
function startsShell(texts: readonly string[]): boolean {
  let users = 0;
  for (let index = 0; index < texts.length; index++) {
    const text = texts[index] ?? '';
    if (/^(?:-[a-z]*c|--(?:session-)?command\b)/.test(text)) return false;
    if (/^(?:-[gGsTw]|--(?:group|supp-group|shell|whitelist-environment))$/.test(text)) index += 1;
    else if (!text.startsWith('-')) users += 1;
  }
  return users <= 1;
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
