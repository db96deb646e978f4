import type { Exposure } from '../../engine/report.ts';
import { scopes } from '../../engine/report.ts';
import type { Answer } from './answer.ts';
import type { Door } from './door.ts';
import { reachableFrom } from './source-words.ts';

type Scope = Exposure['scope'];

/**
 * The farthest source that gets in. `unknown` only where something farther than any surely admitted
 * source may get in as well.
 */
export function scopeOf(answers: readonly Answer[]): Scope {
  const admitted = widest(answers.filter(({ decision }) => decision.verdict === 'accept'));
  const doubtful = widest(answers.filter(({ decision }) => decision.verdict === 'unknown'));
  return scopes.indexOf(doubtful) > scopes.indexOf(admitted) ? 'unknown' : admitted;
}

function widest(answers: readonly Answer[]): Scope {
  return answers.reduce<Scope>(
    (most, { vantage }) => (scopes.indexOf(vantage.scope) > scopes.indexOf(most) ? vantage.scope : most),
    'loopback',
  );
}

/** Who gets in, by which rules, and what the input filter alone would have said to the farthest of them. */
export function describe(
  door: Door,
  answers: readonly Answer[],
): Pick<Exposure, 'reachableFrom' | 'path' | 'firewallSays'> {
  const farthest = answers.toSorted(byReach).at(-1);
  return {
    reachableFrom: reachableFrom(answers),
    path: [...boundWords(door), ...(farthest === undefined ? [] : pathOf(farthest))],
    firewallSays: farthest === undefined ? 'not-asked' : inputSays(farthest),
  };
}

/** Admitted before doubtful before refused; among equals, by scope. */
function byReach(a: Answer, b: Answer): number {
  const order = ['drop', 'reject', 'unknown', 'accept'];
  return (
    order.indexOf(a.decision.verdict) - order.indexOf(b.decision.verdict) ||
    scopes.indexOf(a.vantage.scope) - scopes.indexOf(b.vantage.scope)
  );
}

function boundWords({ container, address, port, proto }: Door): string[] {
  if (container === null) return [];
  const where = address.includes(':') ? `[${address}]` : address;
  const { workload, published } = container;
  const to = `${workload.name}:${String(container.port)}${proto === 'udp' ? '/udp' : ''}`;
  return published ? [`${workload.source} publishes ${where}:${String(port)} → ${to}`] : [];
}

function inputSays({ input }: Answer): Exposure['firewallSays'] {
  if (input.verdict === 'accept') return 'admits';
  return input.verdict === 'unknown' ? 'unknown' : 'refuses';
}

/** The rules on the way, or that there are none, and for a doubtful answer what made it so. */
function pathOf({ decision }: Answer): readonly string[] {
  if (decision.verdict === 'accept' && decision.path.length === 0) return ['no rule filters it'];
  return decision.unclear === null
    ? decision.path
    : [...decision.path, `not understood: ${decision.unclear}`];
}
