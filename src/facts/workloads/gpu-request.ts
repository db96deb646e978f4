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
  return (
    fromRequests(host) ??
    fromEnvironment(host, environment, defaultRuntime) ??
    gpuOfNodes((host.Devices ?? []).map(({ PathOnHost }) => PathOnHost))
  );
}

function fromRequests({ DeviceRequests }: HostConfig): GpuRequest | null {
  const requests = (DeviceRequests ?? []).flatMap(requestOf);
  return requests.find(({ count }) => count === 'all') ?? requests[0] ?? null;
}

function requestOf(request: NonNullable<HostConfig['DeviceRequests']>[number]): GpuRequest[] {
  const { Driver, Count, DeviceIDs, Capabilities } = request;
  const cdi = Driver === 'cdi';
  const asksGpu = (Capabilities ?? []).some((all) => all.includes('gpu') || all.includes('nvidia'));
  if (!cdi && !asksGpu && Driver !== 'nvidia') return [];
  if (cdi && !DeviceIDs.some((id) => id.includes('/gpu='))) return [];
  const everything = Count === -1 || DeviceIDs.some(isEvery);
  const count = everything ? 'all' : DeviceIDs.length > 0 ? DeviceIDs.length : Count;
  return [{ count, ids: DeviceIDs, by: cdi ? 'cdi' : 'device-request' }];
}

/** `all`, and by CDI `nvidia.com/gpu=all`. */
function isEvery(id: string): boolean {
  return /(?:^|=)all$/.test(id);
}

function fromEnvironment(
  { Runtime }: HostConfig,
  environment: Readonly<Record<string, string>>,
  defaultRuntime: string | null,
): GpuRequest | null {
  const wanted = visibleDevices(environment);
  if (wanted === null) return null;
  const asked = Runtime !== '' && Runtime.includes('nvidia') && Runtime !== defaultRuntime;
  const byDefault = defaultRuntime?.includes('nvidia') ?? true;
  // Without the NVIDIA runtime the variable does nothing.
  if (!asked && !(byDefault && (Runtime === '' || Runtime.includes('nvidia')))) return null;
  return { ...wanted, by: asked ? 'runtime' : 'environment' };
}

/** What the NVIDIA runtime takes from the environment; `null`: nothing. */
export function visibleDevices({
  NVIDIA_VISIBLE_DEVICES: wanted,
}: Readonly<Record<string, string>>): Omit<GpuRequest, 'by'> | null {
  if (wanted === undefined || nothing.has(wanted)) return null;
  const ids = wanted.split(',').filter((id) => id !== '');
  return { count: ids.some(isEvery) ? 'all' : ids.length, ids };
}

/** What the host's device nodes alone come to. */
export function gpuOfNodes(devices: readonly string[]): GpuRequest | null {
  const nodes = devices.filter((path) => /^\/dev\/(?:nvidia\d|dri(?:\/renderD\d+)?\/?$|kfd$)/.test(path));
  if (nodes.length === 0) return null;
  // The directory has a node for every card.
  const everything = nodes.some((path) => /\/dri\/?$/.test(path));
  return { count: everything ? 'all' : nodes.length, ids: nodes, by: 'device-node' };
}
