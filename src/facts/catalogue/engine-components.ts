import type { Citation } from '../../engine/check.ts';
import { partsOf } from '../packages/debian-version.ts';
import type { Package, Packages } from '../packages/packages.ts';
import type { Engine } from '../workloads/engine.ts';
import type { Product } from './cves.ts';
import type { ProductVersion } from './product-version.ts';
import { isAffected, parseProductVersion } from './product-version.ts';

/** A part of the container engine in the version that is installed, or why that was not seen. */
export type EngineComponent =
  | {
      readonly state: 'known';
      /** The package's name, or the program's. */
      readonly name: string;
      /** As the package or the program writes it. */
      readonly text: string;
      readonly version: ProductVersion;
      /** What holds it, with its own version; `null` where no package does. */
      readonly package: Package | null;
      /** What is installed in another version than what runs, which is judged; `null` where they are the same. */
      readonly replacement: Package | null;
      /** What is installed is newer, so that the engine was not restarted since. */
      readonly isStale: boolean;
      /** Built by a distribution, which puts fixes into the upstream version that it has. */
      readonly isDistributions: boolean;
      readonly citation: Citation;
    }
  | { readonly state: 'unknown'; readonly because: string };

/** Docker's own packages, which hold what was released upstream. */
const vendors = new Set(['docker-ce', 'containerd.io']);

/**
 * What runs, where the engine says that it is another version than the package that is installed: an engine goes on
 * as it was until it is restarted.
 *
 * @param packages - `null` where the machine has no dpkg, or its list was not read
 */
export function componentOf(product: Product, engine: Engine, packages: Packages | null): EngineComponent {
  const found = product.packages
    .map((name) => packages?.get(name))
    .find((each) => each?.status === 'installed');
  const told = toldBy(engine, product.id, packages);
  if (found === undefined) return told;
  const version = parseProductVersion(upstreamOf(found));
  if (told.state === 'known' && (version === null || !isSame(told.version, version))) {
    const isStale =
      product.id === 'docker' &&
      version !== null &&
      isAffected(told.version, [{ below: version.text }]) === true;
    return { ...told, package: null, replacement: found, isStale };
  }
  if (version === null) {
    return {
      state: 'unknown',
      because: `${found.name} ${found.version} does not say which upstream version it is`,
    };
  }
  return {
    state: 'known',
    name: found.name,
    text: found.version,
    version,
    package: found,
    replacement: null,
    isStale: false,
    isDistributions: !vendors.has(found.name),
    citation: { source: '/var/lib/dpkg/status', line: null, excerpt: `${found.name} ${found.version}` },
  };
}

/** The vendor’s `5:20.10.24~3-0~debian-bookworm` and `5:18.06.3~ce~3-0~debian` have a counter of its own behind it. */
function upstreamOf({ name, version }: Package): string {
  const { upstream } = partsOf(version);
  return vendors.has(name) ? upstream.replace(/~(?:ce|\d).*$/, '') : upstream;
}

function isSame(a: ProductVersion, b: ProductVersion): boolean {
  return String([a.kind, a.numbers, a.stage]) === String([b.kind, b.numbers, b.stage]);
}

/** What docker info says: containerd's version is not among it. */
function toldBy(engine: Engine, id: string, packages: Packages | null): EngineComponent {
  const told = { docker: engine.version, runc: engine.runc }[id] ?? null;
  // v1.2.5-0-g59923ef, as git describes a release.
  const text = told?.replace(/-\d+-g[0-9a-f]{7,40}$/, '') ?? null;
  const version = text === null ? null : parseProductVersion(text);
  if (text === null || version === null) {
    return {
      state: 'unknown',
      because: `which version of ${id} is installed was not seen; see ${id} --version`,
    };
  }
  const citation = { source: 'docker info', line: null, excerpt: `${id} ${told ?? ''}` };
  // +dfsg1, +ds1-1+deb12u1, -0ubuntu1: a distribution's, from a package list that was not read.
  const isDistributions = /\+d(?:fsg|s)|ubuntu|deb\d|~|-\d/.test(text);
  const bundle = packages?.get('containerd.io');
  // Docker's own containerd.io has runc in it.
  const owner = id === 'runc' && bundle?.status === 'installed' ? bundle : null;
  return {
    state: 'known',
    name: id,
    text,
    version,
    package: owner,
    replacement: null,
    isStale: false,
    isDistributions,
    citation,
  };
}
