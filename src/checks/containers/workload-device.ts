/** A container has a device of the host. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, pass } from '../../engine/check.ts';
import { citeSetting, workloadData } from '../../facts/workloads/cite.ts';
import { isCommonDeviceRule, isRawDeviceRule } from '../../facts/workloads/device-rule.ts';
import { eachWorkload } from '../../facts/workloads/each-workload.ts';
import { isAbove, isBelow, isPath, straightened } from '../../facts/workloads/path-pattern.ts';
import type { Device } from '../../facts/workloads/workload.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';

const messages = {
  raw: '`{name}` has {device}: with it, it reads and writes the host’s disk or memory past every permission.',
  other: '`{name}` has the host’s {device}, which neither a GPU nor sound needs.',
  rule: '`{name}` may use every device that matches the cgroup rule {device}: it makes the node itself and opens it.',
};

const Patterns = z.array(z.string().startsWith('/dev')).min(1);

export const workloadDevice = defineCheck({
  id: 'workload-device',
  needs: { workloads: workloadsFact },
  params: z.strictObject({
    /** `raw`: only devices that give the disk or the memory; `other`: only the rest. */
    kind: z.enum(['raw', 'other']),
    /** Memory and disks by name, for what cannot be looked at; `*` is any text in one component. */
    raw: Patterns,
    /** What a container may well have. */
    allowed: Patterns,
  }),
  messages,
  evaluate: ({ workloads }, { kind, raw, allowed }) => {
    const isRaw = ({ host, type }: Device) => {
      const path = straightened(host);
      return type === 'block' || raw.some((pattern) => isAbove(path, pattern) || isBelow(path, pattern));
    };
    const isAllowed = ({ host }: Device) => {
      const path = straightened(host);
      return allowed.some((pattern) => isPath(path, pattern) || isBelow(path, pattern));
    };
    return eachWorkload<typeof messages>(
      workloads,
      (workload) => {
        const { name, devices, deviceRules } = workload;
        const failure = (message: keyof typeof messages, device: string): Verdict<typeof messages> => ({
          outcome: 'fail',
          message,
          subject: `${name} ${device}`,
          data: { ...workloadData(workload), device },
          evidence: [citeSetting(workload, message === 'rule' ? 'deviceRules' : 'devices', device)],
        });
        const nodes = devices.filter((device) =>
          kind === 'raw' ? isRaw(device) : !isRaw(device) && !isAllowed(device),
        );
        const rules = deviceRules.filter((rule) =>
          kind === 'raw' ? isRawDeviceRule(rule) : !isRawDeviceRule(rule) && !isCommonDeviceRule(rule),
        );
        const failures = [
          ...nodes.map(({ host }) => failure(kind, host)),
          ...rules.map((rule) => failure('rule', rule)),
        ];
        const hosts = devices.map(({ host }) => host);
        const evidence = [
          citeSetting(workload, 'devices', hosts),
          citeSetting(workload, 'deviceRules', deviceRules),
        ];
        return failures.length > 0 ? failures : [pass(name, ...evidence)];
      },
      ['deviceRules'],
    );
  },
});
