/** A container's port is published on every address of the host. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, pass } from '../../engine/check.ts';
import { recogniseImage } from '../../facts/catalogue/recognise.ts';
import { citeSetting, workloadData } from '../../facts/workloads/cite.ts';
import { eachWorkload } from '../../facts/workloads/each-workload.ts';
import type { Publish, Workload } from '../../facts/workloads/workload.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';

const messages = {
  known:
    '`{name}` ({service}) is published on every address of the host ({ports}): only a firewall that Docker goes past stands before it.',
  node: '`{name}` ({service}) takes the port of its node on every address ({ports}): who reaches the node reaches it, past the Service before it and past ufw.',
  fronted:
    '`{name}` is published on every address of the host ({ports}), so the proxy `{proxy}` before it can be walked around.',
};

export const workloadPublish = defineCheck({
  id: 'workload-publish',
  needs: { workloads: workloadsFact },
  params: z.strictObject({
    /** Image repositories of reverse proxies, without registry: what they publish is meant for everybody. */
    proxies: z.array(z.string()).min(1),
  }),
  messages,
  evaluate: ({ workloads }, { proxies }) => {
    const isProxy = ({ image }: Workload) =>
      proxies.includes(image.repository.replace(/^docker\.io\/(?:library\/)?/, ''));
    const fronts = workloads.filter((workload) => isProxy(workload) && workload.publishes.length > 0);
    return eachWorkload<typeof messages>(
      workloads,
      (workload): Verdict<typeof messages>[] => {
        const { name, publishes, networks, image } = workload;
        const open = publishes.filter(({ hostAddress }) => hostAddress === '0.0.0.0' || hostAddress === '::');
        const ports = [...new Set(open.map(portWord))].join(', ');
        const evidence = [citeSetting(workload, 'ports', [...new Set(publishes.map(bindingWord))])];
        if (open.length === 0 || isProxy(workload)) return [pass(name, ...evidence)];
        const service = recogniseImage(image.repository)?.name;
        const proxy = fronts.find((front) =>
          front.networks.some((network) => networks.includes(network)),
        )?.name;
        const first = open.find(({ hostPort }) => hostPort !== 0);
        const data = {
          ...workloadData(workload),
          ...{ ports, service: service ?? '', proxy: proxy ?? '' },
          ...(first === undefined
            ? {}
            : { port: first.hostPort, containerPort: `${String(first.containerPort)}/${first.proto}` }),
        };
        const inPod = workload.source === 'kubernetes';
        if (service !== undefined)
          return [{ outcome: 'fail', message: inPod ? 'node' : 'known', subject: name, data, evidence }];
        if (proxy !== undefined)
          return [{ outcome: 'fail', message: 'fronted', subject: name, data, evidence }];
        const because = `\`${name}\` is no product of the catalogue and no proxy stands before it${inPod ? '' : ': the exposure rules judge it'}`;
        return [{ outcome: 'not-applicable', subject: name, because }];
      },
      ['ports'],
    );
  },
});

function portWord({ hostPort, containerPort, proto }: Publish): string {
  return `${hostPort === 0 ? 'a random port' : String(hostPort)} → ${String(containerPort)}/${proto}`;
}

function bindingWord({ hostAddress, hostPort, containerPort, proto }: Publish): string {
  const address = hostAddress.includes(':') ? `[${hostAddress}]` : hostAddress;
  return `${address}:${String(hostPort)}:${String(containerPort)}/${proto}`;
}
