import type { Evidence } from '../../host/evidence.ts';
import { known, unknown } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import { propertyNames } from './settings.ts';
import { parseTimeSpan } from './values.ts';

/** Properties of one unit as systemctl(1) shows them; one that comes several times has several values. */
export type ShownUnit = ReadonlyMap<string, readonly string[]>;

const identity = ['Id', 'Names', 'LoadState', 'ActiveState', 'UnitFileState', 'NeedDaemonReload'];
const ofService = [...identity, 'Environment', 'ExecStart'];

/** What the running manager holds of each unit, in the order of `names`; one call for all of them. */
export async function showUnits(
  host: Host,
  kind: 'service' | 'slice',
  names: readonly string[],
): Promise<Evidence<readonly ShownUnit[]>> {
  if (names.length === 0) return known([], 'systemctl show');
  const properties = [...(kind === 'service' ? ofService : identity), ...propertyNames(kind)];
  const argv = [
    'systemctl',
    'show',
    '--no-pager',
    `--property=${properties.join(',')}`,
    '--',
    ...names,
  ] as const;
  const evidence = await host.run(argv);
  if (evidence.state === 'unknown') return evidence;
  const { exitCode, stdout, stderr } = evidence.value;
  if (exitCode !== 0) {
    return unknown('unsupported', `systemctl show failed: ${stderr.trim().slice(0, 200)}`, 'systemctl show');
  }
  const shown = parseShow(stdout);
  return shown.length === names.length
    ? known(shown, 'systemctl show')
    : unknown('unparsable', 'the answer of systemctl show was not understood', 'systemctl show');
}

/** Units stand a blank line apart. */
export function parseShow(text: string): ShownUnit[] {
  const blocks = text.split(/\n\n+/).filter((block) => block.trim() !== '');
  return blocks.map((block) => {
    const properties = new Map<string, string[]>();
    for (const line of block.split('\n')) {
      const match = /^([A-Za-z0-9]+)=(.*)$/.exec(line);
      if (match === null) continue;
      const [, name = '', value = ''] = match;
      const plain = name.endsWith('USec') ? parseTimeSpan(value) : value;
      properties.set(name, [...(properties.get(name) ?? []), plain]);
    }
    return properties;
  });
}

export function property(shown: ShownUnit, name: string): string {
  return shown.get(name)?.[0] ?? '';
}
