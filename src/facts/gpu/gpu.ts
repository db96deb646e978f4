import { defineFact } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { known, knownInPart, unknown } from '../../host/evidence.ts';
import type { FileStat, Host } from '../../host/host.ts';

/** The GPUs of a machine, from the device files and /proc entries of their drivers. */
export interface Gpu {
  /** How many there are; a render node alone counts as one. */
  readonly count: number;
  readonly nodes: readonly GpuNode[];
  /** The loaded NVIDIA driver; `null` when none is loaded. */
  readonly nvidia: NvidiaDriver | null;
}

export interface GpuNode {
  readonly path: string;
  readonly stat: FileStat;
  /** PCI vendor of the card behind a node of /dev/dri, `0x10de` is NVIDIA; `null` for others, and where it was not seen. */
  readonly vendor?: string | null;
}

export interface NvidiaDriver {
  /** `580.159.03` */
  readonly version: Evidence<string>;
  /** Names and values of /proc/driver/nvidia/params. */
  readonly parameters: Evidence<Readonly<Record<string, string>>>;
}

const versionFile = '/proc/driver/nvidia/version';
const parametersFile = '/proc/driver/nvidia/params';

/** GPUs that can be used on this machine now; `null` when it has none. */
export const gpuFact = defineFact<Gpu | null>({
  id: 'gpu',
  gather: async (host) => {
    if (!host.origin.running) {
      return unknown('unsupported', 'files alone do not show the devices of a running machine', '/dev');
    }
    const [names, render, version, parameters] = await Promise.all([
      host.list('/dev'),
      host.list('/dev/dri'),
      host.read(versionFile),
      host.read(parametersFile),
    ]);
    if (names.state === 'unknown') return names;
    const gaps = render.state === 'unknown' ? [render.detail] : [];
    const paths = [
      ...(names.value ?? []).filter((name) => /^(?:nvidia.*|kfd)$/.test(name)).map((name) => `/dev/${name}`),
      ...(render.state === 'known' ? (render.value ?? []) : [])
        .filter((name) => name.startsWith('renderD'))
        .map((name) => `/dev/dri/${name}`),
    ];
    const nodes = await nodesOf(host, paths);
    const loaded = !(version.state === 'known' && version.value === null);
    if (nodes.length === 0 && !loaded) return knownInPart(null, '/dev', gaps);
    const nvidia = loaded ? { version: versionOf(version), parameters: parametersOf(parameters) } : null;
    const ofNvidia = nodes.filter(({ path }) => /^\/dev\/nvidia\d+$/.test(path)).length;
    const rendering = nodes.filter(({ path }) => path.startsWith('/dev/dri/')).length;
    return knownInPart({ count: Math.max(ofNvidia, rendering, 1), nodes, nvidia }, '/dev', gaps);
  },
});

async function nodesOf(host: Host, paths: readonly string[]): Promise<GpuNode[]> {
  const nodes = await Promise.all(
    paths.map(async (path) => {
      const [stat, vendor] = await Promise.all([host.stat(path), vendorOf(host, path)]);
      return stat.state === 'known' && stat.value?.type === 'char'
        ? { path, stat: stat.value, vendor }
        : null;
    }),
  );
  return nodes.filter((node) => node !== null);
}

async function vendorOf(host: Host, path: string): Promise<string | null> {
  const name = /^\/dev\/dri\/(renderD\d+)$/.exec(path)?.[1];
  if (name === undefined) return null;
  const vendor = await host.read(`/sys/class/drm/${name}/device/vendor`);
  return vendor.state === 'known' ? (vendor.value?.trim() ?? null) : null;
}

/** `NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 …`, or `… Open Kernel Module for …`. */
export function versionOf(text: Evidence<string | null>): Evidence<string> {
  if (text.state === 'unknown') return text;
  const version = /^NVRM version:.*?\s(\d{3,4}\.\d+(?:\.\d+)?)(?=\s|$)/m.exec(text.value ?? '')?.[1];
  return version === undefined
    ? unknown('unparsable', `${versionFile} names no driver version`, text.source)
    : known(version, text.source);
}

function parametersOf(text: Evidence<string | null>): Evidence<Readonly<Record<string, string>>> {
  if (text.state === 'unknown') return text;
  if (text.value === null) return unknown('unsupported', `there is no ${parametersFile}`, text.source);
  const pairs = Array.from(text.value.matchAll(/^(\w+):[ \t]*(.*)$/gm), (match): [string, string] => [
    match[1] ?? '',
    (match[2] ?? '').trim(),
  ]);
  return known(Object.fromEntries(pairs), text.source);
}
