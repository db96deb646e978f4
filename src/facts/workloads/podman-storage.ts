import * as z from 'zod';
import type { Host } from '../../host/host.ts';
import type { Process } from '../processes.ts';
import type { OciSpec } from './oci-spec.ts';
import { parseOciSpec } from './oci-spec.ts';
import { workloadOfSpec } from './spec-workload.ts';
import type { Device, Workload } from './workload.ts';

/** A directory where Podman, Buildah and CRI-O keep containers; containers-storage.conf(5). */
export interface Storage {
  readonly path: string;
  /** A user's own, who has no rights of root. */
  readonly rootless: boolean;
  /** Whose it is; `null` when that was not seen. */
  readonly uid: number | null;
  /** Its owner's Podman works in it unless a command line says otherwise. */
  readonly usual: boolean;
}

/** What was not seen, in a sentence; with the container's id where it is about one. */
export interface StorageGap {
  readonly id: string | null;
  readonly sentence: string;
}

/** What was found in storages, and what was not seen there. */
export interface Stored {
  readonly workloads: readonly Workload[];
  readonly gaps: readonly StorageGap[];
  /** Ids of all containers that are told of, in either way. */
  readonly ids: ReadonlySet<string>;
}

const Entries = z
  .array(
    z.object({
      id: z.string().regex(/^[0-9a-f]{64}$/),
      names: z.array(z.string()).nullish(),
      metadata: z.string().default(''),
    }),
  )
  .nullable();
type Entry = NonNullable<z.infer<typeof Entries>>[number];

const Metadata = z.object({ 'image-name': z.string().default(''), name: z.string().default('') });

/**
 * Containers of one storage as they were last started. `podman` itself is not asked: it takes locks in writing
 * and makes its directories, even to list (seen with 4.3.1).
 *
 * @param running - processes in containers, by the container's id
 */
export async function containersOfStorage(
  host: Host,
  storage: Storage,
  running: ReadonlyMap<string, readonly Process[]>,
): Promise<Stored> {
  const names = await host.list(storage.path);
  if (names.state === 'unknown') return onlyGap(unseenWords(storage.path));
  const drivers = (names.value ?? []).filter((name) => name.endsWith('-containers'));
  const found = await Promise.all(
    drivers.map((driver) => containersOfDriver(host, storage, `${storage.path}/${driver}`, running)),
  );
  return joined(found);
}

/** Several findings as one. */
export function joined(found: readonly Stored[]): Stored {
  return {
    workloads: found.flatMap(({ workloads }) => workloads),
    gaps: found.flatMap(({ gaps }) => gaps),
    ids: new Set(found.flatMap(({ ids }) => [...ids])),
  };
}

async function containersOfDriver(
  host: Host,
  storage: Storage,
  directory: string,
  running: ReadonlyMap<string, readonly Process[]>,
): Promise<Stored> {
  const file = `${directory}/containers.json`;
  const text = await host.read(file);
  if (text.state === 'unknown') return onlyGap(unseenWords(file));
  const entries = entriesOf(text.value);
  if (entries === null)
    return onlyGap(`${file} was not understood: containers of Podman or CRI-O in it are not read`);
  const containers = new Map(
    [...running].flatMap(([id, processes]) => processes.map(({ pid }): [number, string] => [pid, id])),
  );
  const read = await Promise.all(
    entries.map((entry) =>
      containerOf(host, { storage, directory, entry, containers, pid: firstOf(running.get(entry.id)) }),
    ),
  );
  return {
    workloads: read.flatMap((each) => (typeof each === 'string' ? [] : [each])),
    gaps: read.flatMap((each, index) =>
      typeof each === 'string' ? [{ id: entries[index]?.id ?? null, sentence: each }] : [],
    ),
    ids: new Set(entries.map(({ id }) => id)),
  };
}

interface Wanted {
  readonly storage: Storage;
  readonly directory: string;
  readonly entry: Entry;
  readonly containers: ReadonlyMap<number, string>;
  readonly pid: number | null;
}

/** The container, or why it was not read. */
async function containerOf(host: Host, wanted: Wanted): Promise<Workload | string> {
  const { storage, directory, entry, containers, pid } = wanted;
  const metadata = metadataOf(entry);
  const name = entry.names?.[0] ?? (metadata.name === '' ? entry.id.slice(0, 12) : metadata.name);
  const origin = `${directory}/${entry.id}/userdata/config.json`;
  const text = await host.read(origin);
  if (text.state === 'unknown') return `container ${name} of Podman or CRI-O was not read: ${text.detail}`;
  if (text.value === null) {
    return `container ${name} of Podman or Buildah in ${storage.path} was never started, so that only Podman's database holds its settings: they are not read`;
  }
  const spec = parseOciSpec(text.value);
  if (spec === null)
    return `container ${name} of Podman or CRI-O was not read: ${origin} holds no runtime spec`;
  const { path, rootless } = storage;
  if (spec.annotations?.['io.container.manager'] !== 'libpod') {
    return `container ${name} in ${path} is not Podman's own (of CRI-O?) and is not read`;
  }
  const image = metadata['image-name'];
  const workload = workloadOfSpec(spec, {
    id: entry.id,
    name,
    image,
    origin,
    storage: path,
    rootless,
    pid,
    containers,
  });
  const devices = await Promise.all(
    workload.devices.map(async (device, index) => {
      const node = spec.linux.devices[index];
      return node === undefined ? device : await namedByKernel(host, device, node);
    }),
  );
  return { ...workload, devices };
}

type Node = OciSpec['linux']['devices'][number];

/** A container may call a device otherwise; the kernel's name for its numbers is the host's, where sysfs has them. */
async function namedByKernel(host: Host, device: Device, { type, major, minor }: Node): Promise<Device> {
  const kind = type === 'b' ? 'block' : 'char';
  const link = await host.readlink(`/sys/dev/${kind}/${String(major)}:${String(minor)}`);
  const name = link.state === 'known' ? (link.value?.replace(/^.*\//, '') ?? null) : null;
  if (name === null || device.host.endsWith(`/${name}`)) return device;
  return { ...device, host: `/dev/${name}` };
}

/** The oldest is the container's first. */
function firstOf(processes: readonly Process[] | undefined): number | null {
  return processes?.[0]?.pid ?? null;
}

/** `null` for what is not understood; none where there is no file, or an empty one. */
function entriesOf(text: string | null): readonly Entry[] | null {
  if (text === null || text.trim() === '') return [];
  try {
    return Entries.parse(JSON.parse(text)) ?? [];
  } catch {
    return null;
  }
}

function metadataOf({ metadata }: Entry): z.infer<typeof Metadata> {
  try {
    return Metadata.parse(JSON.parse(metadata));
  } catch {
    return { 'image-name': '', name: '' };
  }
}

function onlyGap(sentence: string): Stored {
  return { workloads: [], gaps: [{ id: null, sentence }], ids: new Set() };
}

function unseenWords(path: string): string {
  return `${path} may not be read: run as root to see whether containers are in it`;
}
