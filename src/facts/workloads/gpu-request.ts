import type { HostConfig } from './inspect-format.ts';
import type { GpuRequest } from './workload.ts';

/** Values of NVIDIA_VISIBLE_DEVICES that ask for nothing; nvidia-container-toolkit's documentation. */
const nothing = new Set(['', 'void', 'none']);

/**
 * What a container asks for, the plainest way first.
 *
 * @param defaultRuntime - `null` when it is not known: then the environment counts
 */
export function gpuOf(
  host: HostConfig,
  environment: Readonly<Record<string, string>>,
  defaultRuntime: string | null,
): GpuRequest | null {
  return fromRequests(host) ?? fromEnvironment(host, environment, defaultRuntime) ?? fromNodes(host);
}

function fromRequests({ DeviceRequests }: HostConfig): GpuRequest | null {
  for (const { Driver, Count, DeviceIDs, Capabilities } of DeviceRequests ?? []) {
    const cdi = Driver === 'cdi';
    const asksGpu = (Capabilities ?? []).some((all) => all.includes('gpu') || all.includes('nvidia'));
    if (!cdi && !asksGpu && Driver !== 'nvidia') continue;
    if (cdi && !DeviceIDs.some((id) => id.includes('/gpu='))) continue;
    const everything = Count === -1 || DeviceIDs.some((id) => /(?:^|=)all$/.test(id));
    const count = everything ? 'all' : DeviceIDs.length > 0 ? DeviceIDs.length : Count;
    return { count, ids: DeviceIDs, by: cdi ? 'cdi' : 'device-request' };
  }
  return null;
}

function fromEnvironment(
  { Runtime }: HostConfig,
  environment: Readonly<Record<string, string>>,
  defaultRuntime: string | null,
): GpuRequest | null {
  const wanted = environment.NVIDIA_VISIBLE_DEVICES;
  if (wanted === undefined || nothing.has(wanted)) return null;
  const asked = Runtime !== '' && Runtime.includes('nvidia') && Runtime !== defaultRuntime;
  const byDefault = defaultRuntime?.includes('nvidia') ?? true;
  // Without the NVIDIA runtime the variable does nothing.
  if (!asked && !(byDefault && (Runtime === '' || Runtime.includes('nvidia')))) return null;
  const ids = wanted.split(',').filter((id) => id !== '');
  return { count: wanted === 'all' ? 'all' : ids.length, ids, by: asked ? 'runtime' : 'environment' };
}

function fromNodes({ Devices }: HostConfig): GpuRequest | null {
  const nodes = (Devices ?? [])
    .map(({ PathOnHost }) => PathOnHost)
    .filter((path) => /^\/dev\/(?:nvidia\d|dri(?:\/renderD\d+)?$|kfd$)/.test(path));
  return nodes.length === 0 ? null : { count: nodes.length, ids: nodes, by: 'device-node' };
}
