import type { Citation } from '../../engine/check.ts';
import { partsOf } from '../packages/debian-version.ts';
import type { Packages } from '../packages/packages.ts';
import { citeSetting } from '../workloads/cite.ts';
import type { Workload } from '../workloads/workload.ts';
import type { AiService } from './ai-services.ts';
import type { Product } from './cves.ts';
import type { ProductVersion } from './product-version.ts';
import { parseProductVersion } from './product-version.ts';

/** Which version of its product a service is, or why that was not seen. */
export type ServiceVersion =
  | { readonly state: 'known'; readonly version: ProductVersion; readonly citation: Citation }
  | { readonly state: 'unknown'; readonly because: string };

/** @param packages - `null` where the machine has no dpkg, or its list was not read */
export function serviceVersion(
  service: AiService,
  product: Product,
  packages: Packages | null,
): ServiceVersion {
  return service.workload === null
    ? ofPackage(service, product, packages)
    : ofImage(service.workload, service.service.id, product);
}

/** The label is in the image, whatever its tag is moved to; what a tag says of itself comes second. */
function ofImage(workload: Workload, id: string, { tags, others }: Product): ServiceVersion {
  const { image } = workload;
  if (others.includes(lastPart(image.repository))) {
    return { state: 'unknown', because: `${image.reference} counts its own versions, not those of ${id}` };
  }
  const labelled = ownLabel(workload, id);
  const version = labelled === null ? null : parseProductVersion(labelled);
  if (version !== null) {
    const label = 'org.opencontainers.image.version';
    return { state: 'known', version, citation: citeSetting(workload, 'labels', version.text, label) };
  }
  const tagged = tags && image.tag !== null ? parseProductVersion(image.tag) : null;
  if (tagged !== null) {
    return { state: 'known', version: tagged, citation: citeSetting(workload, 'image', image.reference) };
  }
  return { state: 'unknown', because: `${image.reference} does not say which version it is` };
}

/**
 * The version label where it is the product's: an image inherits the labels of what it is built on, so that
 * ollama's says 22.04, of Ubuntu. See the annotations of the OCI image specification.
 */
function ownLabel({ labels, image }: Workload, id: string): string | null {
  const read = (name: string) => labels[`org.opencontainers.image.${name}`] ?? '';
  const names = [read('title'), read('source'), read('url')].map(lastPart);
  const own = [id, image.repository].map(lastPart);
  return names.some((name) => name !== '' && own.includes(name)) ? read('version') : null;
}

function lastPart(text: string): string {
  const path = text.replace(/(?:\.git)?\/*$/, '');
  return path.slice(path.lastIndexOf('/') + 1).toLowerCase();
}

function ofPackage(
  service: AiService,
  { packages: names }: Product,
  packages: Packages | null,
): ServiceVersion {
  const found = names.map((name) => packages?.get(name)).find((each) => each?.status === 'installed');
  if (found === undefined || !isPackaged(service)) {
    const program = service.processes[0]?.exe ?? service.argv[0] ?? 'the program';
    return {
      state: 'unknown',
      because: `which version ${service.label} is was not seen; ask ${program} for it`,
    };
  }
  const { revision, upstream } = partsOf(found.version);
  const version = parseProductVersion(upstream);
  // A revision is a distribution's, which puts fixes into the version that it has.
  if (revision !== '' || version === null) {
    const because = `${found.name} ${found.version} is its distribution’s, which puts fixes into older versions: see apt-get changelog ${found.name}`;
    return { state: 'unknown', because };
  }
  const citation = { source: '/var/lib/dpkg/status', line: null, excerpt: `${found.name} ${found.version}` };
  return { state: 'known', version, citation };
}

/** Whether what runs comes from a package: what stands in /usr/local or a home does not. */
function isPackaged({ unit, processes }: AiService): boolean {
  const exe = processes.map((process) => process.exe).find((each) => each !== null);
  if (exe !== undefined) return /^\/(?:usr\/(?!local\/)|bin\/|sbin\/|lib\/)/.test(exe);
  return /^\/(?:usr\/)?lib\//.test(unit?.files[0] ?? '');
}
