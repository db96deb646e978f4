import { describe, expect, test } from '@jest/globals';
import { dockerfileBase } from '../../../src/checks/containers/dockerfile-base.ts';
import { dockerfiles, paramsOf } from '../../harness/dockerfile.ts';
import { evaluate } from '../../harness/evaluate.ts';

const judge = (text: string) =>
  evaluate(dockerfileBase, { dockerfiles: dockerfiles(text) }, paramsOf('dockerfile-latest'));

describe('dockerfile-base', () => {
  test.each([
    ['fail', 'FROM debian'],
    ['fail', 'FROM debian:latest'],
    ['fail', 'ARG V=latest\nFROM debian:$V'],
    ['fail', 'FROM registry:5000/a'],
    ['fail', 'FROM debian:12\nCOPY --from=tool /a /a'],
    ['fail', 'FROM debian:12\nRUN --mount=type=bind,from=tool:latest,target=/x a'],
    ['pass', 'FROM debian:12'],
    ['pass', 'FROM scratch'],
    ['pass', 'FROM debian@sha256:aa'],
    ['pass', 'FROM debian:12 AS A\nFROM a'],
    ['pass', 'FROM debian:12 AS a\nFROM a\nCOPY --from=0 /a /a\nCOPY --from=a /b /b'],
    ['pass', 'ARG D=sha256:aa\nFROM debian@${D}'],
    ['undetermined', 'ARG V\nFROM debian:$V'],
    ['undetermined', 'FROM $X'],
  ])('%s: %j', (outcome, text) => {
    expect([...new Set(judge(text).map((verdict) => verdict.outcome))]).toEqual([outcome]);
  });
});
