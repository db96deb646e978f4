import type { FactReader } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import { processesFact } from '../processes.ts';
import { capabilityNames } from './capabilities.ts';
import type { KernelTruth, Workload } from './workload.ts';

/** Namespaces whose links are compared; that of processes is told by the status file. */
const links = { network: 'net', ipc: 'ipc', user: 'user' } as const;

/** Runtimes whose process is a kernel or machine of its own, in which the container is; gvisor.dev, katacontainers.io. */
const sandboxes = /runsc|gvisor|kata|firecracker/i;

interface Init {
  readonly status: Status | null;
  readonly namespaces: Readonly<Record<keyof typeof links, string | null>>;
}

/**
 * What the kernel says of every running container's first process: five small files each, see proc(5). Of a
 * process that is not seen to be the container's own, nothing is said: the engine may number processes otherwise
 * than this audit sees them, and a number may have gone to another.
 */
export async function withKernelTruth(
  host: Host,
  read: FactReader,
  workloads: readonly Workload[],
): Promise<readonly Workload[]> {
  if (!host.origin.running || workloads.every(({ pid }) => pid === null)) return workloads;
  const processes = await read(processesFact);
  const seen = new Set(
    (processes.state === 'known' ? processes.value : []).map(
      ({ pid, containerId }) => `${String(pid)} ${containerId ?? ''}`,
    ),
  );
  const [status, namespaces] = await Promise.all([statusOf(host, 1), namespacesOf(host, 1)]);
  return Promise.all(
    workloads.map(async (workload) => {
      const { pid, id, runtime } = workload;
      if (pid === null || id === null || sandboxes.test(runtime ?? '')) return workload;
      if (!seen.has(`${String(pid)} ${id}`)) return workload;
      return { ...workload, kernel: await truthOf(host, pid, { status, namespaces }) };
    }),
  );
}

async function truthOf(host: Host, pid: number, init: Init): Promise<KernelTruth | null> {
  const [status, namespaces, label] = await Promise.all([
    statusOf(host, pid),
    namespacesOf(host, pid),
    host.read(`/proc/${String(pid)}/attr/current`),
  ]);
  if (status === null) return null;
  const sharesOf = (name: keyof typeof links) => {
    const [own, first] = [namespaces[name], init.namespaces[name]];
    return own === null || first === null ? null : own === first;
  };
  return {
    pid,
    uid: status.uid,
    effective: status.effective,
    bounding: status.bounding,
    hasEveryCapability: init.status === null ? null : isAll(status.bounding, init.status.bounding),
    noNewPrivileges: status.noNewPrivileges,
    seccomp: seccompOf(status, init.status),
    appArmor: appArmorOf(label),
    shares: {
      network: sharesOf('network'),
      ipc: sharesOf('ipc'),
      user: sharesOf('user'),
      // One number for each namespace of processes from the reader's own inwards.
      pid: status.depth === null ? null : status.depth === 1,
    },
  };
}

function isAll(own: readonly string[], all: readonly string[]): boolean {
  return all.length > 0 && all.every((capability) => own.includes(capability));
}

/**
 * A process has the filters of those before it: under an init that has some itself, as in a system container, a
 * mode of 2 proves none of its own. Seccomp_filters counts them, since Linux 5.9.
 */
function seccompOf(own: Status, init: Status | null): KernelTruth['seccomp'] {
  if (own.seccomp === 0) return 'off';
  if (init === null || own.seccomp === null) return null;
  if (init.seccomp === 0) return 'filter';
  if (own.filters === null || init.filters === null) return null;
  return own.filters > init.filters ? 'filter' : 'off';
}

/** `NAME (MODE)` or `unconfined`; SELinux and Smack have contexts of other shapes there. */
function appArmorOf(label: Evidence<string | null>): KernelTruth['appArmor'] {
  if (label.state === 'unknown' || label.value === null) return null;
  const text = label.value.replace(/[\0\n]+$/, '');
  if (text === 'unconfined') return 'off';
  const mode = /^\S.* \((enforce|complain|kill|unconfined|prompt|mixed)\)$/.exec(text)?.[1];
  if (mode === undefined) return null;
  return mode === 'enforce' || mode === 'kill' ? 'profile' : mode === 'mixed' ? null : 'off';
}

async function namespacesOf(host: Host, pid: number): Promise<Init['namespaces']> {
  const link = async (name: string) => {
    const target = await host.readlink(`/proc/${String(pid)}/ns/${name}`);
    return target.state === 'known' && target.value !== null && /^\w+:\[\d+\]$/.test(target.value)
      ? target.value
      : null;
  };
  const [network, ipc, user] = await Promise.all([link(links.network), link(links.ipc), link(links.user)]);
  return { network, ipc, user };
}

export interface Status {
  readonly uid: number;
  readonly effective: readonly string[];
  readonly bounding: readonly string[];
  readonly noNewPrivileges: boolean | null;
  /** 0 off, 1 strict, 2 a filter. */
  readonly seccomp: number | null;
  readonly filters: number | null;
  /** In how many namespaces of processes it has a number, the reader's included. */
  readonly depth: number | null;
}

async function statusOf(host: Host, pid: number): Promise<Status | null> {
  const text = await host.read(`/proc/${String(pid)}/status`);
  return text.state === 'known' && text.value !== null ? parseStatus(text.value) : null;
}

/** The fields of /proc/PID/status that limit a process; `null` when it is not one. */
export function parseStatus(text: string): Status | null {
  const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(text)?.[1]?.trim() ?? null;
  const count = (name: string) => {
    const value = field(name);
    return value !== null && /^\d{1,9}$/.test(value) ? Number(value) : null;
  };
  const uid = /^\d+\s+(\d+)/.exec(field('Uid') ?? '')?.[1];
  const [effective, bounding] = [capabilitiesOf(field('CapEff')), capabilitiesOf(field('CapBnd'))];
  if (uid === undefined || effective === null || bounding === null) return null;
  const noNewPrivileges = count('NoNewPrivs');
  return {
    uid: Number(uid),
    effective,
    bounding,
    noNewPrivileges: noNewPrivileges === null ? null : noNewPrivileges === 1,
    seccomp: count('Seccomp'),
    filters: count('Seccomp_filters'),
    depth: field('NSpid')?.split(/\s+/).length ?? null,
  };
}

function capabilitiesOf(mask: string | null): readonly string[] | null {
  if (mask === null || !/^[0-9a-f]{1,16}$/.test(mask)) return null;
  const bits = BigInt(`0x${mask}`);
  return capabilityNames.filter((_, index) => (bits >> BigInt(index)) & 1n);
}
