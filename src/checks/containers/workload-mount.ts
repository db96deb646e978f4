/** A container has a path of the host that gives it the host, or the engine. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, pass, undetermined } from '../../engine/check.ts';
import { citeSetting, workloadData } from '../../facts/workloads/cite.ts';
import { eachWorkload } from '../../facts/workloads/each-workload.ts';
import { enginesFact } from '../../facts/workloads/engine.ts';
import { isAbove, isBelow, isPath, straightened } from '../../facts/workloads/path-pattern.ts';
import { namespaceOf } from '../../facts/workloads/shared-namespace.ts';
import type { Mount, Workload } from '../../facts/workloads/workload.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';

const messages = {
  itself: '`{name}` has the host’s {source} at {target} ({access}): {meaning}.',
  above: '`{name}` has the host’s {source} at {target} ({access}), and {reached} with it: {meaning}.',
};

const Paths = z.array(z.string().startsWith('/')).default([]);

export const workloadMount = defineCheck({
  id: 'workload-mount',
  needs: { workloads: workloadsFact },
  optional: { engines: enginesFact },
  params: z.strictObject({
    /** Bad when mounted itself or with a directory above it; `*` is any text in one component. */
    paths: Paths,
    /** Bad when mounted itself: of most homes above it, nobody has such a file in there. */
    exact: Paths,
    /** Bad also when something inside is mounted. */
    trees: Paths,
    /** Counts the sockets that the engine listens on as `paths`. */
    engineSockets: z.boolean().default(false),
    access: z.enum(['any', 'writable', 'read-only']).default('any'),
    /** Images made to stand between the path and others; they pass as long as they publish nothing. */
    guards: z.array(z.string()).default([]),
    /** What it gives, as a clause. */
    meaning: z.string().min(1),
  }),
  messages,
  evaluate: ({ workloads, engines }, { paths, exact, trees, engineSockets, access, guards, meaning }) => {
    const known = engineSockets && engines.state === 'known' ? engines.value : [];
    const wanted = [...paths, ...known.flatMap(({ sockets }) => sockets.map(({ path }) => path))];
    const reachedBy = ({ type, source, real }: Mount): string | null => {
      if (type !== 'bind') return null;
      const seen = [real ?? source, source];
      for (const path of new Set([...seen, ...seen.map(behindProc)])) {
        const above = [...wanted, ...trees].find((pattern) => isAbove(path, pattern));
        if (above !== undefined) return isBelow(path, above) ? path : above;
        if (exact.some((pattern) => isPath(path, pattern))) return path;
        if (trees.some((pattern) => isBelow(path, pattern))) return path;
      }
      return null;
    };
    return eachWorkload<typeof messages>(
      workloads,
      (workload) => {
        const { name } = workload;
        const evidence = [citeSetting(workload, 'mounts', workload.mounts.map(mountWord))];
        const { owner } = namespaceOf(workload, 'network', workloads);
        if (isGuard(workload, owner, guards)) {
          const because = `whether \`${name}\`, which stands before the path, publishes a port was not seen`;
          if (isPublishUnseen(workload) || isPublishUnseen(owner)) return [undetermined(because, name)];
          const stands = [
            citeSetting(workload, 'image', workload.image.reference),
            citeSetting(workload, 'ports', []),
            citeSetting(workload, 'network', workload.namespaces.network),
          ];
          return [pass(name, ...evidence, ...stands)];
        }
        const found = workload.mounts.flatMap((mount): Verdict<typeof messages>[] => {
          if (access !== 'any' && mount.writable !== (access === 'writable')) return [];
          const reached = reachedBy(mount);
          const { source, real, target, writable } = mount;
          if (reached === null && real === null) {
            const because = `where the host’s ${source} leads was not seen: run as root`;
            return [undetermined(because, `${name} ${source}`)];
          }
          if (reached === null) return [];
          const data = {
            ...workloadData(workload),
            ...{ source, target, reached, meaning },
            access: writable ? 'writable' : 'read-only',
          };
          const message = reached === source || reached === real ? 'itself' : 'above';
          const cited = [citeSetting(workload, 'mounts', mountWord(mount), target)];
          return [{ outcome: 'fail', message, subject: `${name} ${source}`, data, evidence: cited }];
        });
        return found.length > 0 ? found : [pass(name, ...evidence)];
      },
      ['mounts'],
    );
  },
});

/** What is built here may be anything under that name; who lends its network publishes for it. */
function isGuard(workload: Workload, owner: Workload, guards: readonly string[]): boolean {
  const { image, publishes, privileged } = workload;
  const repository = image.repository.replace(/^docker\.io\//, '');
  const isInside = [...publishes, ...owner.publishes].length === 0 && isOwnNetwork(owner);
  return guards.includes(repository) && !image.built && isInside && !privileged;
}

/** A network that is another container's still is one that nobody here knows. */
function isOwnNetwork({ namespaces: { network } }: Workload): boolean {
  return network !== 'host' && !/^(?:container|service):/.test(network);
}

function isPublishUnseen({ unseen, unsettled }: Workload): boolean {
  return unseen.includes('ports') || unsettled.has('ports') || unsettled.has('network');
}

/** As the process sees it, where the path leads through one in /proc. */
function behindProc(path: string): string {
  return path.startsWith('/') ? straightened(path) : path;
}

function mountWord({ source, real, target, writable }: Mount): string {
  const link = real === source ? '' : ` (→ ${real ?? 'not seen'})`;
  return `${source}${link}:${target}:${writable ? 'rw' : 'ro'}`;
}
