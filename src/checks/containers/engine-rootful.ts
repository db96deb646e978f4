/** The Docker Engine runs as root, where a rootless one would do. */
import * as z from 'zod';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { engineFact } from '../../facts/workloads/engine.ts';

const messages = {
  root: 'The Docker Engine runs as root: a hole in it, or a way out of a container, is root on this machine.',
};

export const engineRootful = defineCheck({
  id: 'engine-rootful',
  needs: { engine: engineFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ engine }) => {
    if (engine === null) return [notApplicable('there is no Docker Engine')];
    const subject = 'Docker Engine';
    const { rootless, swarm, cgroupVersion, unheard } = engine;
    if (rootless === null) {
      return [
        undetermined(`whether it is rootless is not known: ${unheard?.detail ?? 'it did not say'}`, subject),
      ];
    }
    const excerpt = `rootless: ${String(rootless)}`;
    const citation = { source: 'docker info', line: null, excerpt };
    if (rootless) return [pass(subject, citation)];
    // https://docs.docker.com/engine/security/rootless/troubleshoot/: no overlay network, no limits on cgroup v1.
    if (swarm === true) return [notApplicable('a node of a swarm cannot be rootless')];
    if (cgroupVersion === '1') {
      return [notApplicable('on cgroup v1 a rootless engine could limit no container’s memory')];
    }
    return [{ outcome: 'fail', message: 'root', subject, data: {}, evidence: [citation] }];
  },
});
