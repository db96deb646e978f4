import { describe, expect, test } from '@jest/globals';
import { dockerfileHealthcheck } from '../../../src/checks/containers/dockerfile-healthcheck.ts';
import { dockerfiles, paramsOf } from '../../harness/dockerfile.ts';
import { evaluate } from '../../harness/evaluate.ts';

const judge = (text: string) =>
  evaluate(
    dockerfileHealthcheck,
    { dockerfiles: dockerfiles(text) },
    paramsOf('dockerfile-healthcheck-missing'),
  );

describe('dockerfile-healthcheck', () => {
  test.each([
    ['fail', 'FROM debian:12\nCMD a'],
    ['fail', 'FROM debian:12\nEXPOSE 80'],
    ['fail', 'FROM debian:12\nENTRYPOINT ["a"]'],
    ['fail', 'FROM debian:12\nHEALTHCHECK NONE\nCMD a'],
    ['fail', 'FROM debian:12\nHEALTHCHECK CMD a\nHEALTHCHECK none'],
    ['fail', 'FROM debian:12\nHEALTHCHECK CMD a\nFROM debian:12\nCMD a'],
    ['fail', 'FROM debian:12\nONBUILD HEALTHCHECK CMD a\nCMD b'],
    ['pass', 'FROM debian:12\nHEALTHCHECK --interval=5s CMD curl -f localhost\nCMD a'],
    ['pass', 'FROM debian:12\nHEALTHCHECK NONE\nHEALTHCHECK CMD ["a"]\nCMD a'],
    ['pass', 'FROM debian:12 AS b\nHEALTHCHECK CMD a\nFROM b\nCMD a'],
    ['not-applicable', 'FROM debian:12\nRUN a'],
  ])('%s: %j', (outcome, text) => {
    expect([...new Set(judge(text).map((verdict) => verdict.outcome))]).toEqual([outcome]);
  });
});
