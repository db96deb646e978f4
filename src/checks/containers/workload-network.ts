/** A database or a model server shares a network with a container that is published. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, pass } from '../../engine/check.ts';
import { recogniseImage } from '../../facts/catalogue/recognise.ts';
import { citeSetting, workloadData } from '../../facts/workloads/cite.ts';
import { eachWorkload } from '../../facts/workloads/each-workload.ts';
import { leftOpen } from '../../facts/workloads/left-open.ts';
import { namespaceOf } from '../../facts/workloads/shared-namespace.ts';
import type { Workload } from '../../facts/workloads/workload.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';

const messages = {
  shared:
    '`{name}` ({service}) shares network {network} with `{neighbour}`, which is published: who breaks into that one talks to it directly.',
};

export const workloadNetwork = defineCheck({
  id: 'workload-network',
  needs: { workloads: workloadsFact },
  params: z.strictObject({
    /** Catalogue categories of what should stand on a network of its own. */
    categories: z.array(z.string()).min(1),
  }),
  messages,
  evaluate: ({ workloads }, { categories }) => {
    const inner = (workload: Workload) => {
      const service = recogniseImage(workload.image.repository);
      return service !== null && categories.includes(service.category) ? service : null;
    };
    // Of who borrows another's network, the other's count; the host's, or none, is no shared one.
    const networksOf = (workload: Workload) =>
      namespaceOf(workload, 'network', workloads).owner.networks.filter(
        (network) => network !== 'host' && network !== 'none',
      );
    return eachWorkload<typeof messages>(
      workloads,
      (workload): Verdict<typeof messages>[] => {
        const { name } = workload;
        const networks = networksOf(workload);
        const service = inner(workload);
        if (service === null) {
          const because = `\`${name}\` is neither a database nor a model server of the catalogue`;
          return [{ outcome: 'not-applicable', subject: name, because }];
        }
        const flat = leftOpen(workload, 'flat-network');
        if (flat !== null) return [{ outcome: 'not-applicable', subject: name, because: flat }];
        const evidence = [citeSetting(workload, 'networks', networks)];
        for (const neighbour of workloads) {
          const published = neighbour !== workload && isOpen(neighbour) && inner(neighbour) === null;
          const network = published
            ? networksOf(neighbour).find((each) => networks.includes(each))
            : undefined;
          if (network === undefined) continue;
          const data = {
            ...workloadData(workload),
            service: service.name,
            network,
            neighbour: neighbour.name,
          };
          return [{ outcome: 'fail', message: 'shared', subject: name, data, evidence }];
        }
        return [pass(name, ...evidence)];
      },
      ['networks'],
    );
  },
});

/** Published beyond this machine's own loopback. */
function isOpen({ publishes }: Workload): boolean {
  return publishes.some(({ hostAddress }) => !hostAddress.startsWith('127.') && hostAddress !== '::1');
}
