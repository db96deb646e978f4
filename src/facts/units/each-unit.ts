import type { Messages, Verdict } from '../../engine/check.ts';
import { notApplicable } from '../../engine/check.ts';
import type { Unit } from './unit.ts';

/**
 * Verdicts over every unit.
 *
 * @param except - services of the catalogue that manage the host and need what others should not have
 */
export function eachUnit<M extends Messages>(
  units: readonly Unit[],
  except: readonly string[],
  judge: (unit: Unit) => readonly Verdict<M>[],
): readonly Verdict<M>[] {
  const judged = units.filter(({ service }) => !except.includes(service ?? ''));
  if (judged.length === 0) return [notApplicable('no systemd unit runs a known service here')];
  return judged.flatMap(judge);
}

/**
 * The same over what runs in the unit itself: where it only starts a container, the engine runs the
 * service, in a control group and with rights of the container's own.
 */
export function eachServingUnit<M extends Messages>(
  units: readonly Unit[],
  except: readonly string[],
  judge: (unit: Unit) => readonly Verdict<M>[],
): readonly Verdict<M>[] {
  return eachUnit<M>(units, except, (unit) => {
    const container = unit.startsContainer;
    if (container === null) return judge(unit);
    const because = `it starts the container ${container.name}, whose own settings count`;
    return [{ outcome: 'not-applicable', subject: unit.name, because }];
  });
}
