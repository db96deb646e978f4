import { describe, expect, test } from '@jest/globals';
import { workloadImage } from '../../../src/checks/containers/workload-image.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { workload } from '../../harness/docker-workload.ts';

describe('workload-image', () => {
  test.each([
    ['tag', 'all', 'x', 'fail'],
    ['tag', 'all', 'x:latest', 'fail'],
    ['tag', 'all', 'localhost:5000/x', 'fail'],
    ['tag', 'all', 'x:1.2', 'pass'],
    ['tag', 'all', 'x@sha256:ab', 'pass'],
    ['tag', 'all', 'x:${TAG}', 'undetermined'],
    ['digest', 'all', 'x:{{ tag }}', 'undetermined'],
    ['digest', 'all', 'x:1.2', 'fail'],
    ['digest', 'all', 'x:1.2@sha256:ab', 'pass'],
    ['digest', 'all', `sha256:${'a'.repeat(64)}`, 'pass'],
    ['tag', 'ai', 'ollama/ollama', 'fail'],
    ['tag', 'ai', 'something/else', 'not-applicable'],
    ['tag', 'other', 'ollama/ollama', 'not-applicable'],
    ['tag', 'other', 'something/else', 'fail'],
  ])('%s of %s: %s %s', (pin, of, Image, outcome) => {
    const workloads = [workload('x', { config: { Image } })];
    expect(evaluate(workloadImage, { workloads }, { pin, of })).toMatchObject([{ outcome, subject: 'x' }]);
  });

  test('not-applicable for what is built where it runs', () => {
    const made = workload('x', { config: { Image: 'x' } });
    const workloads = [{ ...made, image: { ...made.image, built: true } }];
    expect(evaluate(workloadImage, { workloads }, { pin: 'tag', of: 'all' })).toMatchObject([
      { outcome: 'not-applicable', subject: 'x', because: expect.stringContaining('built') },
    ]);
  });

  test('not-applicable without containers', () => {
    const verdicts = evaluate(workloadImage, { workloads: [] }, { pin: 'tag', of: 'all' });
    expect(verdicts).toMatchObject([{ outcome: 'not-applicable' }]);
  });
});
