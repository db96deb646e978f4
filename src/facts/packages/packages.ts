import { defineFact } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { known, unknown } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';

export interface Package {
  readonly name: string;
  /** As the distribution writes it: `1:9.2p1-2+deb12u6`. */
  readonly version: string;
  /** The third word of dpkg's status: `installed`, `config-files`, `half-configured`, … */
  readonly status: string;
  readonly architecture: string;
  /** Source package; the package's own name where none is given. */
  readonly source: string;
}

/** Packages by name, also those that are removed but configured; see {@link Package.status}. */
export type Packages = ReadonlyMap<string, Package>;

const database = '/var/lib/dpkg/status';
const query = [
  'dpkg-query',
  '-W',
  '-f=Package: ${Package}\\nVersion: ${Version}\\nStatus: ${Status}\\nArchitecture: ${Architecture}\\nSource: ${Source}\\n\\n',
] as const;

/** What dpkg knows of, from its database; `null` on a machine that has no dpkg. See dpkg(1). */
export const packagesFact = defineFact<Packages | null>({
  id: 'packages',
  gather: async (host) => {
    const text = await statusText(host);
    if (text.state === 'unknown') return text;
    return known(text.value === null ? null : parseDpkgStatus(text.value), text.source);
  },
});

async function statusText(host: Host): Promise<Evidence<string | null>> {
  const file = await host.read(database);
  if (file.state === 'known' || file.why !== 'too-large') return file;
  const printed = await host.run(query);
  if (printed.state === 'unknown') return file;
  const { exitCode, stdout } = printed.value;
  return exitCode === 0
    ? known(stdout, printed.source)
    : unknown('unparsable', `${query[0]} ended with ${String(exitCode)}`, printed.source);
}

/** Reads stanzas of `Field: value` lines; of two architectures the installed one, then the first, counts. */
export function parseDpkgStatus(text: string): Packages {
  const packages = new Map<string, Package>();
  for (const stanza of text.split(/\n\s*\n/)) {
    const fields = new Map<string, string>();
    for (const line of stanza.split('\n')) {
      const colon = line.indexOf(':');
      if (colon <= 0 || /^\s/.test(line)) continue;
      fields.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
    const [name, version] = [fields.get('package'), fields.get('version')];
    if (name === undefined || version === undefined || version === '') continue;
    const found: Package = {
      name,
      version,
      status: fields.get('status')?.split(/\s+/)[2] ?? 'unknown',
      architecture: fields.get('architecture') ?? '',
      source: /^\S+/.exec(fields.get('source') ?? '')?.[0] ?? name,
    };
    const other = packages.get(name);
    if (other === undefined || (other.status !== 'installed' && found.status === 'installed')) {
      packages.set(name, found);
    }
  }
  return packages;
}
