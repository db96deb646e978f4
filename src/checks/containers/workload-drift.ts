/** A container runs otherwise than its compose file says now. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { citeSetting, workloadData } from '../../facts/workloads/cite.ts';
import { eachWorkload } from '../../facts/workloads/each-workload.ts';
import type { Setting } from '../../facts/workloads/setting.ts';
import { settingNames } from '../../facts/workloads/setting.ts';
import type { Workload } from '../../facts/workloads/workload.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';

const messages = {
  differs:
    '`{name}` runs otherwise than {file} says now ({settings}): what was read there is not what runs, and the next `docker compose up` changes it.',
};

type TextOf = (workload: Workload) => string | null;

/** What is compared, each as text; `null`: a file that says nothing leaves it to the image or the engine. */
const compared: readonly (readonly [Setting, TextOf])[] = [
  ['image', ({ image }) => (image.built ? null : image.reference)],
  ['user', ({ user }) => (user === '' ? null : user)],
  ['privileged', ({ privileged }) => String(privileged)],
  ['capAdd', ({ capAdd }) => capAdd.toSorted().join()],
  ['capDrop', ({ capDrop }) => capDrop.toSorted().join()],
  ['securityOpt', ({ securityOpt }) => securityOpt.toSorted().join()],
  ['readOnly', ({ readonlyRootfs }) => String(readonlyRootfs)],
  ['network', ({ namespaces }) => String(namespaces.network === 'host')],
  ['pid', ({ namespaces }) => String(namespaces.pid === 'host')],
  ['ipc', ({ namespaces }) => String(namespaces.ipc === 'host')],
  ['uts', ({ namespaces }) => String(namespaces.uts === 'host')],
  ['userns', ({ namespaces }) => String(namespaces.user === 'host')],
  ['mounts', mountWords],
  [
    'devices',
    ({ devices }) =>
      devices
        .map(({ host }) => host)
        .toSorted()
        .join(),
  ],
  ['deviceRules', ({ deviceRules }) => deviceRules.toSorted().join()],
  ['ports', portWords],
  ['memory', ({ limits }) => String(limits.memoryBytes)],
  ['cpus', ({ limits }) => String(limits.cpus)],
  ['pids', ({ limits }) => String(limits.pids)],
];

/** Of whose home `~` is, only who runs Compose knows. */
function mountWords({ mounts }: Workload): string | null {
  const bound = mounts.filter(({ type }) => type === 'bind');
  if (bound.some(({ source }) => source.startsWith('~'))) return null;
  return bound
    .map(({ source, target, writable }) => `${source}:${target}:${String(writable)}`)
    .toSorted()
    .join();
}

/** Without IPv6 the engine leaves `::` out; a port that the engine chose is anybody's guess. */
function portWords({ publishes }: Workload): string | null {
  if (publishes.some(({ hostPort }) => hostPort === 0)) return null;
  const words = publishes.map(
    ({ hostAddress, hostPort, containerPort, proto }) =>
      `${hostAddress === '::' ? '0.0.0.0' : hostAddress}:${String(hostPort)}:${String(containerPort)}/${proto}`,
  );
  return [...new Set(words)].toSorted().join();
}

export const workloadDrift = defineCheck({
  id: 'workload-drift',
  needs: { workloads: workloadsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ workloads }) =>
    eachWorkload<typeof messages>(workloads, (workload): Verdict<typeof messages>[] => {
      const { name, definition } = workload;
      if (definition === undefined) {
        return [{ ...notApplicable(`\`${name}\` was not made by Docker Compose`), subject: name }];
      }
      const { service, because } = definition;
      if (service === null) {
        return [
          undetermined(
            `what \`${name}\` was made from is not known: ${because ?? 'its files were not read'}`,
            name,
          ),
        ];
      }
      const different = compared.flatMap(([setting, textOf]) => {
        const wanted = service.unsettled.has(setting) ? null : textOf(service);
        return wanted === null || wanted === textOf(workload) ? [] : [setting];
      });
      const evidence = different.flatMap((setting) => [
        citeSetting(workload, setting, valueOf(workload, setting)),
        citeSetting(service, setting, valueOf(service, setting)),
      ]);
      const open = compared.find(([setting]) => service.unsettled.has(setting))?.[0];
      if (different.length > 0) {
        const settings = different.map((setting) => settingNames[setting].compose).join(', ');
        const data = { ...workloadData(workload), settings };
        return [{ outcome: 'fail', message: 'differs', subject: name, data, evidence }];
      }
      if (open === undefined) return [pass(name, citeSetting(service, 'image', service.image.reference))];
      const why = service.unsettled.get(open) ?? '';
      return [undetermined(`whether \`${name}\` is as its file says is not known: ${why}`, name)];
    }),
});

function valueOf(workload: Workload, setting: Setting): string | null {
  return compared.find(([each]) => each === setting)?.[1](workload) ?? null;
}
