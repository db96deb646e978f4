/** A credential is written into a container's definition. */
import * as z from 'zod';
import { defineCheck, pass } from '../../engine/check.ts';
import { citeSetting, workloadData } from '../../facts/workloads/cite.ts';
import { eachWorkload } from '../../facts/workloads/each-workload.ts';
import type { Workload } from '../../facts/workloads/workload.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';
import { maskedLiteral, maskedWellKnown } from '../../host/mask.ts';

const messages = {
  literal:
    '`{name}` carries a credential in its definition ({places}): everybody who may inspect it, or reads /proc in it, has it.',
  wellKnown:
    '`{name}` carries credentials in its definition ({places}), and everybody knows the value of {known}: it protects nothing.',
};

export const workloadSecret = defineCheck({
  id: 'workload-secret',
  needs: { workloads: workloadsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ workloads }) =>
    eachWorkload<typeof messages>(workloads, (workload) => {
      const { name } = workload;
      const wellKnown = placesOf(workload, maskedWellKnown);
      const places = [...new Set([...wellKnown, ...placesOf(workload, maskedLiteral)])];
      if (places.length === 0) {
        return [pass(name, citeSetting(workload, 'Config.Env', Object.keys(workload.environment)))];
      }
      const data = {
        ...workloadData(workload),
        places: places.join(', '),
        known: wellKnown.join(', '),
      };
      const evidence = places.map((place) => citeSetting(workload, place, 'masked'));
      const message = wellKnown.length > 0 ? 'wellKnown' : 'literal';
      return [{ outcome: 'fail', message, subject: name, data, evidence }];
    }),
});

/** Where a masked value stands. The host masked it, so what is left is that it was written out. */
function placesOf({ environment, labels, command }: Workload, mark: string): string[] {
  const named = (values: Readonly<Record<string, string>>, what: string) =>
    Object.entries(values).flatMap(([key, value]) => (value.includes(mark) ? [`${what} ${key}`] : []));
  return [
    ...named(environment, 'variable'),
    ...named(labels, 'label'),
    ...(command.some((word) => word.includes(mark)) ? ['command line'] : []),
  ];
}
