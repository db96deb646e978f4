import type { Citation } from '../../engine/check.ts';
import type { Unit, UnitSetting } from './unit.ts';

/** Cites a setting: the line that decided it, or the command or file that shows it. */
export function citeUnitSetting(name: string, setting: UnitSetting): Citation {
  const { source, line, value } = setting;
  return { source, line, excerpt: `${name}=${value}` };
}

/**
 * Where a fix writes its drop-in: in /etc, with a file name after every file that now decides one of the
 * settings, since of two drop-ins the one that sorts last counts.
 *
 * @param topic - names the file: `50-aisec-TOPIC.conf`
 */
export function dropInData(
  unit: Unit,
  topic: string,
  deciding: readonly UnitSetting[],
): Readonly<Record<string, string>> {
  const directory = `/etc/systemd/system/${unit.name}.d`;
  const usual = `50-aisec-${topic}.conf`;
  const last = deciding
    .map(({ source }) => /\.d\/([^/]+)\.conf$/.exec(source)?.[1] ?? '')
    .toSorted()
    .at(-1);
  // `_` sorts after the dot that ends the other's name.
  const name = last === undefined || `${last}.conf` <= usual ? usual : `${last}_aisec-${topic}.conf`;
  return { unit: unit.name, directory, dropIn: `${directory}/${name}` };
}
