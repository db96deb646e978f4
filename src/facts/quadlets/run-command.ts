import { words } from '../units/words.ts';
import { networkFlags, podFlags } from './pod.ts';
import type { Quadlet } from './quadlet-file.ts';
import { lastOf, linesOf, madeName, switchOf } from './quadlet-file.ts';
import { mountWithVolume } from './volume.ts';

/** Keys of [Container] whose every value is a flag's; podman-systemd.unit(5), "Container units". */
const repeated: Readonly<Record<string, string>> = {
  AddDevice: 'device',
  ExposeHostPort: 'expose',
  GIDMap: 'gidmap',
  GroupAdd: 'group-add',
  Mount: 'mount',
  PublishPort: 'publish',
  Tmpfs: 'tmpfs',
  UIDMap: 'uidmap',
  Volume: 'volume',
};

/** Keys whose values are words, each a flag's own. */
const inWords: Readonly<Record<string, string>> = {
  AddCapability: 'cap-add',
  DropCapability: 'cap-drop',
  Environment: 'env',
  Label: 'label',
};

/** Keys of which the last value counts. */
const single: Readonly<Record<string, string>> = {
  Entrypoint: 'entrypoint',
  HealthCmd: 'health-cmd',
  Memory: 'memory',
  PidsLimit: 'pids-limit',
  UserNS: 'userns',
};

const securityOptions: Readonly<Record<string, string>> = {
  AppArmor: 'apparmor',
  Mask: 'mask',
  SeccompProfile: 'seccomp',
  SecurityLabelFileType: 'label=filetype',
  SecurityLabelLevel: 'label=level',
  SecurityLabelType: 'label=type',
  Unmask: 'unmask',
};

/**
 * The `podman run` that systemd's generator makes of a `.container`.
 *
 * @param others - quadlets that it may name: its pod, volumes and networks
 */
export function runCommandOf(quadlet: Quadlet, others: ReadonlyMap<string, Quadlet>): string[] {
  const all = (key: string) => linesOf(quadlet, 'Container', key).map(({ value }) => value);
  const wordsOf = (key: string) => all(key).flatMap((value) => words(value) ?? [value]);
  const flags = [
    // What it sets itself comes after, and so counts where only one value does.
    ...(lastOf(quadlet, 'Container', 'Pod') === ''
      ? networkFlags(quadlet, 'Container', others)
      : podFlags(quadlet, others)),
    ...flagged(repeated, (key) => all(key).map((value) => adjusted(key, value, others))),
    ...flagged(inWords, wordsOf),
    ...flagged(single, (key) => all(key).slice(-1)),
    ...Object.entries(securityOptions).flatMap(([key, option]) =>
      all(key).map((value) => `--security-opt=${option}${option.includes('=') ? ':' : '='}${value}`),
    ),
    ...(switchOf(quadlet, 'Container', 'NoNewPrivileges') === true
      ? ['--security-opt=no-new-privileges']
      : []),
    ...(switchOf(quadlet, 'Container', 'SecurityLabelDisable') === true
      ? ['--security-opt=label=disable']
      : []),
    ...(switchOf(quadlet, 'Container', 'ReadOnly') === true ? ['--read-only'] : []),
    ...userOf(quadlet),
  ];
  const name = madeName(quadlet, 'Container', 'ContainerName');
  const restart = /^(?:always|on-failure)$/.exec(lastOf(quadlet, 'Service', 'Restart'))?.[0];
  return [
    ...[
      'podman',
      'run',
      `--name=${name}`,
      '--rm',
      ...(restart === undefined ? [] : [`--restart=${restart}`]),
    ],
    ...[...flags, ...wordsOf('PodmanArgs')],
    imageOf(lastOf(quadlet, 'Container', 'Image'), others),
    ...wordsOf('Exec'),
  ];
}

/** `web.image` is what that pulls, `web.build` what that builds. */
function imageOf(image: string, others: ReadonlyMap<string, Quadlet>): string {
  const made = others.get(image);
  if (made === undefined) return image;
  const named = image.endsWith('.build') ? lastOf(made, 'Build', 'ImageTag') : lastOf(made, 'Image', 'Image');
  return named === '' ? image : named;
}

function flagged(
  keys: Readonly<Record<string, string>>,
  valuesOf: (key: string) => readonly string[],
): string[] {
  return Object.entries(keys).flatMap(([key, flag]) => valuesOf(key).map((value) => `--${flag}=${value}`));
}

/** `-/dev/x` is the device if it exists. */
function adjusted(key: string, value: string, others: ReadonlyMap<string, Quadlet>): string {
  if (key === 'AddDevice') return value.replace(/^-/, '');
  return key === 'Mount' || key === 'Volume' ? mountWithVolume(value, others) : value;
}

function userOf(quadlet: Quadlet): string[] {
  const [user, group] = [lastOf(quadlet, 'Container', 'User'), lastOf(quadlet, 'Container', 'Group')];
  if (user === '' && group === '') return [];
  return [`--user=${user === '' ? '0' : user}${group === '' ? '' : `:${group}`}`];
}
