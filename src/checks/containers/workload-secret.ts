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
      const wellKnown = credentialsOf(workload, maskedWellKnown);
      const all = [...wellKnown, ...credentialsOf(workload, maskedLiteral)];
      if (all.length === 0) {
        return [pass(name, citeSetting(workload, 'environment', Object.keys(workload.environment)))];
      }
      const data = { ...workloadData(workload), places: wordsOf(all), known: wordsOf(wellKnown) };
      const evidence = all.map(({ setting, entry }) => citeSetting(workload, setting, 'masked', entry));
      const message = wellKnown.length > 0 ? 'wellKnown' : 'literal';
      return [{ outcome: 'fail', message, subject: name, data, evidence }];
    }),
});

interface Credential {
  readonly setting: 'environment' | 'labels' | 'command';
  /** The variable's or label's name. */
  readonly entry?: string;
}

/** Where a masked value stands. The host masked it, so what is left is that it was written out. */
function credentialsOf({ environment, labels, command }: Workload, mark: string): readonly Credential[] {
  const named = (setting: 'environment' | 'labels', values: Readonly<Record<string, string>>) =>
    Object.entries(values).flatMap(([entry, value]) => (value.includes(mark) ? [{ setting, entry }] : []));
  return [
    ...named('environment', environment),
    ...named('labels', labels),
    ...(command.some((word) => word.includes(mark)) ? [{ setting: 'command' as const }] : []),
  ];
}

const nouns = { environment: 'variable', labels: 'label', command: 'command line' } as const;

function wordsOf(credentials: readonly Credential[]): string {
  const words = credentials.map(({ setting, entry }) => [nouns[setting], entry].join(' ').trim());
  return [...new Set(words)].join(', ');
}
