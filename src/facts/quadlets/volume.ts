import { parseFlags } from '../units/run-arguments.ts';
import { words } from '../units/words.ts';
import type { Doubt, Quadlet } from './quadlet-file.ts';
import { doubtAt, lastOf, linesOf, madeName } from './quadlet-file.ts';

/**
 * A `Volume=` or `Mount=` with what stands behind its `.volume`: the volume that this makes, or the directory that
 * this binds.
 */
export function mountWithVolume(value: string, others: ReadonlyMap<string, Quadlet>): string {
  return value.replace(named, (_, before: string, name: string) => `${before}${sourceOf(name, others)}`);
}

/** `data.volume` of `data.volume:/data`, or of `type=volume,source=data.volume,target=/data`. */
const named = /(^(?=[^,=]+:)|(?:^|,)(?:source|src)=)([^:/,=]+\.volume)(?=[:,]|$)/;

function sourceOf(name: string, others: ReadonlyMap<string, Quadlet>): string {
  const made = others.get(name);
  if (made === undefined) return `systemd-${name.replace(/\.volume$/, '')}`;
  const { device, options } = mountOf(made);
  // A relative device of another kind is none of the host's: `tmpfs`, `host:/export`.
  const isBound = /^[/~%$]/.test(device) || (device !== '' && /(?:^|,)r?bind(?:,|$)/.test(options));
  return isBound ? device : madeName(made, 'Volume', 'VolumeName');
}

/** What a volume of the local driver hands to mount(2): keys of its own, or `--opt` of podman-volume-create(1). */
function mountOf(volume: Quadlet): Readonly<Record<'device' | 'options' | 'type', string>> {
  const { flags } = argumentsOf(volume);
  const options = ['opt', 'o']
    .flatMap((flag) => flags.get(flag) ?? [])
    .map((option) => option.split(/=(.*)/s));
  const last = (key: string, option: string) =>
    options.findLast(([name]) => name === option)?.[1] ?? lastOf(volume, 'Volume', key);
  return { device: last('Device', 'device'), options: last('Options', 'o'), type: last('Type', 'type') };
}

function argumentsOf(volume: Quadlet) {
  const given = linesOf(volume, 'Volume', 'PodmanArgs').flatMap(({ value }) => words(value) ?? [value]);
  // In `podman run` it is another flag, without a value.
  const own = given.map((word) => (word === '-d' ? '--driver' : word));
  const { flags, next } = parseFlags(own, 0);
  return { flags, isWhole: next === own.length };
}

/** What is not known of the volumes that a quadlet's `Volume=` and `Mount=` lines name. */
export function volumeDoubts(
  quadlet: Quadlet,
  section: string,
  others: ReadonlyMap<string, Quadlet>,
): readonly Doubt[] {
  const lines = ['Volume', 'Mount'].flatMap((key) => linesOf(quadlet, section, key));
  return lines.flatMap((line) => {
    const name = named.exec(line.value)?.[2];
    if (name === undefined) return [];
    const made = others.get(name);
    if (made === undefined) return [doubtAt('mounts', line, `takes ${name}, which is not beside it`)];
    const { flags, isWhole } = argumentsOf(made);
    if (!isWhole) return [doubtAt('mounts', line, `takes ${name}, whose PodmanArgs= are not read in full`)];
    const driver = flags.get('driver')?.at(-1) ?? lastOf(made, 'Volume', 'Driver');
    if (!['', 'local'].includes(driver) && lastOf(made, 'Volume', 'Image') === '')
      return [doubtAt('mounts', line, `takes ${name}, whose driver is not Podman’s own`)];
    // Its layers are directories of the host (kernel, filesystems/overlayfs.rst).
    return mountOf(made).type === 'overlay'
      ? [doubtAt('mounts', line, `takes ${name}, which lays directories over each other`)]
      : [];
  });
}
