/** A credential is written into a container's definition. */
import * as z from 'zod';
import type { Citation, Verdict } from '../../engine/check.ts';
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
  declared:
    '`{name}` is described with a credential ({places}): everybody who has the file has it, and an image’s history keeps what its build was given.',
  declaredKnown:
    '`{name}` is described with credentials ({places}), and everybody knows the value of {known}: it protects nothing.',
};

export const workloadSecret = defineCheck({
  id: 'workload-secret',
  needs: { workloads: workloadsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ workloads }) => eachWorkload<typeof messages>(workloads, judge, ['environment']),
});

function judge(workload: Workload): readonly Verdict<typeof messages>[] {
  const { name } = workload;
  const wellKnown = credentialsOf(workload, maskedWellKnown);
  const all = [...wellKnown, ...credentialsOf(workload, maskedLiteral)];
  if (all.length === 0) return [pass(name, ...seen(workload))];
  const data = { ...workloadData(workload), places: wordsOf(all), known: wordsOf(wellKnown) };
  const evidence = all.map(({ setting, entry }) => citeSetting(workload, setting, 'masked', entry));
  const [literal, known] = all.every(({ setting }) => setting === 'buildArguments' || setting === 'configs')
    ? (['declared', 'declaredKnown'] as const)
    : (['literal', 'wellKnown'] as const);
  const message = wellKnown.length > 0 ? known : literal;
  return [{ outcome: 'fail', message, subject: name, data, evidence }];
}

const nouns = {
  environment: 'variable',
  labels: 'label',
  command: 'command line',
  buildArguments: 'build argument',
  configs: 'config',
} as const;

interface Credential {
  readonly setting: keyof typeof nouns;
  /** The variable's or label's name. */
  readonly entry?: string;
}

/** Where a masked value stands. The host masked it, so what is left is that it was written out. */
function credentialsOf(workload: Workload, mark: string): readonly Credential[] {
  const named = (setting: Exclude<Credential['setting'], 'command'>) =>
    Object.entries(workload[setting] ?? {}).flatMap(([entry, value]) =>
      value.includes(mark) ? [{ setting, entry }] : [],
    );
  return [
    ...named('environment'),
    ...named('labels'),
    ...(workload.command.some((word) => word.includes(mark)) ? [{ setting: 'command' as const }] : []),
    ...named('buildArguments'),
    ...named('configs'),
  ];
}

/** A pass rests on the labels too where a file of them was not read. */
function seen(workload: Workload): readonly Citation[] {
  const settings = [
    'environment',
    ...(workload.unsettled.has('labels') ? (['labels'] as const) : []),
  ] as const;
  return settings.map((setting) => citeSetting(workload, setting, Object.keys(workload[setting])));
}

function wordsOf(credentials: readonly Credential[]): string {
  const words = credentials.map(({ setting, entry }) => [nouns[setting], entry].join(' ').trim());
  return [...new Set(words)].join(', ');
}
