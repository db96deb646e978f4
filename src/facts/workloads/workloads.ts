import { defineFact } from '../../engine/fact.ts';
import type { FactReader } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { gapsOf, known, knownInPart } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import { composeFact } from '../compose/compose.ts';
import { kubernetesFact } from '../kubernetes/kubernetes.ts';
import { processesFact } from '../processes.ts';
import type { Unit } from '../units/unit.ts';
import { unitsFact } from '../units/units.ts';
import { containersOfEngine } from './docker-engine.ts';
import { containersOnDisk } from './docker-disk.ts';
import type { Engine } from './engine.ts';
import { engineFact } from './engine.ts';
import { resolvePaths } from './host-paths.ts';
import { networkKinds, openAmong } from './networks.ts';
import { otherEngines } from './other-engines.ts';
import type { Workload } from './workload.ts';

/**
 * Every container of this host, stopped ones included, by name, and those that a unit of the catalogue
 * would start. What an engine did not tell is a gap.
 */
export const workloadsFact = defineFact<readonly Workload[]>({
  id: 'workloads',
  kinds: ['live', 'rootfs', 'snapshot', 'project'],
  gather: async (host, read) => {
    if (host.origin.kind === 'project') return describedInProject(read);
    const [engine, units] = await Promise.all([read(engineFact), read(unitsFact)]);
    if (engine.state === 'unknown') return engine;
    const seen = units.state === 'known' ? units.value : [];
    const [found, others] = await Promise.all([
      engine.value === null ? known([], engine.source) : ofDocker(host, engine.value, read),
      otherEngines(host, read, engine.value, startersOf(seen)),
    ]);
    if (found.state === 'unknown') return found;
    const all = editable([...found.value, ...notYetStarted(seen, found.value)]);
    const placed = await withNetworks(host, engine.value, all);
    const workloads = await Promise.all(placed.map((workload) => resolvePaths(host, workload)));
    const sorted = workloads.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    // An engine that was not heard may keep its containers where its unread settings say.
    const settings = (engine.value?.unheard ?? null) === null ? [] : gapsOf(engine);
    const gaps = [...[found, units].flatMap(gapsOf), ...settings];
    return knownInPart(sorted, found.source, [...gaps, ...others]);
  },
});

/** What the files of a repository describe: compose services, pods, units that run containers. */
async function describedInProject(read: FactReader): Promise<Evidence<readonly Workload[]>> {
  const [compose, kubernetes, units] = await Promise.all([
    read(composeFact),
    read(kubernetesFact),
    read(unitsFact),
  ]);
  const started = units.state === 'known' ? notYetStarted(units.value, []) : [];
  const described = [compose, kubernetes].flatMap((one) => (one.state === 'known' ? one.value : []));
  const sorted = [...described, ...started].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return knownInPart(sorted, 'the project', [compose, kubernetes, units].flatMap(gapsOf));
}

/**
 * Containers that units start, as far as no engine has them already: one without a name of its own is
 * among the engine's while its unit runs.
 */
function notYetStarted(units: readonly Unit[], seen: readonly Workload[]): Workload[] {
  const names = new Set(seen.map(({ name }) => name));
  return units.flatMap(({ name, active, startsContainer: container }) => {
    if (container === null || names.has(container.name)) return [];
    const isRead = container.source === 'docker' && container.name === name && active === true;
    return isRead ? [] : [container];
  });
}

/** Units whose container is among the workloads already. */
function startersOf(units: readonly Unit[]): ReadonlySet<string> {
  return new Set(units.flatMap(({ name, startsContainer }) => (startsContainer === null ? [] : [name])));
}

/**
 * A definition is edited in place while the engine is stopped, and stopping it deletes every container
 * made with `--rm`: where one runs, no directory is handed out.
 */
function editable(workloads: readonly Workload[]): readonly Workload[] {
  const wouldBeLost = workloads.some(({ autoRemove, state }) => autoRemove && state === 'running');
  return wouldBeLost ? workloads.map((workload) => ({ ...workload, directory: null })) : workloads;
}

/** Asks the engine what the networks are, where that is not plain from their names. */
async function withNetworks(
  host: Host,
  engine: Engine | null,
  workloads: readonly Workload[],
): Promise<readonly Workload[]> {
  if (engine?.unheard !== null) return workloads;
  if (workloads.every(({ openNetworks }) => openNetworks.length === 0)) return workloads;
  const kinds = await networkKinds(host, engine);
  if (kinds.state === 'unknown') return workloads;
  return workloads.map((workload) => {
    const { networks, namespaces, source } = workload;
    if (source !== 'docker') return workload;
    return { ...workload, openNetworks: openAmong(networks, namespaces.network, kinds.value) };
  });
}

async function ofDocker(host: Host, engine: Engine, read: FactReader): Promise<Evidence<Workload[]>> {
  return engine.running === false || !host.origin.running
    ? containersOnDisk(host, engine, await read(processesFact))
    : containersOfEngine(host, engine);
}
