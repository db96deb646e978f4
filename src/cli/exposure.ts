import './zod-setup.ts';
import { factReader } from '../engine/fact.ts';
import type { Exposure } from '../engine/report.ts';
import { gapsOf } from '../host/evidence.ts';
import { exposureFact } from '../facts/exposure/exposure.ts';
import type { ExposurePage } from '../reporters/exposures.ts';
import { exposuresAsJson, exposuresAsMarkdown, exposuresForTerminal } from '../reporters/exposures.ts';
import { visible } from '../reporters/visible.ts';
import { pageOf } from './color.ts';
import type { HostOptions } from './host-options.ts';
import { openHost } from './host-options.ts';
import { writeResult } from './output.ts';
import { startProgress } from './progress.ts';
import type { Format } from './render.ts';
import { formatOf } from './render.ts';

export interface ExposureOptions extends HostOptions {
  readonly port?: number;
  readonly format: string;
  readonly output?: string;
  readonly color: boolean;
}

/** Prints who can reach what. @returns 3 when the listeners could not be read */
export async function runExposure(options: ExposureOptions): Promise<number> {
  const format = formatOf(options.format);
  const host = await openHost(options, new Date());
  const progress = startProgress(false, `reading ${host.origin.name}`);
  const evidence = await factReader(host)(exposureFact).finally(progress.stop);
  if (evidence.state === 'unknown') {
    process.stderr.write(`who can reach this machine is not known: ${visible(evidence.detail)}\n`);
    return 3;
  }
  const gaps = gapsOf(evidence);
  for (const gap of gaps) process.stderr.write(`warning: not everything was seen: ${visible(gap)}\n`);
  const { port, output } = options;
  const exposures = evidence.value.filter((each) => port === undefined || each.port === port);
  await writeResult(
    textOf(exposures, format, {
      ...pageOf(options.color, output ?? null),
      port: port ?? null,
      whole: gaps.length === 0,
    }),
    output ?? null,
  );
  return 0;
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
