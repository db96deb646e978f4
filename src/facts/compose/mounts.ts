import { posix } from 'node:path';
import type { Host } from '../../host/host.ts';
import type { Mount } from '../workloads/workload.ts';
import type { Reading } from './reading.ts';
import { booleanOf, refuse, settingAt, unsettle } from './reading.ts';
import type { Mapping, Node, Scalar } from './tree.ts';
import { itemsOf, valueAt } from './tree.ts';

/** A mount before it is known where its source leads. */
interface Written extends Mount {
  /** Where a relative source starts; `null` for one that has no place on the host. */
  readonly from: string | null;
}

const plain = { real: null, propagation: '', from: null } as const;

/** What a service mounts: one for a target, the last that is written. */
export async function mountsOf(host: Host, reading: Reading, model: Mapping): Promise<readonly Mount[]> {
  const mounts = new Map<string, Written>();
  for (const [item, mount] of distinctVolumes(reading)) {
    const target = posix.normalize(mount.target).replace(/(?<=.)\/$/, '');
    if (target.includes('$') && item.kind === 'scalar') unsettle(reading, 'mounts', item);
    mounts.set(target, inDisguise({ ...mount, target }, model));
    reading.places.set(`mounts ${target}`, item.place);
  }
  for (const mount of [...tmpfsOf(reading), ...filesOf(reading, model), ...engineSocket(reading)]) {
    if (!mounts.has(mount.target)) mounts.set(mount.target, mount);
  }
  return Promise.all([...mounts.values()].map((mount) => resolved(host, mount)));
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
  const kind = type?.text ?? 'volume';
  if (kind === 'bind' && source?.text == null) return null;
  return {
    ...plain,
    type: types.includes(kind) ? (kind as Mount['type']) : 'other',
    source: source === null ? '' : source.unset.length > 0 ? source.shown : (source.text ?? ''),
    target: target.unset.length > 0 ? target.shown : target.text,
    writable: booleanOf(readOnly?.text ?? 'false') !== true,
    propagation: scalar('bind', 'propagation')?.text ?? '',
    from: kind === 'bind' ? (source?.directory ?? item.directory) : null,
  };
}

/** A volume of the local driver can be a directory or device of the host: its options go to mount(2). */
function inDisguise(mount: Written, model: Mapping): Written {
  if (mount.type !== 'volume' || mount.source === '') return mount;
  const options = valueAt(model, 'volumes', mount.source, 'driver_opts');
  const word = (key: string) => {
    const value = valueAt(options, key);
    return value?.kind === 'scalar' ? value : null;
  };
  const driver = valueAt(model, 'volumes', mount.source, 'driver');
  const device = word('device');
  const isLocal = driver?.kind !== 'scalar' || driver.text === 'local';
  const source = device === null ? '' : device.unset.length > 0 ? device.shown : (device.text ?? '');
  const isPath = /^[./~$]/.test(source);
  const isBind = /(?:^|,)r?bind(?:,|$)/.test(word('o')?.text ?? '') || source.startsWith('/');
  return isLocal && isPath && isBind && device !== null
    ? { ...mount, type: 'bind', source, from: device.directory }
    : mount;
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
  if (asked?.kind !== 'scalar' || booleanOf(asked.text ?? '') !== true) return [];
  const path = '/var/run/docker.sock';
  return [{ ...plain, type: 'bind', source: path, target: path, writable: true, from: '/' }];
}

/**
 * A repository may lie anywhere on the machine that runs it: its own files are named from its root, as `./data`,
 * and what is not known (a variable, somebody's home) leads nowhere that is seen.
 */
async function resolved(host: Host, { from, ...mount }: Written): Promise<Mount> {
  if (from === null) return { ...mount, real: mount.source };
  const { source } = mount;
  if (/^~|\$/.test(source)) return { ...mount, real: null };
  if (source.startsWith('/')) {
    const path = posix.normalize(source);
    // The machine's own links are not here to follow; this one is on every Linux (hier(7), FHS 3.0).
    return { ...mount, source: path, real: path.replace(/^\/var\/run(?=\/|$)/, '/run') };
  }
  if (host.origin.kind !== 'project') {
    const path = posix.resolve('/', from, source);
    return { ...mount, source: path, real: path };
  }
  const relative = named(posix.join(from.replace(/^\/+/, ''), source));
  return { ...mount, source: relative, real: await realOf(host, relative) };
}

function named(path: string): string {
  const bare = path.replace(/(?<=.)\/$/, '');
  if (bare === '' || bare === '.') return './';
  return /^\.\.(?:\/|$)/.test(bare) ? bare : `./${bare}`;
}

/** A link in the repository may lead out of it: `./run -> /var/run`. */
async function realOf(host: Host, relative: string): Promise<string | null> {
  let pending = relative.split('/').filter((part) => part !== '.' && part !== '');
  let done: string[] = [];
  for (let links = 0; pending.length > 0;) {
    const [part = '', ...rest] = pending;
    pending = rest;
    // Above the root nothing can be seen, nor need it be.
    if (part === '..' && done.every((each) => each === '..')) {
      done.push(part);
      continue;
    }
    if (part === '..') {
      done = done.slice(0, -1);
      continue;
    }
    if (done[0] === '..') return named([...done, part, ...rest].join('/'));
    const link = await host.readlink(`/${[...done, part].join('/')}`);
    if (link.state === 'unknown') return null;
    if (link.value === null || links === 40) {
      done.push(part);
      continue;
    }
    links += 1;
    if (link.value.startsWith('/')) {
      return posix.normalize([link.value, ...rest].join('/')).replace(/^\/var\/run(?=\/|$)/, '/run');
    }
    pending = [...link.value.split('/').filter((each) => each !== '.' && each !== ''), ...rest];
  }
  return named(done.join('/'));
}
