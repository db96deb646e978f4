/** What closes a service until its setting is put right. */
import type { Messages, Verdict } from '../../engine/check.ts';
import type { AiService } from '../../facts/catalogue/ai-services.ts';
import type { Stopgaps } from '../../facts/exposure/stopgaps.ts';
import type { Evidence } from '../../host/evidence.ts';

/** A verdict about a service: a failure gets what closes every door that others come in by. */
export function closedUntil<M extends Messages>(
  verdict: Verdict<M>,
  service: AiService,
  stopgaps: Evidence<Stopgaps>,
): Verdict<M> {
  if (verdict.outcome !== 'fail') return verdict;
  return { ...verdict, stopgaps: stopgaps.state === 'known' ? stopgaps.value.closingService(service) : [] };
}
