import type { Citation } from '../../engine/check.ts';
import { partsOf } from '../packages/debian-version.ts';
import type { Package, Packages } from '../packages/packages.ts';
import type { Engine } from '../workloads/engine.ts';
import type { Product } from './cves.ts';
import type { ProductVersion } from './product-version.ts';
import { parseProductVersion } from './product-version.ts';

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
      /** Built by a distribution, which puts fixes into the upstream version that it has. */
      readonly isDistributions: boolean;
      readonly citation: Citation;
    }
  | { readonly state: 'unknown'; readonly because: string };

/** Docker's own packages, which hold what was released upstream. */
const vendors = new Set(['docker-ce', 'containerd.io']);

/** @param packages - `null` where the machine has no dpkg, or its list was not read */
export function componentOf(product: Product, engine: Engine, packages: Packages | null): EngineComponent {
  const found = product.packages
    .map((name) => packages?.get(name))
    .find((each) => each?.status === 'installed');
  if (found !== undefined) {
    const citation = {
      source: '/var/lib/dpkg/status',
      line: null,
      excerpt: `${found.name} ${found.version}`,
    };
    const version = parseProductVersion(partsOf(found.version).upstream);
    return version === null
      ? {
          state: 'unknown',
          because: `${found.name} ${found.version} does not say which upstream version it is`,
        }
      : {
          state: 'known',
          name: found.name,
          text: found.version,
          version,
          package: found,
          isDistributions: !vendors.has(found.name),
          citation,
        };
  }
  return toldBy(engine, product.id, packages);
}

/** What docker info says where no package does: containerd's version is not among it. */
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
  return { state: 'known', name: id, text, version, package: owner, isDistributions, citation };
}
