import type { Listener } from '../listeners/listener.ts';
import type { Process } from '../processes.ts';
import type { Unit } from '../units/unit.ts';
import type { Workload } from '../workloads/workload.ts';
import type { CatalogueService } from './catalogue.ts';

/** A catalogue service found on the host: what it is, and everything it was recognised in. */
export interface AiService {
  readonly service: CatalogueService;
  /** Names this instance: `ollama (ollama.service)`, `vllm (container vllm)`, `qdrant (pid 812)`. */
  readonly label: string;
  /** What it was recognised by, surest first. A port alone is a guess, and messages say so. */
  readonly by: 'image' | 'unit' | 'process' | 'port';
  readonly processes: readonly Process[];
  readonly unit: Unit | null;
  readonly workload: Workload | null;
  /** The container whose network it runs in, and whose published ports lead to it; absent where that is its own. */
  readonly networkOwner?: Workload;
  readonly listeners: readonly Listener[];
  /** Environment and arguments it runs with: the unit's, the container's, else the process's own. */
  readonly environment: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
  /** Why `environment` or `argv` may not be whole; `null` when they are. */
  readonly unseen: string | null;
  /** Paths of the catalogue that could hold its settings and do not exist; what is not named may. */
  readonly absentPlaces?: readonly string[];
}
