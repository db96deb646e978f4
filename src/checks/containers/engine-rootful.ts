/** The Docker Engine runs as root, where a rootless one would do. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import type { Engine } from '../../facts/workloads/engine.ts';
import { enginesFact } from '../../facts/workloads/engine.ts';

const messages = {
  root: 'The Docker Engine runs as root: a hole in it, or a way out of a container, is root on this machine.',
};

export const engineRootful = defineCheck({
  id: 'engine-rootful',
  needs: { engines: enginesFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ engines }) =>
    engines.length === 0 ? [notApplicable('there is no Docker Engine')] : engines.map(judge),
});

function judge({ name, rootless, swarm, cgroupVersion, unheard }: Engine): Verdict<typeof messages> {
  if (rootless === null) {
    return undetermined(`whether it is rootless is not known: ${unheard?.detail ?? 'it did not say'}`, name);
  }
  const citation = { source: 'docker info', line: null, excerpt: `rootless: ${String(rootless)}` };
  if (rootless) return pass(name, citation);
  // https://docs.docker.com/engine/security/rootless/troubleshoot/: no overlay network, no limits on cgroup v1.
  if (swarm === true) {
    return { outcome: 'not-applicable', subject: name, because: 'a node of a swarm cannot be rootless' };
  }
  if (cgroupVersion === '1') {
    const because = 'on cgroup v1 a rootless engine could limit no container’s memory';
    return { outcome: 'not-applicable', subject: name, because };
  }
  return { outcome: 'fail', message: 'root', subject: name, data: {}, evidence: [citation] };
}
