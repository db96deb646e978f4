import './zod-setup.ts';
import { factReader } from '../engine/fact.ts';
import type { Exposure } from '../engine/report.ts';
import { gapsOf } from '../host/evidence.ts';
import type { Evidence } from '../host/evidence.ts';
import { exposureFact } from '../facts/exposure/exposure.ts';
import { networkFact } from '../facts/exposure/network.ts';
import { answerer } from '../facts/exposure/query.ts';
import { listenersFact } from '../facts/listeners/listeners.ts';
import type { ExposurePage } from '../reporters/exposures.ts';
import { exposuresAsJson, exposuresAsMarkdown, exposuresForTerminal } from '../reporters/exposures.ts';
import { visible } from '../reporters/visible.ts';
import { pageOf } from './color.ts';
import type { HostOptions } from './host-options.ts';
import { openHost } from './host-options.ts';
import { writeResult } from './output.ts';
import { startProgress } from './progress.ts';
import type { QueryOptions, Questions } from './questions.ts';
import { questionsOf } from './questions.ts';
import type { Format } from './render.ts';
import { formats } from './render.ts';
import { UsageError, oneOf } from './usage-error.ts';

export interface ExposureOptions extends HostOptions, QueryOptions {
  readonly format: string;
  readonly output?: string;
  readonly color: boolean;
}

const mapFormats = ['dot', 'svg', 'mermaid'] as const;
type MapFormat = (typeof mapFormats)[number];

/** Prints who can reach what, or answers questions. @returns 3 when that could not be determined */
export async function runExposure(options: ExposureOptions): Promise<number> {
  const format = oneOf('format', options.format, [...formats, ...mapFormats]);
  const questions = await questionsOf(options);
  if (questions === null) return listExposures(options, format);
  if (isMap(format)) {
    throw new UsageError(`--format ${format} draws the whole map: ask for terminal, json or markdown`);
  }
  return answerQuestions(questions, options, format);
}

async function listExposures(options: ExposureOptions, format: Format | MapFormat): Promise<number> {
  const evidence = await gathered(options, (read) => read(exposureFact));
  if (evidence.state === 'unknown') return notKnown(evidence.detail);
  const gaps = warnOf([evidence]);
  const { port, output = null } = options;
  const exposures = evidence.value.filter((each) => port === undefined || each.port === port);
  const page = { ...pageOf(options.color, output), port: port ?? null, whole: gaps.length === 0 };
  const text = isMap(format) ? await mapOf(exposures, format, page) : textOf(exposures, format, page);
  await writeResult(text, output);
  return 0;
}

async function answerQuestions(
  questions: Questions,
  options: ExposureOptions,
  format: Format,
): Promise<number> {
  const [network, listeners] = await gathered(options, (read) =>
    Promise.all([read(networkFact), read(listenersFact)]),
  );
  if (network.state === 'unknown') return notKnown(network.detail);
  if (listeners.state === 'unknown') return notKnown(listeners.detail);
  warnOf([network, listeners]);
  const ask = answerer(network.value, listeners.value);
  const answers = questions.queries.map(ask);
  const { output = null } = options;
  const { answersAs } = await import('../reporters/answers.ts');
  const page = pageOf(options.color, output);
  await writeResult(answersAs(format, answers, { ...page, single: questions.single }), output);
  return questions.single && answers.every(({ verdict }) => verdict === 'unknown') ? 3 : 0;
}

async function gathered<T>(
  options: ExposureOptions,
  gather: (read: ReturnType<typeof factReader>) => Promise<T>,
): Promise<T> {
  const host = await openHost(options, new Date());
  const progress = startProgress(false, `reading ${host.origin.name}`);
  return gather(factReader(host)).finally(progress.stop);
}

function notKnown(why: string): number {
  process.stderr.write(`who can reach this machine is not known: ${visible(why)}\n`);
  return 3;
}

function warnOf(evidence: readonly Evidence<unknown>[]): readonly string[] {
  const gaps = [...new Set(evidence.flatMap(gapsOf))];
  for (const gap of gaps) process.stderr.write(`warning: not everything was seen: ${visible(gap)}\n`);
  return gaps;
}

function isMap(format: Format | MapFormat): format is MapFormat {
  return mapFormats.some((each) => each === format);
}

function textOf(exposures: readonly Exposure[], format: Format, page: ExposurePage): string {
  switch (format) {
    case 'json':
      return exposuresAsJson(exposures);
    case 'markdown':
      return exposuresAsMarkdown(exposures, page);
    case 'terminal':
      return exposuresForTerminal(exposures, page);
  }
}

async function mapOf(
  exposures: readonly Exposure[],
  format: MapFormat,
  { whole }: ExposurePage,
): Promise<string> {
  const [{ exposureMap }, { dotOf }, { mermaidOf, mostDoorsInMermaid }, { svgOf }] = await Promise.all([
    import('../reporters/map/exposure-map.ts'),
    import('../reporters/map/dot.ts'),
    import('../reporters/map/mermaid.ts'),
    import('../reporters/map/svg.ts'),
  ]);
  const draw = { dot: dotOf, mermaid: mermaidOf, svg: svgOf }[format];
  return draw(
    exposureMap(exposures, { whole, ...(format === 'mermaid' ? { most: mostDoorsInMermaid } : {}) }),
  );
}
