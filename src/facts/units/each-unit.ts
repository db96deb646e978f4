import type { Messages, Verdict } from '../../engine/check.ts';
import { notApplicable, undetermined } from '../../engine/check.ts';
import { shellScript } from './run-arguments.ts';
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
    const { name: subject, startsContainers: containers } = unit;
    if (containers.length > 0 || tellsEngine(unit)) {
      const names = containers.map(({ name }) => name).join(' and ');
      const started = names === '' ? 'containers' : `the container ${names}`;
      const because = `it starts ${started}, whose own settings count`;
      return [{ outcome: 'not-applicable', subject, because }];
    }
    const hidden = mayBeOverridden(unit);
    return hidden === null ? judge(unit) : [undetermined(hidden, subject)];
  });
}

/** Why nothing that the unit's files set is sure; `null` where it is, whatever else is unread. */
export function mayBeOverridden({ unread, unseen }: Unit): string | null {
  const dropIn = unread.some((path) => /\.d\/[^/]+\.conf$/.test(path));
  return unseen !== null && dropIn ? `${unseen}: it may set anything else` : null;
}

/** Whether every command is an engine's client: `docker start`, `docker compose up`. */
function tellsEngine({ execStart }: Unit): boolean {
  const commands = execStart
    .flatMap(({ path, argv }) => shellScript(argv) ?? [[path]])
    .flatMap(([program]) => program ?? []);
  const isClient = /(?:^|\/)(?:docker|docker-compose|podman|podman-compose|nerdctl)$/;
  return commands.length > 0 && commands.every((program) => isClient.test(program));
}
