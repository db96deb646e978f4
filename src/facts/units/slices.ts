import type { Host } from '../../host/host.ts';
import type { Surroundings } from './assemble-unit.ts';
import { loadUnit } from './load-unit.ts';
import { sliceSettings } from './settings.ts';
import type { Settings, SliceLimits } from './unit.ts';
import { sliceChain } from './unit-name.ts';
import type { UnitTree } from './unit-tree.ts';

/** Limits of the slices that a unit with these settings sits in, from their files; nearest first. */
export function readSlices(
  host: Host,
  tree: UnitTree,
  settings: Settings,
  { defaults }: Surroundings,
): Promise<SliceLimits[]> {
  return Promise.all(
    sliceChain(settings.Slice?.value ?? '').map(async (name) => {
      const loaded = await loadUnit(host, tree, name);
      const assignments = loaded.assignments.filter(({ section }) => section === 'Slice');
      return { name, settings: sliceSettings(assignments, defaults, loaded.fragment ?? name) };
    }),
  );
}
