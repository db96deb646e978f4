/** A unit may take as much of a resource as the machine has. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, pass, undetermined } from '../../engine/check.ts';
import type { Capacity } from '../../facts/capacity.ts';
import { capacityFact, countProcessors } from '../../facts/capacity.ts';
import { citeUnitSetting, dropInData } from '../../facts/units/cite.ts';
import { eachServingUnit } from '../../facts/units/each-unit.ts';
import type { Settings, Unit, UnitSetting } from '../../facts/units/unit.ts';
import { unitsFact } from '../../facts/units/units.ts';

const messages = {
  memory:
    '`{unit}` may use all memory ({setting} is {value}): one large prompt or a leak, and the kernel kills whatever it likes.',
  cpu: '`{unit}` may use every processor ({setting} is {value}): it can slow everything else on this machine down.',
  tasks:
    '`{unit}` may start processes and threads without bound ({setting} is {value}): a fork bomb in it stops the machine.',
};

/** What bounds each: the setting itself first, then others that do so too. */
const bounds = {
  memory: ['MemoryMax'],
  cpu: ['CPUQuotaPerSecUSec', 'AllowedCPUs', 'CPUAffinity'],
  tasks: ['TasksMax'],
} as const;

const directive = { memory: 'MemoryMax', cpu: 'CPUQuota', tasks: 'TasksMax' } as const;

type Resource = keyof typeof bounds;

const has = { memory: 'memory', cpu: 'processors', tasks: 'tasks' } as const;

export const unitLimit = defineCheck({
  id: 'unit-limit',
  needs: { units: unitsFact },
  optional: { capacity: capacityFact },
  params: z.strictObject({
    resource: z.enum(['memory', 'cpu', 'tasks']),
    /** Services of the catalogue that are not asked for a limit. */
    except: z.array(z.string()).default([]),
  }),
  messages,
  evaluate: ({ units, capacity }, { resource, except }) =>
    eachServingUnit<typeof messages>(units, except, (unit): Verdict<typeof messages>[] => {
      const bound = boundOf(unit, resource, capacity.state === 'known' ? capacity.value : null);
      if (bound !== null) return [pass(unit.name, citeUnitSetting(bound.name, bound.setting))];
      if (unit.unseen !== null) return [undetermined(`${unit.unseen}: it may set a limit`, unit.name)];
      const [name] = bounds[resource];
      const setting = unit.settings[name];
      if (setting === undefined) return [undetermined(`${name} of ${unit.name} is not known`, unit.name)];
      const data = {
        ...dropInData(unit, resource, [setting]),
        setting: directive[resource],
        value: setting.value,
      };
      const evidence = [citeUnitSetting(directive[resource], setting)];
      return [{ outcome: 'fail', message: resource, subject: unit.name, data, evidence }];
    }),
});

/** The kernel's own bound on processes and threads, PID_MAX_LIMIT; see proc(5). */
const mostTasks = 2 ** 22;

/** Whether a value keeps the unit below what the machine has; where that is not known, any value does. */
function isBound(name: string, value: string, most: number | null): boolean {
  if (value === '' || value === 'infinity' || value === '100%') return false;
  if (value.endsWith('%')) return true;
  if (name === 'TasksMax') return Number(value) < (most ?? mostTasks);
  if (most === null) return true;
  if (name === 'AllowedCPUs' || name === 'CPUAffinity') return (countProcessors(value) ?? 0) < most;
  return Number(value) < (name === 'CPUQuotaPerSecUSec' ? most * 1_000_000 : most);
}

/** The first bound of the unit itself, or of a slice that it sits in. */
function boundOf(
  { settings, slices }: Unit,
  resource: Resource,
  capacity: Capacity | null,
): { name: string; setting: UnitSetting } | null {
  for (const of of [settings, ...slices.map((slice): Settings => slice.settings)]) {
    for (const name of bounds[resource]) {
      const setting = of[name];
      if (setting !== undefined && isBound(name, setting.value, capacity?.[has[resource]] ?? null)) {
        return { name, setting };
      }
    }
  }
  return null;
}
