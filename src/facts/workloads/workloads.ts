import { defineFact } from '../../engine/fact.ts';
import type { FactReader } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { gapsOf, known, knownInPart } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import { processesFact } from '../processes.ts';
import type { Unit } from '../units/unit.ts';
import { unitsFact } from '../units/units.ts';
import { containersOfEngine } from './docker-engine.ts';
import { containersOnDisk } from './docker-disk.ts';
import type { Engine } from './engine.ts';
import { engineFact } from './engine.ts';
import { resolvePaths } from './host-paths.ts';
import type { Workload } from './workload.ts';

/**
 * Every container of this host, stopped ones included, by name, and those that a unit of the catalogue
 * would start. What an engine did not tell is a gap.
 */
export const workloadsFact = defineFact<readonly Workload[]>({
  id: 'workloads',
  kinds: ['live', 'rootfs', 'snapshot', 'project'],
  gather: async (host, read) => {
    const [engine, others, units] = await Promise.all([
      read(engineFact),
      otherEngines(read),
      read(unitsFact),
    ]);
    if (engine.state === 'unknown') return engine;
    const found = engine.value === null ? known([], engine.source) : await ofDocker(host, engine.value, read);
    if (found.state === 'unknown') return found;
    const declared = units.state === 'known' ? notYetStarted(units.value, found.value) : [];
    const all = [...found.value, ...declared];
    const workloads = await Promise.all(all.map((workload) => resolvePaths(host, workload)));
    const sorted = workloads.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return knownInPart(sorted, found.source, [...gapsOf(found), ...gapsOf(units), ...others]);
  },
});

/**
 * Containers that units start, as far as no engine has them already: one without a name of its own is
 * among the engine's while its unit runs.
 */
function notYetStarted(units: readonly Unit[], seen: readonly Workload[]): Workload[] {
  const names = new Set(seen.map(({ name }) => name));
  return units.flatMap(({ name, active, startsContainer: container }) => {
    if (container === null || names.has(container.name)) return [];
    return container.name === name && active === true ? [] : [container];
  });
}

async function ofDocker(host: Host, engine: Engine, read: FactReader): Promise<Evidence<Workload[]>> {
  return engine.running === false || host.origin.kind === 'rootfs'
    ? containersOnDisk(host, engine, await read(processesFact))
    : containersOfEngine(host, engine);
}

/** First processes of engines whose containers are not read; see crun, cri-o, kubelet(8). */
const unread: Readonly<Record<string, string>> = {
  conmon: 'Podman',
  crio: 'CRI-O',
  kubelet: 'Kubernetes',
  'k3s-server': 'Kubernetes (k3s)',
  'k3s-agent': 'Kubernetes (k3s)',
};

async function otherEngines(read: FactReader): Promise<string[]> {
  const processes = await read(processesFact);
  if (processes.state === 'unknown') return [];
  const seen = processes.value.flatMap(({ name }) => unread[name] ?? []);
  const rootless = processes.value.filter(
    ({ name, uid, containerId }) => name === 'dockerd' && uid > 0 && containerId === null,
  );
  const rootful = processes.value.some(({ name, uid }) => name === 'dockerd' && uid === 0);
  return [
    ...[...new Set(seen)].map((name) => `containers of ${name} run here and are not read`),
    ...rootless
      .slice(rootful ? 0 : 1)
      .map(({ uid }) => `the rootless Docker Engine of user ${String(uid)} runs here and is not read`),
  ];
}
