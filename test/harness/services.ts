import type { AiService } from '../../src/facts/catalogue/ai-services.ts';
import { catalogue } from '../../src/facts/catalogue/catalogue.ts';
import type { Listener } from '../../src/facts/listeners/listener.ts';

/** A process of this catalogue service that listens there, with nothing set. */
export function serviceOnHost(id: string, listener: Partial<Listener> = {}): AiService {
  const service = catalogue().services.find((each) => each.id === id);
  if (service === undefined) throw new Error(`the catalogue has no ${id}`);
  const process = {
    pid: 7,
    ppid: 1,
    name: id,
    argv: [id],
    exe: `/usr/bin/${id}`,
    uid: 0,
    unit: null,
    containerId: null,
  };
  const own: Listener = {
    proto: 'tcp',
    address: '0.0.0.0',
    interface: null,
    port: 11434,
    v6only: false,
    process,
    ...listener,
  };
  return {
    service,
    label: `${id} (pid 7)`,
    by: 'process',
    processes: [process],
    unit: null,
    workload: null,
    listeners: [own],
    environment: {},
    argv: [id],
    unseen: null,
  };
}
