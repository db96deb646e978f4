import type { Engine } from '../../src/facts/workloads/engine.ts';
import type { EngineConfiguration } from '../../src/facts/workloads/engine-configurations.ts';
import type { EngineOptions } from '../../src/facts/workloads/engine-options.ts';
import { engine } from './docker-workload.ts';

const daemonJson = '/etc/docker/daemon.json';

/** What a test says of an engine: options of its daemon.json, flags of its command line, what it tells. */
interface EngineWith {
  readonly file?: Readonly<Record<string, unknown>>;
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly engine?: Partial<Engine>;
}

export function hostEngine({
  file = {},
  flags = {},
  engine: over = {},
}: EngineWith = {}): EngineConfiguration {
  const options = { ...from(file, daemonJson), ...from(flags, 'command line of dockerd (pid 7)') };
  return {
    subject: 'Docker Engine',
    file: daemonJson,
    options,
    engine: { ...engine, sockets: [...engine.sockets], options, ...over },
  };
}

export function projectEngine(file: Readonly<Record<string, unknown>> = {}): EngineConfiguration {
  const path = '/docker/daemon.json';
  return { subject: path, file: path, options: from(file, path), engine: null };
}

function from(values: Readonly<Record<string, unknown>>, source: string): EngineOptions {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { value, source, line: null }]),
  );
}
