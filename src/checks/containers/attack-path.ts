/** Settings of a container that are worse together than each alone: a way from outside, or from inside it, to root. */
import * as z from 'zod';
import type { Citation, Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import type { AiService } from '../../facts/catalogue/ai-services.ts';
import { aiServicesFact } from '../../facts/catalogue/ai-services-fact.ts';
import { citeSetting, workloadData } from '../../facts/workloads/cite.ts';
import { eachWorkload } from '../../facts/workloads/each-workload.ts';
import { engineOfWorkload, enginesFact } from '../../facts/workloads/engine.ts';
import type { HostPower } from '../../facts/workloads/host-power.ts';
import { doubtfulMount, hostPowers } from '../../facts/workloads/host-power.ts';
import type { PowerfulPaths } from '../../facts/workloads/powerful-paths.ts';
import { powerfulPaths } from '../../facts/workloads/powerful-paths.ts';
import { beginsAsRoot, isRootMapped } from '../../facts/workloads/user.ts';
import type { Workload } from '../../facts/workloads/workload.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';
import { exposureFact } from '../../facts/exposure/exposure.ts';
import { closingOf, stopgapsFact } from '../../facts/exposure/stopgaps.ts';
import type { Entry } from './attack-entry.words.ts';
import { entriesOf } from './attack-entry.words.ts';

const messages = {
  network: '{chain} → root on the host, and nothing on the way asks for a credential.',
  inside: '`{name}`: whoever breaks into it → {chain} → root on the host.',
};

export const attackPath = defineCheck({
  id: 'attack-path',
  needs: { workloads: workloadsFact, services: aiServicesFact },
  optional: { exposures: exposureFact, engines: enginesFact, stopgaps: stopgapsFact },
  params: z.strictObject({
    /** `network`: without a credential, from another machine; `inside`: from code in the container. */
    from: z.enum(['network', 'inside']),
  }),
  messages,
  evaluate: ({ workloads, services, exposures, engines, stopgaps }, { from }) => {
    const known = engines.state === 'known' ? engines.value : [];
    const paths = powerfulPaths(known);
    return eachWorkload<typeof messages>(
      workloads,
      (workload): Verdict<typeof messages>[] => {
        const { name } = workload;
        const powers = hostPowers(workload, workloads, paths);
        if (powers.length === 0) return [withoutPower(workload, paths)];
        if (isRootMapped(workload, engineOfWorkload(workload, known))) {
          const because = `root in \`${name}\` is another user on the host`;
          return [{ ...notApplicable(because), subject: name }];
        }
        if (from === 'inside') return [fromInside(workload, powers, paths)];
        const { entries, doubt } = entriesOf(workload, workloads, exposures, services);
        const verdicts = entries.map((entry) => {
          const verdict = fromNetwork(workload, entry, powers, services);
          const closing = entry.exposure === null ? [] : closingOf(stopgaps, entry.exposure);
          return verdict.outcome === 'fail' ? { ...verdict, stopgaps: closing } : verdict;
        });
        if (doubt !== null) {
          const because = `${doubt}, and from it ${wordsOf(powers)} → root on the host`;
          return [...verdicts, undetermined(because, name)];
        }
        return verdicts.length > 0 ? verdicts : [pass(name, ...restsOn(workload))];
      },
      about,
    );
  },
});

/** Settings that make powers and entries: no pass stands where one of them is not known. */
const about = ['mounts', 'devices', 'deviceRules', 'ports'] as const;

/** Cited where a file leaves some setting open, so that a pass that rests on it is taken back. */
function restsOn(workload: Workload): Citation[] {
  if (workload.unsettled.size === 0) return [];
  const { mounts, devices, deviceRules, capAdd, capDrop, namespaces, publishes, user } = workload;
  return [
    citeSetting(workload, 'mounts', mounts.length),
    citeSetting(workload, 'devices', devices.length),
    citeSetting(workload, 'deviceRules', deviceRules),
    citeSetting(workload, 'capAdd', capAdd),
    citeSetting(workload, 'capDrop', capDrop),
    citeSetting(workload, 'pid', namespaces.pid),
    citeSetting(workload, 'network', namespaces.network),
    citeSetting(workload, 'ports', publishes.length),
    citeSetting(workload, 'user', user),
  ];
}

function withoutPower(workload: Workload, paths: PowerfulPaths): Verdict<typeof messages> {
  const { name, mounts } = workload;
  const unseen = mounts.find(({ type, real }) => type === 'bind' && real === null);
  const doubtful = beginsAsRoot(workload) === false ? undefined : doubtfulMount(workload, paths);
  if (doubtful !== undefined) {
    const because = `whether what is mounted below ${doubtful.source} can be written to in \`${name}\`, which has it read-only, is not known: Docker Engine 25 with Linux 5.12 is the first to prevent it`;
    return undetermined(because, name);
  }
  if (unseen === undefined) return pass(name, ...restsOn(workload));
  return undetermined(`where ${unseen.source}, which \`${name}\` has, leads was not seen`, name);
}

/** Only what takes two settings to be one: what a single setting gives has a rule of its own. */
function fromInside(
  workload: Workload,
  powers: readonly HostPower[],
  paths: PowerfulPaths,
): Verdict<typeof messages> {
  const { name } = workload;
  const twofold = powers.filter(({ needsRoot, setting }) => needsRoot && setting !== 'privileged');
  const evidence = twofold.map((power) => citationOf(workload, power));
  if (twofold.length === 0) return withoutPower(workload, paths);
  const root = beginsAsRoot(workload);
  if (root === false)
    return pass(name, ...evidence, ...restsOn(workload), citeSetting(workload, 'user', workload.user));
  if (root === null) {
    const because = `\`${name}\` has ${wordsOf(twofold)}; whether the image ${workload.image.reference} runs as root is not known`;
    return { ...undetermined(because, name), evidence };
  }
  const { restart, autoRemove, user } = workload;
  // One that is deleted as soon as it stops gets no commands that stop it.
  const kept = autoRemove ? {} : { keptName: name, restart };
  const data = { ...workloadData(workload), ...kept, chain: `root in it → ${wordsOf(twofold)}` };
  const cited = [...evidence, citeSetting(workload, 'user', user)];
  return { outcome: 'fail', message: 'inside', subject: name, data, evidence: cited };
}

function fromNetwork(
  workload: Workload,
  entry: Entry,
  powers: readonly HostPower[],
  services: readonly AiService[],
): Verdict<typeof messages> {
  const { subject, words, port, inside, proto } = entry;
  const usable = powers.filter(({ needsRoot }) => !needsRoot || beginsAsRoot(workload) !== false);
  const evidence = [...entry.evidence, ...usable.map((power) => citationOf(workload, power))];
  if (usable.length === 0) return pass(subject, ...evidence, ...restsOn(workload));
  const { state, because } = entry.credential(services);
  const chain = `${words} → ${workload.name} (${String(port)}/${proto}) → ${wordsOf(usable)}`;
  if (state === 'proved') return pass(subject, ...evidence);
  const needed = usable.every(({ needsRoot }) => needsRoot) && beginsAsRoot(workload) === null;
  if (state !== 'none' || needed) {
    const doubt =
      state === 'none' ? `whether ${workload.image.reference} runs as root is not known` : because;
    return {
      ...undetermined(`${chain} → root on the host, if nothing on the way stops it: ${doubt}`, subject),
      evidence,
    };
  }
  const data = { ...workloadData(workload), chain, port, proto, ...(inside === null ? {} : { inside }) };
  return { outcome: 'fail', message: 'network', subject, data, evidence };
}

function citationOf(workload: Workload, { setting, value, entry }: HostPower): Citation {
  return citeSetting(workload, setting, value, entry);
}

/** One link of the chain: the first is enough, the others are counted. */
function wordsOf([first, ...others]: readonly HostPower[]): string {
  const more = others.length === 0 ? '' : ` (and ${String(others.length)} more)`;
  return `${first?.words ?? ''}${more}`;
}
