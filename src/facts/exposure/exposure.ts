import { defineFact } from '../../engine/fact.ts';
import type { Exposure } from '../../engine/report.ts';
import { unknown } from '../../host/evidence.ts';

export const exposureFact = defineFact<readonly Exposure[]>({
  id: 'exposure',
  gather: () => Promise.resolve(unknown('unsupported', 'not built yet', 'exposure')),
});
