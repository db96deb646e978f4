import type { Citation, Messages, Verdict } from '../../engine/check.ts';
import { notApplicable, pass } from '../../engine/check.ts';
import type { Invocation } from './commands.ts';
import { runOf } from './commands.ts';
import type { Dockerfiles, ReadDockerfile, Stage, Step } from './dockerfile.ts';
import type { Instruction } from './instruction.ts';
import { positionOf } from './instruction.ts';

/** Every Dockerfile's verdicts; one that does not tell its image is undetermined, with the line. */
export function eachDockerfile<const M extends Messages>(
  { files }: Dockerfiles,
  judge: (file: ReadDockerfile) => readonly Verdict<M>[],
): readonly Verdict<M>[] {
  if (files.length === 0) return [notApplicable('the project holds no Dockerfile')];
  return files.flatMap((file) => {
    if (file.state === 'read') return judge(file);
    const { name, path, line, because } = file;
    const where = line === null ? path : `${path}:${String(line)}`;
    const evidence = [{ source: path, line, excerpt: null }];
    return [{ outcome: 'undetermined', subject: name, because: `${where}: ${because}`, evidence }];
  });
}

/** Why a file may hold more than what was found. */
export interface Doubt {
  readonly because: string;
  readonly evidence: Citation;
}

/** What was found stands; without it, a doubt keeps the file from passing. */
export function settle<const M extends Messages>(
  { name }: ReadDockerfile,
  failures: readonly Verdict<M>[],
  doubts: readonly Doubt[],
): readonly Verdict<M>[] {
  if (failures.length > 0) return oncePerSubject(failures);
  const [first] = doubts;
  if (first === undefined) return [pass(name)];
  const because = [...new Set(doubts.map((doubt) => doubt.because))].slice(0, mostCited).join('; ');
  const evidence = doubts.slice(0, mostCited).map((doubt) => doubt.evidence);
  return [{ outcome: 'undetermined', subject: name, because, evidence }];
}

/** As many places as a person reads. */
export const mostCited = 20;

function oncePerSubject<const M extends Messages>(verdicts: readonly Verdict<M>[]): readonly Verdict<M>[] {
  const bySubject = new Map<string, Verdict<M>>();
  for (const verdict of verdicts) {
    const subject = verdict.subject ?? '';
    const before = bySubject.get(subject);
    if (before?.outcome === 'fail' && verdict.outcome === 'fail') {
      const evidence = [...before.evidence, ...verdict.evidence].slice(0, mostCited);
      bySubject.set(subject, { ...before, evidence });
    } else bySubject.set(subject, verdict);
  }
  return [...bySubject.values()];
}

/** The line of a file where a character of an instruction stands. */
export function citeInstruction({ path, lines }: ReadDockerfile, instruction: Instruction, at = 0): Citation {
  const { line, column } = positionOf(instruction, at);
  return { source: path, line, column, excerpt: shorten((lines[line - 1] ?? '').trim(), 200) };
}

/** A subject of its own within a file, by words that stay when lines move. */
export function subjectIn({ name }: ReadDockerfile, words: string): string {
  return `${name}: ${shorten(words.replaceAll(/\s+/g, ' '), 80)}`;
}

function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** A command of a RUN, or of what the container starts. */
export interface Ran {
  readonly stage: Stage;
  readonly step: Step;
  readonly pipeline: readonly Invocation[];
}

/** Every pipeline that building or starting the image runs; scripts that are no shell's are doubts. */
export function pipelinesIn(
  file: ReadDockerfile,
  kinds: readonly ('run' | 'command' | 'entrypoint')[],
): { readonly ran: readonly Ran[]; readonly doubts: readonly Doubt[] } {
  const ran: Ran[] = [];
  const doubts: Doubt[] = [];
  for (const stage of file.stages) {
    for (const step of stage.steps) {
      if (!('script' in step) || !kinds.some((kind) => kind === step.kind)) continue;
      const evidence = citeInstruction(file, step.instruction);
      const where = `${file.path}:${String(evidence.line)}`;
      const { pipelines, problems } = runOf(step.script);
      for (const problem of problems) doubts.push({ because: `${where}: ${problem}`, evidence });
      for (const pipeline of pipelines) {
        ran.push({ stage, step, pipeline });
        // `$PIP install a`: the program itself is a variable.
        const unnamed = step.kind === 'run' && pipeline.find(({ program }) => program.startsWith('$'));
        if (unnamed === false || unnamed === undefined) continue;
        doubts.push({
          because: `${where}: which program ${unnamed.program} is depends on the build`,
          evidence,
        });
      }
    }
  }
  return { ran, doubts };
}

/** What a finding about a file fills in. */
export function fileData({ path }: ReadDockerfile): { readonly file: string } {
  return { file: path };
}
