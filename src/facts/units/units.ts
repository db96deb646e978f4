import { defineFact } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { known, knownInPart, mapEvidence } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import { recogniseProcess, recogniseUnit } from '../catalogue/recognise.ts';
import type { Process } from '../processes.ts';
import { processesFact } from '../processes.ts';
import { projectFilesFact } from '../project-files.ts';
import type { Workload } from '../workloads/workload.ts';
import type { FileUnit, Surroundings } from './assemble-unit.ts';
import { assembleUnit } from './assemble-unit.ts';
import { withPlacedMounts } from './container-mounts.ts';
import { parseContainerRun } from './container-run.ts';
import { loadUnit } from './load-unit.ts';
import { readManagerDefaults } from './manager-defaults.ts';
import { projectTrees } from './project-trees.ts';
import { withRunningState } from './running-state.ts';
import { readSlices } from './slices.ts';
import type { Unit } from './unit.ts';
import { isTemplate, parseUnitName } from './unit-name.ts';
import type { UnitTree } from './unit-tree.ts';
import { readUnitTree } from './unit-tree.ts';

/** Service units that run a service of the catalogue: recognised by name, by what they start or by what runs in them. */
export const unitsFact = defineFact<readonly Unit[]>({
  id: 'units',
  kinds: ['live', 'rootfs', 'snapshot', 'project'],
  gather: async (_, read) =>
    mapEvidence(await read(readUnitsFact), (units) => units.filter(({ service }) => service !== null)),
});

/**
 * Those, and every unit that starts a container, whatever runs in this. Masked units are left out: systemd starts
 * them never.
 *
 * Values are the running manager's (`systemctl show`) where it answers, else those of the unit files.
 */
export const readUnitsFact = defineFact<readonly Unit[]>({
  id: 'read-units',
  kinds: ['live', 'rootfs', 'snapshot', 'project'],
  gather: async (host, read) => {
    const surroundings = await readSurroundings(host);
    if (host.origin.kind === 'project') {
      const files = await read(projectFilesFact);
      if (files.state === 'unknown') return files;
      const { paths, incomplete } = files.value;
      const trees = projectTrees(paths);
      const found = await Promise.all(trees.map((tree) => unitsOfTree(host, tree, surroundings, [])));
      return knownInPart(found.flat(), 'project', incomplete === null ? [] : [incomplete]);
    }
    const [tree, processes] = await Promise.all([
      readUnitTree(host),
      host.origin.running ? read(processesFact) : known<readonly Process[]>([], '/proc'),
    ]);
    const running = processes.state === 'known' ? processes.value : [];
    const units = await unitsOfTree(host, tree, surroundings, running);
    const state = host.origin.running ? await withRunningState(host, units) : known(units, 'unit files');
    return ordered(state, tree.gaps);
  },
});

function ordered(evidence: Evidence<readonly Unit[]>, gaps: readonly string[]): Evidence<readonly Unit[]> {
  if (evidence.state === 'unknown') return evidence;
  const sorted = evidence.value.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return knownInPart(sorted, evidence.source, [...gaps, ...(evidence.gaps ?? [])]);
}

async function readSurroundings(host: Host): Promise<Surroundings> {
  const text = async (path: string) => {
    const evidence = await host.read(path);
    return evidence.state === 'known' ? (evidence.value?.trim() ?? null) : null;
  };
  const { running, kind } = host.origin;
  const of = (path: string) => (kind === 'project' ? null : text(path));
  const [hostname, machineId, kernel, defaults] = await Promise.all([
    of(running ? '/proc/sys/kernel/hostname' : '/etc/hostname'),
    of('/etc/machine-id'),
    running ? of('/proc/sys/kernel/osrelease') : null,
    readManagerDefaults(host),
  ]);
  return { machine: { hostname, machineId, kernel }, defaults };
}

/** The units of one tree that the catalogue knows, or that start a container, from their files. */
async function unitsOfTree(
  host: Host,
  tree: UnitTree,
  surroundings: Surroundings,
  processes: readonly Process[],
): Promise<Unit[]> {
  const names = new Set([...unitNames(tree), ...processes.flatMap(({ unit }) => unit ?? [])]);
  const services = [...names].filter((name) => parseUnitName(name)?.type === 'service');
  const loaded = await Promise.all(services.map((name) => loadUnit(host, tree, name)));
  const distinct = [...new Map(loaded.map((unit) => [unit.name, unit])).values()];
  const units = await Promise.all(
    distinct
      .filter(({ state }) => state === 'loaded')
      .map(async (unit) => recognised(host, await assembleUnit(host, unit, surroundings), tree, processes)),
  );
  return Promise.all(
    units
      .filter((unit) => unit !== null)
      .map(async (unit) => ({ ...unit, slices: await readSlices(host, tree, unit.settings, surroundings) })),
  );
}

/** Services that can be started: templates count where nothing says which instances there are. */
function unitNames(tree: UnitTree): string[] {
  const instances = [...tree.wanted, ...[...tree.dropIns.keys()].map((name) => name.replace(/\.d$/, ''))];
  if (tree.kind === 'project')
    return [...tree.entries.keys(), ...instances.filter((name) => !/-\.[a-z]+$/.test(name))];
  const own = [...tree.entries.keys()].filter((name) => !isTemplate(name));
  return [...own, ...instances.filter((name) => /@.+\.service$/.test(name))];
}

async function recognised(
  host: Host,
  unit: FileUnit,
  tree: UnitTree,
  processes: readonly Process[],
): Promise<Unit | null> {
  // Debian's postgresql.service only groups the clusters' own units.
  const startsNothing =
    unit.execStart.length > 0 && unit.execStart.every(({ path }) => path.endsWith('/true'));
  if (startsNothing) return null;
  const names = [unit.name, ...unit.aliases];
  const inside = processes.filter((process) => process.unit === unit.name && process.containerId === null);
  const service =
    names.map((name) => recogniseUnit(name, unit.execStart)).find((found) => found !== null) ??
    inside.map(recogniseProcess).find((found) => found !== null) ??
    null;
  const containers = startedBy(unit);
  if (service === null && containers.length === 0) return null;
  return {
    ...unit,
    service: service?.id ?? null,
    active: null,
    enabled: tree.kind === 'machine' ? names.some((name) => tree.wanted.has(name)) : null,
    slices: [],
    startsContainers: await Promise.all(
      containers.map((container) => withPlacedMounts(host, unit.settings, container)),
    ),
  };
}

/** The containers that a unit's commands start, each with the line that says so. */
function startedBy({ name, execStart }: FileUnit): readonly Workload[] {
  const found: Workload[] = [];
  for (const { argv, citation } of execStart) {
    // One without a name of its own has the unit's; a second one must not be taken for it.
    const owner = found.length === 0 ? name : `${name} (${String(found.length + 1)})`;
    const container = parseContainerRun(argv, owner);
    if (container === null) continue;
    const { source: file, line } = citation;
    found.push(
      line === null
        ? container
        : { ...container, places: new Map([['workload', { file, line, column: 1 }]]) },
    );
  }
  return found;
}
