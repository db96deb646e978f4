import type { FactReader } from '../../engine/fact.ts';
import { defineFact } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { known, unknown } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import { packagesFact } from '../packages/packages.ts';
import { processesFact } from '../processes.ts';
import type { TomlValue } from './toml.ts';
import { parseFlatToml } from './toml.ts';

/** The NVIDIA Container Toolkit: what gives containers a GPU. */
export interface NvidiaToolkit {
  /** `1.17.8`, without a distribution's revision. */
  readonly version: Evidence<string>;
  /** Path of its config.toml, there or not. */
  readonly file: string;
  /** A setting by `table.key`; `null` when it is not set, so that the default holds. */
  setting(name: string): Evidence<ToolkitSetting | null>;
}

export interface ToolkitSetting {
  readonly value: TomlValue;
  readonly line: number;
}

const programs = [
  '/usr/bin/nvidia-container-runtime',
  '/usr/bin/nvidia-container-cli',
  '/usr/bin/nvidia-ctk',
];
const names = ['nvidia-container-toolkit', 'nvidia-container-toolkit-base'];

/** The toolkit; `null` when it is not installed. */
export const nvidiaToolkitFact = defineFact<NvidiaToolkit | null>({
  id: 'nvidia-toolkit',
  gather: async (host, read) => {
    const [packaged, directory, found] = await Promise.all([
      packagedVersion(read),
      configDirectory(host, read),
      Promise.all(programs.map((path) => host.stat(path))),
    ]);
    const file = `${directory}/nvidia-container-runtime/config.toml`;
    const text = await host.read(file);
    const absent = found.every((stat) => stat.state === 'known' && stat.value === null);
    const unpackaged = packaged.state === 'known' && packaged.value === null;
    if (absent && unpackaged && text.state === 'known' && text.value === null) return known(null, file);
    const version = await versionOf(host, packaged);
    return known({ version, file, setting: settingsOf(text) }, file);
  },
});

async function packagedVersion(read: FactReader): Promise<Evidence<string | null>> {
  const packages = await read(packagesFact);
  if (packages.state === 'unknown') return packages;
  const installed = names
    .map((name) => packages.value?.get(name))
    .find((each) => each !== undefined && !['config-files', 'not-installed'].includes(each.status));
  return known(installed?.version ?? null, packages.source);
}

/** Its own answer where it is not a package: `NVIDIA Container Toolkit CLI version 1.17.8`. */
async function versionOf(host: Host, packaged: Evidence<string | null>): Promise<Evidence<string>> {
  if (packaged.state === 'known' && packaged.value !== null) return ofText(packaged.value, packaged.source);
  const printed = await host.run(['nvidia-ctk', '--version']);
  return printed.state === 'unknown' ? printed : ofText(printed.value.stdout, printed.source);
}

function ofText(text: string, source: string): Evidence<string> {
  const version = /(?:^|[\s:v])(\d+\.\d+\.\d+)/m.exec(text)?.[1];
  return version === undefined
    ? unknown('unparsable', `${source} names no version of nvidia-container-toolkit`, source)
    : known(version, source);
}

/** XDG_CONFIG_HOME in the engine's environment moves the file (toolkit, internal/config/config.go). */
async function configDirectory(host: Host, read: FactReader): Promise<string> {
  const processes = await read(processesFact);
  const daemon =
    processes.state === 'known' ? processes.value.find(({ name }) => name === 'dockerd') : undefined;
  if (daemon === undefined) return '/etc';
  const environ = await host.read(`/proc/${String(daemon.pid)}/environ`);
  const text = environ.state === 'known' ? (environ.value ?? '') : '';
  return /(?:^|\0)XDG_CONFIG_HOME=(\/[^\0]+)/.exec(text)?.[1] ?? '/etc';
}

function settingsOf(text: Evidence<string | null>): NvidiaToolkit['setting'] {
  if (text.state === 'unknown') return () => text;
  const { values, unread } = parseFlatToml(text.value ?? '');
  return (name) => {
    const setting = values.get(name);
    if (setting !== undefined || unread === null) return known(setting ?? null, text.source);
    const where = `${text.source}:${String(unread)}`;
    return unknown('unparsable', `${where} was not understood, and ${name} may stand there`, text.source);
  };
}
