import type { InspectMount } from '../workloads/inspect-format.ts';

/** What may be a volume's name (moby, volume/mounts/volume_unix.go); anything else is a path. */
const volumeName = /^[a-zA-Z0-9][\w.-]*$/;

/** `-v SOURCE:TARGET[:OPTIONS]`, or `-v TARGET` for a volume without a name; see docker-run(1). */
export function mountOfVolume(value: string): InspectMount | null {
  const [first = '', second, options = ''] = value.split(':');
  const target = second ?? first;
  if (target === '') return null;
  const source = second === undefined ? '' : first;
  const isBind = source !== '' && !volumeName.test(source);
  const flags = options.split(',');
  return {
    Type: isBind ? 'bind' : 'volume',
    Name: isBind ? '' : source,
    Source: isBind ? source : '',
    Destination: target,
    RW: !flags.includes('ro') && !flags.includes('readonly'),
    Propagation: flags.find((flag) => /^r?(?:shared|slave|private)$/.test(flag)) ?? '',
  };
}

/** `--mount type=bind,source=/a,target=/b,readonly`. */
export function mountOfOption(value: string): InspectMount | null {
  const options = new Map(
    value.split(',').map((option): [string, string] => {
      const equals = option.indexOf('=');
      return equals < 0 ? [option, 'true'] : [option.slice(0, equals), option.slice(equals + 1)];
    }),
  );
  const given = (...names: readonly string[]) =>
    names.map((name) => options.get(name)).find((found) => found !== undefined);
  const target = given('target', 'destination', 'dst');
  if (target === undefined || target === '') return null;
  const type = given('type') ?? 'volume';
  const source = given('source', 'src') ?? '';
  const readOnly = given('readonly', 'ro');
  const isVolume = type === 'volume';
  // A volume of the local driver can be a bind in disguise: volume-opt=device=/host/path,volume-opt=o=bind.
  const device = /(?:^|,)"?volume-opt=device=([^,"]+)/.exec(value)?.[1] ?? '';
  const isBound = /(?:^|,)"?volume-opt=o=[^=]*\bbind\b/.test(value);
  // What is no name is a path already, as a quadlet's volume that binds one.
  const isNamed = source === '' || volumeName.test(source);
  const path = !isNamed ? source : isBound || /^[/.~%$]/.test(device) ? device : '';
  const isDisguised = isVolume && path !== '';
  return {
    Type: isDisguised ? 'bind' : type,
    Name: isVolume && !isDisguised ? source : '',
    Source: isDisguised ? path : isVolume ? '' : source,
    Destination: target,
    RW: readOnly === undefined || /^(?:0|f|false)$/i.test(readOnly),
    Propagation: given('bind-propagation') ?? '',
  };
}
