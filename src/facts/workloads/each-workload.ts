import type { Citation, Messages, Verdict } from '../../engine/check.ts';
import { notApplicable, undetermined } from '../../engine/check.ts';
import { swarmServiceOf } from './cite.ts';
import { isDefaultEngine } from './default-engine.ts';
import type { Setting } from './setting.ts';
import { settingNames } from './setting.ts';
import type { Workload } from './workload.ts';

/**
 * Every workload's verdicts; where there is no workload, there is nothing to judge.
 *
 * @param about - settings that a pass stands on: where the workload's source does not hold them, there is none
 */
export function eachWorkload<const M extends Messages>(
  workloads: readonly Workload[],
  judge: (workload: Workload) => readonly Verdict<M>[],
  about: readonly Setting[] = [],
): readonly Verdict<M>[] {
  if (workloads.length === 0) return [notApplicable('there are no containers')];
  return workloads.flatMap((workload) =>
    judge(workload).map((verdict) => asFarAsKnown(workload, asSeen(workload, verdict, about))),
  );
}

/** Puts a verdict where its file is to be changed, and takes back what rests on a setting that is not known. */
function asFarAsKnown<const M extends Messages>(workload: Workload, verdict: Verdict<M>): Verdict<M> {
  const why = doubtOf(workload, verdict);
  return why === null
    ? inItsPlace(workload, verdict)
    : { ...undetermined(why, verdict.subject), ...evidenceOf(verdict) };
}

function asSeen<const M extends Messages>(
  { name, unseen, origin }: Workload,
  verdict: Verdict<M>,
  about: readonly Setting[],
): Verdict<M> {
  if (verdict.outcome !== 'pass' || unseen.length === 0) return verdict;
  const missing = about.filter((setting) => unseen.includes(setting));
  if (missing.length === 0) return verdict;
  const words = missing.map((setting) => settingNames[setting].engine).join(', ');
  const because = `${origin} does not hold ${words} of \`${name}\`, which Podman keeps in its database: podman inspect tells`;
  return { ...undetermined(because, verdict.subject), evidence: verdict.evidence ?? [] };
}

/** What a file describes is put right there; what another engine than root's Docker has, by its own commands. */
function inItsPlace<const M extends Messages>(
  { source, engine, definition, labels }: Workload,
  verdict: Verdict<M>,
): Verdict<M> {
  if (verdict.outcome !== 'fail') return verdict;
  if (source === 'compose' || source === 'kubernetes') return { ...verdict, variant: source };
  // What was changed in place would be gone when Compose makes it anew.
  if (definition !== undefined && definition.service !== null) return { ...verdict, variant: 'compose' };
  // What was changed in a task's container is gone with it.
  if (swarmServiceOf(labels) !== undefined) return { ...verdict, variant: 'swarm', foreign: true };
  if (source === 'podman') return { ...verdict, variant: source, foreign: true };
  if (engine === null || isDefaultEngine(engine)) return verdict;
  return { ...verdict, variant: engine.startsWith('/run/user/') ? 'rootless' : 'another', foreign: true };
}

/** Of these a failure shows an entry that is there; of the others, the very value that is not known. */
const lists: ReadonlySet<Setting> = new Set<Setting>([
  ...(['capAdd', 'capDrop', 'securityOpt', 'groups', 'mounts', 'propagation', 'devices'] as const),
  ...(['deviceRules', 'ports', 'networks', 'environment', 'command', 'labels', 'maskedPaths'] as const),
]);

/**
 * Why a verdict does not follow; `null` where it does. A verdict rests on the settings that it cites, and every pass
 * on the container not being privileged.
 */
function doubtOf({ unsettled, image }: Workload, verdict: Verdict): string | null {
  if (unsettled.size === 0) return null;
  const cited = (evidenceOf(verdict).evidence ?? []).flatMap(({ setting }) => setting ?? []);
  const doubtful = cited.filter((setting): setting is Setting => unsettled.has(setting));
  switch (verdict.outcome) {
    case 'pass':
      return sentence(unsettled, 'privileged') ?? sentence(unsettled, doubtful[0]);
    case 'fail':
      return sentence(
        unsettled,
        doubtful.find((setting) => !lists.has(setting)),
      );
    case 'not-applicable':
      // What runs in it is not known, so neither is what it is no case of.
      return image.repository === '' || image.repository.includes('$') ? sentence(unsettled, 'image') : null;
    default:
      return null;
  }
}

function sentence(unsettled: Workload['unsettled'], setting: Setting | undefined): string | null {
  const why = setting === undefined ? undefined : unsettled.get(setting);
  return setting === undefined || why === undefined
    ? null
    : `\`${settingNames[setting].compose}\` is not known: ${why}`;
}

function evidenceOf(verdict: Verdict): { evidence?: readonly Citation[] } {
  return 'evidence' in verdict ? { evidence: verdict.evidence } : {};
}
