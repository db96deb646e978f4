import { posix } from 'node:path';
import type { HostConfig } from '../workloads/inspect-format.ts';
import type { Reading } from './reading.ts';
import { refuse, settingAt, unsettle } from './reading.ts';
import type { Node } from './tree.ts';
import { itemsOf, valueAt } from './tree.ts';

type Devices = NonNullable<HostConfig['Devices']>;
type Requests = NonNullable<HostConfig['DeviceRequests']>;

/** `devices`, one for a target; names such as `nvidia.com/gpu=all` are requests to CDI instead. */
export function devicesOf(reading: Reading): { readonly devices: Devices; readonly requests: Requests } {
  const devices = new Map<string, Devices[number]>();
  const requests: Requests[number][] = [];
  for (const item of itemsOf(settingAt(reading, 'devices', 'devices'))) {
    if (item.kind === 'scalar') unsettle(reading, 'devices', item);
    const [written = '', target, permissions] =
      item.kind === 'scalar'
        ? (item.unset.length > 0 ? item.shown : (item.text ?? '')).split(':')
        : ['source', 'target', 'permissions'].map((key) => wordIn(item, key));
    // The engine opens what the path leads to: `/dev/dri/../sda` is the disk.
    const source = written.startsWith('/') ? posix.normalize(written) : written;
    if (source === '') refuse(reading, 'devices', item, 'that is no device');
    else if (/^[\w.-]+\/[\w-]+=\S+$/.test(source)) {
      requests.push({ Driver: 'cdi', Count: 0, DeviceIDs: [source], Capabilities: null });
    } else {
      const inside = target ?? written;
      devices.set(inside, {
        PathOnHost: source,
        PathInContainer: inside,
        CgroupPermissions: permissions ?? 'rwm',
      });
      reading.places.set(`devices ${source}`, item.place);
    }
  }
  return { devices: [...devices.values()], requests };
}

/** `gpus`, and devices that the deployment reserves; without count and ids, all of them. */
export function deviceRequestsOf(reading: Reading): Requests {
  const asked = settingAt(reading, 'gpu', 'gpus');
  const gpus = itemsOf(asked).flatMap((item) => {
    if (item.kind === 'scalar') return [{ Driver: '', Count: -1, DeviceIDs: [], Capabilities: [['gpu']] }];
    const request = requestOf(reading, item);
    const capabilities = request.Capabilities?.[0] ?? [];
    return [{ ...request, Capabilities: [[...capabilities.filter((each) => each !== 'gpu'), 'gpu']] }];
  });
  const reserved = settingAt(reading, 'gpu', 'deploy', 'resources', 'reservations', 'devices');
  return [...gpus, ...itemsOf(reserved).map((item) => requestOf(reading, item))];
}

function requestOf(reading: Reading, item: Node): Requests[number] {
  const count = wordIn(item, 'count');
  const ids = itemsOf(valueAt(item, 'device_ids'));
  const words = (nodes: readonly Node[]) =>
    nodes.flatMap((node) => (node.kind === 'scalar' ? [node.text ?? ''] : []));
  const counted = valueAt(item, 'count');
  for (const node of [...(counted === null ? [] : [counted]), ...ids]) {
    if (node.kind === 'scalar') unsettle(reading, 'gpu', node);
  }
  const isAll = ids.length === 0 && (count === undefined || count === 'all' || !/^-?\d+$/.test(count));
  return {
    Driver: wordIn(item, 'driver') ?? '',
    Count: isAll ? -1 : Number(count ?? 0),
    DeviceIDs: words(ids),
    Capabilities: [words(itemsOf(valueAt(item, 'capabilities')))],
  };
}

function wordIn(item: Node, key: string): string | undefined {
  const value = valueAt(item, key);
  if (value?.kind !== 'scalar') return undefined;
  return value.unset.length > 0 ? value.shown : (value.text ?? undefined);
}
