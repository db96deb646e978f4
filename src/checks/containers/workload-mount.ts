/** A container has a path of the host that gives it the host, or the engine. */
import * as z from 'zod';
import type { Citation, Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { citeSetting, workloadData } from '../../facts/workloads/cite.ts';
import { eachWorkload } from '../../facts/workloads/each-workload.ts';
import type { Engine } from '../../facts/workloads/engine.ts';
import { engineOfWorkload, enginesFact } from '../../facts/workloads/engine.ts';
import { isOutside, openNetworkClause } from '../../facts/workloads/networks.ts';
import type { PathList } from '../../facts/workloads/powerful-paths.ts';
import {
  PathListName,
  joined,
  powerfulPaths,
  reachedBy,
  writtenBy,
} from '../../facts/workloads/powerful-paths.ts';
import { namespaceOf } from '../../facts/workloads/shared-namespace.ts';
import { beginsAsRoot, isRootMapped } from '../../facts/workloads/user.ts';
import type { Mount, Workload } from '../../facts/workloads/workload.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';

const messages = {
  itself: '`{name}` has the host’s {source} at {target} ({access}): {meaning}.',
  above: '`{name}` has the host’s {source} at {target} ({access}), and {reached} with it: {meaning}.',
  below:
    '`{name}` has the host’s {source} at {target}, read-only, and {reached} with it, which is a mount of its own and stays writable: {meaning}.',
};
type Judged = Verdict<typeof messages>;

const Paths = z.array(z.string().startsWith('/')).default([]);

export const workloadMount = defineCheck({
  id: 'workload-mount',
  needs: { workloads: workloadsFact },
  optional: { engines: enginesFact },
  params: z.strictObject({
    /** Lists of `rules/catalogue/powerful-paths.yaml`, beside the following. */
    lists: z.array(PathListName).default([]),
    /** Bad when mounted itself or with a directory above it; `*` is any text in one component. */
    paths: Paths,
    /** Bad also when something inside is mounted. */
    trees: Paths,
    access: z.enum(['any', 'writable', 'read-only']).default('any'),
    /** Whether it is worth something to nobody but the host's root. */
    needsRoot: z.boolean().default(false),
    /** Images made to stand between the path and others; they pass as long as they publish nothing. */
    guards: z.array(z.string()).default([]),
    /** What it gives, as a clause. */
    meaning: z.string().min(1),
  }),
  messages,
  evaluate: ({ workloads, engines }, { lists, paths, trees, access, needsRoot, guards, meaning }) => {
    const known = engines.state === 'known' ? engines.value : [];
    const powerful = powerfulPaths(known);
    const wanted = joined([{ paths, trees }, ...lists.map((list) => powerful[list])]);
    return eachWorkload<typeof messages>(
      workloads,
      (workload) => {
        const guard = guardVerdict(workload, workloads, guards);
        if (guard !== null) return [guard];
        const found = workload.mounts.flatMap((mount): Judged[] => {
          if (access === 'writable' && !mount.writable)
            return belowReadOnly(workload, mount, wanted, meaning);
          if (access === 'read-only' && mount.writable) return [];
          const reached = reachedBy(mount, wanted);
          if (reached !== null) return [failure(workload, mount, reached, meaning)];
          if (mount.real !== null) return [];
          const because = `where the host’s ${mount.source} leads was not seen: run as root`;
          return [undetermined(because, `${workload.name} ${mount.source}`)];
        });
        if (found.length === 0) return [pass(workload.name, citeMounts(workload))];
        return needsRoot
          ? found.map((verdict) => asItsUser(workload, engineOfWorkload(workload, known), verdict))
          : found;
      },
      ['mounts'],
    );
  },
});

/** A mount that is read-only itself, for what is mounted below it on the host. */
function belowReadOnly(workload: Workload, mount: Mount, wanted: PathList, meaning: string): Judged[] {
  const { name } = workload;
  const { source, target } = mount;
  const written = writtenBy(mount, wanted);
  if (written === null) return [];
  if (!written.certain) {
    const because = `whether \`${name}\`, which has ${source} read-only, can write to ${written.reached} below it is not known: Docker Engine 25 with Linux 5.12 is the first to prevent it`;
    return [undetermined(because, `${name} ${source}`)];
  }
  return [
    {
      outcome: 'fail',
      message: 'below',
      subject: `${name} ${source}`,
      data: { ...workloadData(workload), source, target, reached: written.reached, meaning },
      evidence: [citeSetting(workload, 'mounts', mountWord(mount), target)],
    },
  ];
}

function failure(workload: Workload, mount: Mount, reached: string, meaning: string): Judged {
  const { source, real, target, writable } = mount;
  const access = writable ? 'writable' : 'read-only';
  return {
    outcome: 'fail',
    message: reached === source || reached === real ? 'itself' : 'above',
    subject: `${workload.name} ${source}`,
    data: { ...workloadData(workload), source, target, reached, meaning, access },
    evidence: [citeSetting(workload, 'mounts', mountWord(mount), target)],
  };
}

/** What a failure is worth by the user that the container's program has on the host. */
function asItsUser(workload: Workload, engine: Engine | null, verdict: Judged): Judged {
  if (verdict.outcome !== 'fail') return verdict;
  const { name, image, user } = workload;
  const { subject } = verdict;
  if (isRootMapped(workload, engine))
    return { ...notApplicable(`root in \`${name}\` is another user on the host`), subject };
  const evidence = [...verdict.evidence, citeSetting(workload, 'user', user)];
  switch (beginsAsRoot(workload)) {
    case true:
      return { ...verdict, evidence };
    case false:
      return pass(subject, ...evidence);
    case null: {
      const because = `root in \`${name}\` would be root on the host by it, and whether the image ${image.reference} runs as root is not known`;
      return { ...undetermined(because, subject), evidence };
    }
  }
}

/** Of an image that is made to stand before the path; `null`: it is none, or does not keep to itself. */
function guardVerdict(
  workload: Workload,
  all: readonly Workload[],
  guards: readonly string[],
): Judged | null {
  const { name, image, namespaces } = workload;
  const { owner } = namespaceOf(workload, 'network', all);
  if (!isGuard(workload, owner, guards)) return null;
  if (isPublishUnseen(workload) || isPublishUnseen(owner)) {
    const because = `whether \`${name}\`, which stands before the path, publishes a port was not seen`;
    return undetermined(because, name);
  }
  const [open] = owner.openNetworks;
  if (open !== undefined)
    return undetermined(`\`${name}\`, which stands before the path, ${openNetworkClause(open)}`, name);
  return pass(
    name,
    citeMounts(workload),
    citeSetting(workload, 'image', image.reference),
    citeSetting(workload, 'ports', []),
    citeSetting(workload, 'network', namespaces.network),
  );
}

/** What is built here may be anything under that name; who lends its network publishes for it. */
function isGuard(workload: Workload, owner: Workload, guards: readonly string[]): boolean {
  const { image, publishes, privileged } = workload;
  const repository = image.repository.replace(/^docker\.io\//, '');
  const isInside = [...publishes, ...owner.publishes].length === 0 && isOwnNetwork(owner);
  return guards.includes(repository) && !image.built && isInside && !privileged;
}

/** A network that is another container's still is one that nobody here knows; on a macvlan every port is open. */
function isOwnNetwork({ namespaces: { network }, openNetworks }: Workload): boolean {
  const isOwn = network !== 'host' && !/^(?:container|service):/.test(network);
  return isOwn && !openNetworks.some(isOutside);
}

function isPublishUnseen({ unseen, unsettled }: Workload): boolean {
  return unseen.includes('ports') || unsettled.has('ports') || unsettled.has('network');
}

function citeMounts(workload: Workload): Citation {
  return citeSetting(workload, 'mounts', workload.mounts.map(mountWord));
}

function mountWord({ source, real, target, writable }: Mount): string {
  const link = real === source ? '' : ` (→ ${real ?? 'not seen'})`;
  return `${source}${link}:${target}:${writable ? 'rw' : 'ro'}`;
}
