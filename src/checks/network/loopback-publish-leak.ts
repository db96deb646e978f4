/** A container port published on loopback answers neighbours all the same. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { citationsOf, doubtOf, socketOf } from '../../facts/exposure/cite.ts';
import type { Exposure } from '../../facts/exposure/exposure.ts';
import { exposureFact } from '../../facts/exposure/exposure.ts';
import { exposuresOfWorkload } from '../../facts/exposure/of-workload.ts';
import { isLoopback } from '../../facts/exposure/socket-address.ts';
import type { Workload } from '../../facts/workloads/workload.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';

const messages = {
  leak: 'Container {name} is published on {socket} for this machine alone, yet {from} on {interface} reach it ({way}): they need no published port.',
};

export const loopbackPublishLeak = defineCheck({
  id: 'loopback-publish-leak',
  needs: { exposures: exposureFact, workloads: workloadsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ exposures, workloads }) => {
    const published = exposures.filter(({ kind, address }) => kind === 'published' && isLoopback(address));
    if (published.length === 0) return [notApplicable('no container port is published on loopback')];
    return published.flatMap((exposure) => {
      const workload = workloads.find(({ name }) => name === exposure.workload);
      const others = workload === undefined ? [] : exposuresOfWorkload(exposures, workload.name);
      const ways = [exposure, ...others.filter((other) => isSamePort(other, exposure, workload))];
      return judge(exposure, ways, workload);
    });
  },
});

/** Whether the other one is the port behind a published one, at the container's own address. */
function isSamePort(other: Exposure, published: Exposure, workload: Workload | undefined): boolean {
  const { proto, port } = published;
  const inside = workload?.publishes.find(
    (one) => one.proto === proto && one.hostPort === port,
  )?.containerPort;
  return other.kind === 'container' && other.proto === proto && other.port === inside;
}

function judge(
  exposure: Exposure,
  ways: readonly Exposure[],
  workload: Workload | undefined,
): Verdict<typeof messages>[] {
  const name = exposure.workload ?? '';
  const subject = `container ${name} on ${socketOf(exposure)}`;
  const unclear = ways.find(({ scope }) => scope === 'unknown');
  const open = ways.flatMap((way) =>
    way.reachableFrom
      .filter(({ scopes }) => scopes.some((each) => each !== 'containers'))
      .map((from) => ({ way, from })),
  );
  if (open.length === 0) {
    const evidence = citationsOf(unclear ?? exposure);
    const verdict = unclear === undefined ? pass(subject) : undetermined(doubtOf(unclear), subject);
    return [{ ...verdict, evidence }];
  }
  const [address = ''] = workload?.addresses ?? [];
  const devices = [...new Set(open.map(({ from }) => from.interface))];
  return devices.map((device) => {
    const here = open.filter(({ from }) => from.interface === device);
    const data = {
      ...{ name, socket: socketOf(exposure), interface: device, address },
      from: [...new Set(here.flatMap(({ from }) => from.sources))].join(', '),
      way: here.map(({ way }) => `at ${way.address}`).join(' and '),
    };
    const evidence = here.flatMap(({ way }) => citationsOf(way));
    return { outcome: 'fail', message: 'leak', subject: `${subject} over ${device}`, data, evidence };
  });
}
