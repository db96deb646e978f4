import { posix } from 'node:path';
import type { Host } from '../../host/host.ts';
import type { Written } from '../workloads/mount-source.ts';
import { resolved } from '../workloads/mount-source.ts';
import type { Mount } from '../workloads/workload.ts';
import type { Reading } from './reading.ts';
import { booleanOf, refuse, settingAt, unsettle } from './reading.ts';
import type { Mapping, Node, Scalar } from './tree.ts';
import { entryAt, itemsOf, valueAt } from './tree.ts';
import { inDisguise } from './volumes.ts';

const plain = { real: null, propagation: '', from: null } as const;

/** What a service mounts: one for a target, the last that is written. */
export async function mountsOf(host: Host, reading: Reading, model: Mapping): Promise<readonly Mount[]> {
  const mounts = new Map<string, readonly Written[]>();
  for (const [item, mount] of distinctVolumes(reading)) {
    const target = posix.normalize(mount.target).replace(/(?<=.)\/$/, '');
    if (item.kind === 'scalar' && (target.includes('$') || hasOpenOptions(item))) {
      unsettle(reading, 'mounts', item);
      unsettle(reading, 'propagation', item);
    }
    const source = item.kind === 'scalar' ? item : valueAt(item, 'source');
    // By another name it may be a volume in disguise.
    if (mount.type === 'volume' && source?.kind === 'scalar' && /\$|\{\{/.test(mount.source))
      unsettle(reading, 'mounts', source);
    mounts.set(target, inDisguise(reading, { ...mount, target }, model));
    reading.places.set(`mounts ${target}`, item.place);
    reading.places.set(`propagation ${target}`, entryAt(item, 'bind', 'propagation')?.at ?? item.place);
  }
  for (const mount of [...tmpfsOf(reading), ...filesOf(reading, model), ...engineSocket(reading)]) {
    if (!mounts.has(mount.target)) mounts.set(mount.target, [mount]);
  }
  return Promise.all([...mounts.values()].flat().map((mount) => resolved(host, mount)));
}

/**
 * One for a target as it is written, in the place of the first: Compose looks once more when it has made `/data` of
 * `/data/` (override/uncity.go).
 */
function distinctVolumes(reading: Reading): readonly (readonly [Node, Written])[] {
  const volumes = new Map<string, readonly [Node, Written]>();
  for (const item of itemsOf(settingAt(reading, 'mounts', 'volumes'))) {
    const mount = item.kind === 'scalar' ? shortForm(item) : longForm(reading, item);
    if (mount === null) refuse(reading, 'mounts', item, 'that is no volume');
    else volumes.set(mount.target, [item, mount]);
  }
  return [...volumes.values()];
}

/** `[SOURCE:]TARGET[:OPTIONS]`; format/volume.go. */
function shortForm({ text, shown, unset, directory }: Scalar): Written | null {
  const [first = '', second, options = '', ...more] = partsOf(unset.length > 0 ? shown : (text ?? ''));
  const target = second ?? first;
  if (first === '' || second === '' || more.length > 0) return null;
  const source = second === undefined ? '' : first;
  const isBind = /^(?:[./~]|\$)/.test(source);
  const flags = options.split(',');
  return {
    ...plain,
    ...{ type: isBind ? 'bind' : 'volume', source, target },
    writable: flags.findLast((flag) => flag === 'ro' || flag === 'rw') !== 'ro',
    propagation: flags.findLast((flag) => /^r?(?:shared|slave|private)$/.test(flag)) ?? '',
    from: isBind ? directory : null,
  };
}

/** Whether a variable says if it is read-only, and how what is mounted there spreads. */
function hasOpenOptions({ shown, unset }: Scalar): boolean {
  const options = partsOf(shown).slice(2);
  return unset.length > 0 && options.some((each) => /\$|\{\{/.test(each));
}

/** At colons that stand in no `${…}`. */
function partsOf(text: string): string[] {
  const parts = [''];
  let open = 0;
  for (const [index, character] of Array.from(text).entries()) {
    if (character === '{' && text[index - 1] === '$') open += 1;
    if (character === '}' && open > 0) open -= 1;
    if (character === ':' && open === 0) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${character}`);
  }
  return parts;
}

const types: readonly string[] = ['bind', 'volume', 'tmpfs', 'npipe'];

function longForm(reading: Reading, item: Node): Written | null {
  const scalar = (...keys: readonly string[]) => {
    const value = valueAt(item, ...keys);
    return value?.kind === 'scalar' ? value : null;
  };
  const [type, target, source] = [scalar('type'), scalar('target'), scalar('source')];
  if (item.kind !== 'mapping' || target?.text == null) return null;
  const readOnly = scalar('read_only');
  for (const each of [type, target, readOnly]) if (each !== null) unsettle(reading, 'mounts', each);
  const propagation = scalar('bind', 'propagation');
  if (propagation !== null) unsettle(reading, 'propagation', propagation);
  const kind = type?.text ?? 'volume';
  if (kind === 'bind' && source?.text == null) return null;
  return {
    ...plain,
    type: types.includes(kind) ? (kind as Mount['type']) : 'other',
    source: source === null ? '' : source.unset.length > 0 ? source.shown : (source.text ?? ''),
    target: target.unset.length > 0 ? target.shown : target.text,
    writable: booleanOf(readOnly?.text ?? 'false') !== true,
    propagation: propagation?.text ?? '',
    from: kind === 'bind' ? (source?.directory ?? item.directory) : null,
  };
}

function tmpfsOf(reading: Reading): readonly Written[] {
  return itemsOf(valueAt(reading.service, 'tmpfs')).flatMap((item) => {
    const [target = ''] = (item.kind === 'scalar' ? (item.text ?? '') : '').split(':');
    return target === '' ? [] : [{ ...plain, type: 'tmpfs' as const, source: '', target, writable: true }];
  });
}

/** Secrets and configs that are files are mounted where a service asks for them. */
function filesOf(reading: Reading, model: Mapping): readonly Written[] {
  return (['secrets', 'configs'] as const).flatMap((kind) =>
    itemsOf(valueAt(reading.service, kind)).flatMap((item) => {
      const word = (key: string) => {
        const value = valueAt(item, key);
        return value?.kind === 'scalar' ? (value.text ?? '') : '';
      };
      const asked = item.kind === 'scalar' ? item : valueAt(item, 'source');
      if (asked?.kind === 'scalar') unsettle(reading, 'mounts', asked);
      const name = item.kind === 'scalar' ? (item.text ?? '') : word('source');
      const file = valueAt(model, kind, name, 'file');
      if (file?.kind !== 'scalar' || file.text === null) return [];
      const inside = kind === 'secrets' ? '/run/secrets' : '/';
      const target = word('target');
      return [
        {
          ...plain,
          ...{ type: 'bind' as const, writable: false, from: file.directory },
          source: file.unset.length > 0 ? file.shown : file.text,
          target: posix.resolve(inside, target === '' ? name : target),
        },
      ];
    }),
  );
}

/** `use_api_socket` hands the engine to the container. */
function engineSocket(reading: Reading): readonly Written[] {
  const asked = valueAt(reading.service, 'use_api_socket');
  if (asked?.kind === 'scalar') unsettle(reading, 'mounts', asked);
  if (asked?.kind !== 'scalar' || booleanOf(asked.text ?? '') !== true) return [];
  const path = '/var/run/docker.sock';
  return [{ ...plain, type: 'bind', source: path, target: path, writable: true, from: '/' }];
}
