import { factReader } from '../../../src/engine/fact.ts';
import type { Unit } from '../../../src/facts/units/unit.ts';
import { unitsFact } from '../../../src/facts/units/units.ts';
import type { Known } from '../../../src/host/evidence.ts';
import type { MemoryHost } from '../../harness/memory-host.ts';
import { memoryHost } from '../../harness/memory-host.ts';

/** The known units of a host made in memory; /proc is there unless it is given. */
export async function readUnits(has: MemoryHost): Promise<Known<readonly Unit[]>> {
  const host = await memoryHost({ ...has, files: { '/proc/1/cmdline': '/sbin/init\0', ...has.files } });
  const evidence = await factReader(host)(unitsFact);
  if (evidence.state === 'unknown') throw new Error(evidence.detail);
  return evidence;
}

/** The one unit of a host made of these files. */
export async function readUnit(files: Readonly<Record<string, string>>): Promise<Unit> {
  const { value } = await readUnits({ files });
  const [unit] = value;
  if (unit === undefined || value.length > 1) throw new Error(`${String(value.length)} units`);
  return unit;
}
