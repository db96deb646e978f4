import type { Exposure } from '../../engine/report.ts';
import type { AiService } from './ai-services.ts';

/** The catalogue service whose socket or published port this is; `null` when none is recognised. */
export function serviceBehind(
  { workload: container, proto, address, port }: Pick<Exposure, 'workload' | 'proto' | 'address' | 'port'>,
  services: readonly AiService[],
): AiService | null {
  const found = services.find(({ workload, listeners }) =>
    container === null
      ? listeners.some((each) => each.proto === proto && each.address === address && each.port === port)
      : workload?.name === container,
  );
  return found ?? null;
}
