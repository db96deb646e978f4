import type { Written } from '../workloads/mount-source.ts';
import type { Reading } from './reading.ts';
import { booleanOf, doubt, unsettle } from './reading.ts';
import type { Mapping, Node, Scalar } from './tree.ts';
import { entriesOf, valueAt } from './tree.ts';

/**
 * A volume of the local driver can be a directory or device of the host, or several: its options go to mount(2).
 * What the file does not tell of a volume leaves open what is mounted.
 */
export function inDisguise(reading: Reading, mount: Written, model: Mapping): readonly Written[] {
  if (mount.type !== 'volume' || mount.source === '') return [mount];
  const volume = valueAt(model, 'volumes', mount.source);
  const external = valueAt(volume, 'external');
  if (external !== null && isOn(reading, external)) {
    doubt(
      reading,
      'mounts',
      external,
      `takes the volume ${mount.source} as it is there: it may be any directory`,
    );
    return [mount];
  }
  const options = valueAt(volume, 'driver_opts');
  const driver = valueAt(volume, 'driver');
  if (driver?.kind === 'scalar') unsettle(reading, 'mounts', driver);
  const isLocal = driver?.kind !== 'scalar' || ['', 'local', null].includes(driver.text);
  const words = entriesOf(options).flatMap(([, { value }]) => (value.kind === 'scalar' ? [value] : []));
  if (!isLocal) {
    const path = words.find(({ shown }) => /^[/$~]/.test(shown));
    if (path !== undefined)
      doubt(reading, 'mounts', path, 'gives a path to a driver that is not Docker’s own');
    return [mount];
  }
  const [device, type, how] = [wordIn(options, 'device'), wordIn(options, 'type'), wordIn(options, 'o')];
  for (const each of [type, how]) if (each !== null) unsettle(reading, 'mounts', each);
  if (type?.text === 'overlay') return layersOf(mount, how);
  const source = device === null ? '' : device.unset.length > 0 ? device.shown : (device.text ?? '');
  const isBind = /(?:^|,)r?bind(?:,|$)/.test(how?.text ?? '') || /^[/$]/.test(source);
  // What a relative device of another kind is, such as `tmpfs`, its type says.
  return isBind && device !== null && source !== ''
    ? [{ ...mount, type: 'bind', source, from: device.directory }]
    : [mount];
}

/** Of an overlay the upper layer is written to, and the lower ones are read (kernel, filesystems/overlayfs.rst). */
function layersOf(mount: Written, options: Scalar | null): readonly Written[] {
  const shown = options?.shown ?? '';
  const layers = shown.split(',').flatMap((option): Written[] => {
    const [, kind, paths = ''] = /^(upperdir|lowerdir)=(.+)$/.exec(option) ?? [];
    if (kind === undefined) return [];
    const sources = kind === 'upperdir' ? [paths] : paths.split(/:+/);
    return sources
      .filter((source) => source !== '')
      .map((source) => {
        const writable = kind === 'upperdir' && mount.writable;
        return { ...mount, type: 'bind', source, writable, from: '/' };
      });
  });
  return layers.length === 0 ? [mount] : layers;
}

/** A mapping is the old form, and says its name; what a variable leaves open may be. */
function isOn(reading: Reading, external: Node): boolean {
  if (external.kind !== 'scalar') return external.kind === 'mapping';
  unsettle(reading, 'mounts', external);
  return booleanOf(external.text ?? '') === true;
}

function wordIn(node: Node | null, key: string): Scalar | null {
  const value = valueAt(node, key);
  return value?.kind === 'scalar' ? value : null;
}
