import { describe, expect, test } from '@jest/globals';
import { workloadSecret } from '../../../src/checks/containers/workload-secret.ts';
import { maskSecrets } from '../../../src/host/mask.ts';
import type { dockerContainer } from '../../harness/docker-container.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { workload } from '../../harness/docker-workload.ts';

/** As the fact gets it: the engine's answer, masked at the door. */
function masked(Env: readonly string[], Args: readonly string[] = [], Labels = {}) {
  const text = maskSecrets(JSON.stringify({ config: { Env, Labels }, other: { Args } }));
  return workload('x', JSON.parse(text) as Parameters<typeof dockerContainer>[1]);
}

describe('workload-secret', () => {
  test.each([
    ['pass', masked([]), undefined],
    ['pass', masked(['POSTGRES_PASSWORD_FILE=/run/secrets/pg', 'OPENAI_API_KEY=']), undefined],
    ['pass', masked(['API_KEY=${API_KEY}']), undefined],
    ['fail', masked(['API_KEY=abcdef1234567']), 'literal'],
    ['fail', masked(['POSTGRES_PASSWORD=postgres']), 'wellKnown'],
    ['fail', masked(['DATABASE_URL=postgres://app:hunter2xy@db/app']), 'literal'],
    ['fail', masked([], ['serve', '--api-key', 'abcdef1234567']), 'literal'],
    ['fail', masked([], [], { 'traefik.token': 'abcdef1234567' }), 'literal'],
  ])('%s', (outcome, has, message) => {
    const [verdict] = evaluate(workloadSecret, { workloads: [has] });
    expect(verdict).toMatchObject({ outcome, subject: 'x', ...(message === undefined ? {} : { message }) });
    expect(JSON.stringify(verdict)).not.toMatch(/abcdef1234567|hunter2xy/);
  });

  test('not-applicable without containers', () => {
    expect(evaluate(workloadSecret, { workloads: [] })).toMatchObject([{ outcome: 'not-applicable' }]);
  });
});
