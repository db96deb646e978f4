import { parseContainerRun } from '../../src/facts/units/container-run.ts';
import type { Settings, Unit } from '../../src/facts/units/unit.ts';

const file = '/etc/systemd/system/ollama.service';

/** Settings by their values, all decided on line 5 of one file. */
export function settings(values: Readonly<Record<string, string>>, source = file): Settings {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { value, source, line: 5 }]),
  );
}

/** An ollama.service without any setting that hardens it. */
export function sampleUnit(changes: Partial<Unit> = {}): Unit {
  return {
    name: 'ollama.service',
    aliases: [],
    service: 'ollama',
    active: true,
    enabled: true,
    files: [file],
    settings: settings({ User: 'ollama' }),
    slices: [],
    environment: {},
    environmentFiles: [],
    execStart: [command('/usr/local/bin/ollama serve')],
    startsContainers: [],
    unread: [],
    unreadable: [],
    unseen: null,
    ...changes,
  };
}

/** A command line without quotes; `+/bin/x a` has a prefix. */
export function command(line: string): Unit['execStart'][number] {
  const prefixes = /^[-+!@:]*/.exec(line)?.[0] ?? '';
  const argv = line.slice(prefixes.length).split(' ');
  return {
    prefixes,
    path: argv[0] ?? '',
    argv,
    citation: { source: file, line: 3, excerpt: `ExecStart=${line}` },
  };
}

export const containerUnit = sampleUnit({
  startsContainers: [
    parseContainerRun(['docker', 'run', '--name', 'ollama', 'ollama/ollama'], 'ollama.service'),
  ].filter((container) => container !== null),
});

/** Changes to a unit of which a drop-in could not be read. */
export const unreadDropIn = {
  unread: [`${file}.d/x.conf`],
  unseen: `${file}.d/x.conf could not be read`,
};
