/** A unit runs without the sandbox that systemd offers. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, pass, undetermined } from '../../engine/check.ts';
import { gpuDevicesFact } from '../../facts/units/gpu-devices.ts';
import { citeUnitSetting, dropInData } from '../../facts/units/cite.ts';
import { eachServingUnit } from '../../facts/units/each-unit.ts';
import { keptWritable } from '../../facts/units/kept-writable.ts';
import type { Unit } from '../../facts/units/unit.ts';
import { unitsFact } from '../../facts/units/units.ts';

const messages = {
  missing:
    '`{unit}` runs without {missing}: whoever takes the service over sees and reaches more of this machine than the service needs.',
};

const Directive = z.strictObject({
  name: z.string(),
  /** Values that are enough, the recommended one first; `*` is any restriction. */
  accept: z.array(z.string()).min(1),
  /** What the fix sets where `accept` says only that something must be set. */
  recommend: z.string().optional(),
  /** Not asked of a service on a machine with a GPU, which needs its device files. */
  withoutGpu: z.boolean().default(false),
});

export const unitSandbox = defineCheck({
  id: 'unit-sandbox',
  needs: { units: unitsFact },
  optional: { gpu: gpuDevicesFact },
  params: z.strictObject({
    require: z.array(Directive).min(1),
    /** Services of the catalogue that manage the host itself. */
    except: z.array(z.string()).default([]),
  }),
  messages,
  evaluate: ({ units, gpu }, { require, except }) =>
    eachServingUnit<typeof messages>(units, except, (unit): Verdict<typeof messages>[] => {
      // Where it is not known whether there is a GPU, nobody is told to hide it.
      const hasGpu = gpu.state === 'unknown' || gpu.value.length > 0;
      const asked = require.filter(({ withoutGpu }) => !(withoutGpu && hasGpu));
      const missing = asked.filter((directive) => !isSet(unit, directive));
      const citations = (missing.length > 0 ? missing : asked).flatMap(({ name }) => {
        const setting = unit.settings[name];
        return setting === undefined ? [] : [citeUnitSetting(name, setting)];
      });
      if (missing.length === 0) return [pass(unit.name, ...citations)];
      if (unit.unseen !== null) {
        return [undetermined(`${unit.unseen}: it may set ${nameAll(missing)}`, unit.name)];
      }
      const deciding = missing.flatMap(({ name }) => unit.settings[name] ?? []);
      const data = {
        ...dropInData(unit, 'sandbox', deciding),
        unit: unit.name,
        missing: nameAll(missing),
        directives: [
          ...missing.map(({ name, accept, recommend }) => `${name}=${recommend ?? accept[0] ?? ''}`),
          ...keptWritable(unit).map((path) => `ReadWritePaths=-${path}`),
        ].join('\n'),
      };
      return [{ outcome: 'fail', message: 'missing', subject: unit.name, data, evidence: citations }];
    }),
});

type Directive = z.infer<typeof Directive>;

function isSet({ settings }: Unit, { name, accept }: Directive): boolean {
  const value = settings[name]?.value;
  if (value === undefined) return false;
  return accept.includes('*') ? value !== '~' : accept.includes(value);
}

function nameAll(directives: readonly Directive[]): string {
  return directives.map(({ name }) => `${name}=`).join(', ');
}
