import { defineFact } from '../../engine/fact.ts';
import type { FactReader } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { gapsOf, known, knownInPart } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import { composeFact } from '../compose/compose.ts';
import { withDefinitions } from '../compose/definitions.ts';
import { kubernetesFact } from '../kubernetes/kubernetes.ts';
import { processesFact } from '../processes.ts';
import type { Unit } from '../units/unit.ts';
import { quadletsFact } from '../quadlets/quadlets.ts';
import { readUnitsFact } from '../units/units.ts';
import { containersOfEngine } from './docker-engine.ts';
import { containersOnDisk } from './docker-disk.ts';
import type { Engine } from './engine.ts';
import { enginesFact } from './engine.ts';
import { resolvePaths } from './host-paths.ts';
import { withKernelTruth } from './kernel-truth.ts';
import { networkKinds, openAmong } from './networks.ts';
import { toldApart } from './project-names.ts';
import { podmanContainers } from './podman.ts';
import { otherEngines } from './other-engines.ts';
import { withIngress } from './swarm.ts';
import { withSubmounts } from './submounts.ts';
import type { Workload } from './workload.ts';

/**
 * Every container of this host, stopped ones included, by name, and those that a unit or a
 * quadlet would start. What an engine did not tell is a gap.
 */
export const workloadsFact = defineFact<readonly Workload[]>({
  id: 'workloads',
  kinds: ['live', 'rootfs', 'snapshot', 'project'],
  gather: async (host, read) => {
    if (host.origin.kind === 'project') return describedInProject(read);
    const [engines, units, quadlets] = await Promise.all([
      read(enginesFact),
      read(readUnitsFact),
      read(quadletsFact),
    ]);
    if (engines.state === 'unknown') return engines;
    const seen = units.state === 'known' ? units.value : [];
    const [docker, podman] = await Promise.all([
      ofEngines(host, engines.value, read),
      podmanContainers(host, read),
    ]);
    const kept = [...(docker.state === 'known' ? docker.value : []), ...podman.workloads];
    const others = await otherEngines(host, read, {
      engines: engines.value,
      podman: podman.ids,
      workloads: kept,
    });
    if (docker.state === 'unknown' && podman.workloads.length === 0) return docker;
    const found = docker.state === 'known' ? editable(docker.value) : [];
    const live = distinct([...found, ...podman.workloads]);
    // Of a quadlet systemd has a unit too, which was made from it.
    const described = [...live, ...notAmong(live, quadlets)];
    const all = [...described, ...notYetStarted(seen, described)];
    const truthful = await withKernelTruth(host, read, all);
    const defined = await withDefinitions(host, await withSubmounts(host, engines.value, truthful));
    const workloads = await Promise.all(defined.map((workload) => resolvePaths(host, workload)));
    const sorted = workloads.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    // An engine that was not heard may keep its containers where its unread settings say.
    const settings = engines.value.every(({ unheard }) => unheard === null) ? [] : gapsOf(engines);
    const gaps = [
      ...[docker, units, quadlets].flatMap(gapsOf),
      ...settings,
      ...podman.gaps.map(({ sentence }) => sentence),
    ];
    return knownInPart(sorted, docker.source, [...gaps, ...others]);
  },
});

/** What the files of a repository describe: compose services, pods, units that run containers. */
async function describedInProject(read: FactReader): Promise<Evidence<readonly Workload[]>> {
  const [compose, kubernetes, units, quadlets] = await Promise.all([
    read(composeFact),
    read(kubernetesFact),
    read(readUnitsFact),
    read(quadletsFact),
  ]);
  const started = units.state === 'known' ? notYetStarted(units.value, []) : [];
  const described = [compose, kubernetes].flatMap((one) => (one.state === 'known' ? one.value : []));
  const ofFiles = [...started, ...(quadlets.state === 'known' ? quadlets.value : [])];
  const sorted = toldApart(described, ofFiles).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return knownInPart(sorted, 'the project', [compose, kubernetes, units, quadlets].flatMap(gapsOf));
}

/** What quadlets describe, as far as nothing else has it under its name. */
function notAmong(seen: readonly Workload[], quadlets: Evidence<readonly Workload[]>): readonly Workload[] {
  const names = new Set(seen.map(({ name }) => name));
  return quadlets.state === 'known' ? quadlets.value.filter(({ name }) => !names.has(name)) : [];
}

/**
 * Containers that units start, as far as no engine has them already: one without a name of its own is
 * among the engine's while its unit runs.
 */
function notYetStarted(units: readonly Unit[], seen: readonly Workload[]): Workload[] {
  const names = new Set(seen.map(({ name }) => name));
  return units.flatMap(({ name, active, startsContainers }) =>
    startsContainers.filter((container) => {
      if (names.has(container.name)) return false;
      const isNameless = container.name === name || container.name.startsWith(`${name} (`);
      return !(container.source === 'docker' && isNameless && active === true);
    }),
  );
}

/**
 * A definition is edited in place while the engine is stopped, and stopping it deletes every container
 * made with `--rm`: where one runs, no directory is handed out.
 */
function editable(workloads: readonly Workload[]): readonly Workload[] {
  const wouldBeLost = workloads.some(({ autoRemove, state }) => autoRemove && state === 'running');
  return wouldBeLost ? workloads.map((workload) => ({ ...workload, directory: null })) : workloads;
}

/** Of several engines, one that cannot tell is a gap; where none tells, nothing is known. */
async function ofEngines(
  host: Host,
  engines: readonly Engine[],
  read: FactReader,
): Promise<Evidence<readonly Workload[]>> {
  const found = await Promise.all(engines.map((engine) => ofDocker(host, engine, read)));
  const [first] = found;
  if (first === undefined) return known([], 'the Docker Engine');
  const told = found.filter((each) => each.state === 'known');
  if (told.length === 0) return first;
  const workloads = told.flatMap(({ value }) => value);
  return knownInPart(workloads, first.source, found.flatMap(gapsOf));
}

/** Two engines may each have a container of a name: the first engine's keeps it. */
function distinct(workloads: readonly Workload[]): readonly Workload[] {
  const owners = new Map<string, string | null>();
  for (const { name, engine } of workloads) if (!owners.has(name)) owners.set(name, engine);
  return workloads.map((workload) =>
    owners.get(workload.name) === workload.engine
      ? workload
      : { ...workload, name: `${workload.name} (of ${workload.engine ?? 'another engine'})` },
  );
}

/** Asks the engine what the networks are, where that is not plain from their names. */
async function withNetworks(
  host: Host,
  engine: Engine,
  workloads: readonly Workload[],
): Promise<readonly Workload[]> {
  if (engine.unheard !== null) return workloads;
  if (workloads.every(({ openNetworks }) => openNetworks.length === 0)) return workloads;
  const kinds = await networkKinds(host, engine);
  if (kinds.state === 'unknown') return workloads;
  return workloads.map((workload) => {
    const { networks, namespaces } = workload;
    return { ...workload, openNetworks: openAmong(networks, namespaces.network, kinds.value) };
  });
}

async function ofDocker(
  host: Host,
  engine: Engine,
  read: FactReader,
): Promise<Evidence<readonly Workload[]>> {
  if (engine.running === false || !host.origin.running) {
    return containersOnDisk(host, engine, await read(processesFact));
  }
  const found = await containersOfEngine(host, engine);
  if (found.state === 'unknown') return found;
  const workloads = await withIngress(host, engine, await withNetworks(host, engine, found.value));
  return knownInPart(workloads, found.source, gapsOf(found));
}
