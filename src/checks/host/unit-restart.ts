/** A unit stays down after it failed. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, pass, undetermined } from '../../engine/check.ts';
import { citeUnitSetting, dropInData } from '../../facts/units/cite.ts';
import { eachUnit, mayBeOverridden } from '../../facts/units/each-unit.ts';
import { unitsFact } from '../../facts/units/units.ts';

const messages = {
  missing: '`{unit}` has no Restart=: after a crash it stays down until somebody notices.',
};

export const unitRestart = defineCheck({
  id: 'unit-restart',
  needs: { units: unitsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ units }) =>
    eachUnit<typeof messages>(units, [], (unit): Verdict<typeof messages>[] => {
      const subject = unit.name;
      const { Restart: restart, Type: type } = unit.settings;
      if (type?.value === 'oneshot') {
        return [
          {
            outcome: 'not-applicable',
            subject,
            because: `${subject} is a one-shot unit: it ends when it is done`,
          },
        ];
      }
      const isOpen = restart?.value === 'no' ? unit.unseen !== null : mayBeOverridden(unit) !== null;
      if (restart === undefined || isOpen) {
        return [undetermined(`Restart= of ${subject} is not known: ${unit.unseen ?? 'no answer'}`, subject)];
      }
      const evidence = [citeUnitSetting('Restart', restart)];
      if (restart.value !== 'no') return [pass(subject, ...evidence)];
      const { startsContainers: containers } = unit;
      if (containers.length > 0 && containers.every((container) => container.restart !== 'no')) {
        return [{ outcome: 'not-applicable', subject, because: 'the engine restarts its container' }];
      }
      const data = dropInData(unit, 'restart', [restart]);
      return [{ outcome: 'fail', message: 'missing', subject, data: { ...data, unit: subject }, evidence }];
    }),
});
