import type { AiService } from '../../src/facts/catalogue/ai-services.ts';
import type { CatalogueService } from '../../src/facts/catalogue/catalogue.ts';
import { catalogue } from '../../src/facts/catalogue/catalogue.ts';
import type { Listener } from '../../src/facts/listeners/listener.ts';
import type { Process } from '../../src/facts/processes.ts';
import type { Unit } from '../../src/facts/units/unit.ts';
import type { Publish, Workload } from '../../src/facts/workloads/workload.ts';

/** What a test says of a service; everything else is as in a plain install. */
export interface ServiceWith {
  readonly environment?: Readonly<Record<string, string>>;
  readonly argv?: readonly string[];
  /** Listening addresses, `127.0.0.1:8000`; the last colon ends the address. */
  readonly listens?: readonly string[];
  readonly unseen?: string | null;
  /** Arguments of what runs, where they are not the unit's or container's. */
  readonly running?: readonly (readonly string[])[];
  /** Account that it runs as; root if nothing is said. */
  readonly uid?: number;
}

export function productOf(id: string): CatalogueService {
  const found = catalogue().services.find((service) => service.id === id);
  if (found === undefined) throw new Error(`the catalogue has no ${id}`);
  return found;
}

/** A service in the unit `ID.service`. */
export function inUnit(id: string, has: ServiceWith & { readonly environmentFile?: string } = {}): AiService {
  const name = `${id}.service`;
  const fragment = `/etc/systemd/system/${name}`;
  const source = has.environmentFile ?? fragment;
  const unit = {
    name,
    service: id,
    active: true,
    enabled: true,
    files: [fragment],
    environmentFiles: has.environmentFile === undefined ? [] : [has.environmentFile],
    environment: Object.fromEntries(
      Object.entries(has.environment ?? {}).map(([key, value], index) => [
        key,
        { value, source, line: index + 1 },
      ]),
    ),
    execStart: [
      { prefixes: '', argv: has.argv ?? [], citation: { source: fragment, line: 9, excerpt: null } },
    ],
    unread: [],
    unreadable: [],
    settings: {},
  };
  return { ...base(id, has), label: `${id} (${name})`, by: 'unit', unit: unit as unknown as Unit };
}

/** A service in a container of its first image, published as `publishes` says. */
export function inContainer(
  id: string,
  has: ServiceWith & {
    readonly image?: string;
    readonly network?: string;
    /** Drivers of networks that are no bridge. */
    readonly openNetworks?: readonly string[];
    /** `address:port`. */
    readonly publishes?: readonly string[];
    readonly mounts?: readonly string[];
    readonly source?: Workload['source'];
  } = {},
): AiService {
  const repository = has.image ?? productOf(id).images[0]?.replace('*', 'base') ?? id;
  const publishes = (has.publishes ?? []).map((publish): Publish => {
    const [hostAddress, hostPort] = addressAndPort(publish);
    return { proto: 'tcp', hostAddress, hostPort, containerPort: hostPort, active: true };
  });
  const workload = {
    source: has.source ?? 'docker',
    name: `my-${id}`,
    origin: `docker inspect my-${id}`,
    places: new Map(),
    image: { reference: repository, repository, tag: null, digest: null },
    namespaces: { network: has.network ?? 'bridge' },
    mounts: (has.mounts ?? []).map((target) => ({ type: 'bind', source: '/srv', target, writable: true })),
    publishes,
    addresses: [],
    unpublished: [],
    openNetworks: (has.openNetworks ?? []).map((kind) => ({ name: 'lan', kind })),
    environment: has.environment ?? {},
    command: has.argv ?? [],
  };
  const label = `${id} (container my-${id})`;
  return { ...base(id, has), label, by: 'image', workload: workload as unknown as Workload };
}

/** A service that is only a process; its environment is the process's own. */
export function asProcess(id: string, has: ServiceWith = {}): AiService {
  return { ...base(id, { running: [has.argv ?? []], ...has }), label: `${id} (pid 812)`, by: 'process' };
}

/** A listener that nobody may see behind, on a port of the service. */
export function byPort(id: string, listens: string): AiService {
  const unseen = 'the process may not be seen: run as root';
  return { ...base(id, { listens: [listens], unseen }), label: `${id} (a guess)`, by: 'port' };
}

function base(id: string, has: ServiceWith): Omit<AiService, 'label' | 'by'> {
  return {
    service: productOf(id),
    processes: (has.running ?? []).map((argv, index) => process(812 + index, argv, has.uid ?? 0)),
    unit: null,
    workload: null,
    listeners: (has.listens ?? []).map(listener),
    environment: has.environment ?? {},
    argv: has.argv ?? [],
    unseen: has.unseen ?? null,
  };
}

function process(pid: number, argv: readonly string[], uid: number): Process {
  return { pid, argv, uid, name: '', exe: null, containerId: null } as unknown as Process;
}

function listener(socket: string): Listener {
  const [address, port] = addressAndPort(socket);
  return { proto: 'tcp', address, interface: null, port, v6only: false, process: null };
}

function addressAndPort(socket: string): [address: string, port: number] {
  const colon = socket.lastIndexOf(':');
  return [socket.slice(0, colon), Number(socket.slice(colon + 1))];
}
