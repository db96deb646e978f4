import { describe, expect, test } from '@jest/globals';
import { dockerfileRemoteAdd } from '../../../src/checks/containers/dockerfile-remote-add.ts';
import { dockerfiles, paramsOf } from '../../harness/dockerfile.ts';
import { evaluate } from '../../harness/evaluate.ts';

const judge = (text: string) =>
  evaluate(dockerfileRemoteAdd, { dockerfiles: dockerfiles(text) }, paramsOf('dockerfile-remote-add'));

describe('dockerfile-remote-add', () => {
  test.each([
    ['fail', 'FROM debian:12\nADD https://example.com/a.tar.gz /'],
    ['fail', 'FROM debian:12\nADD HTTP://example.com/a /'],
    ['fail', 'FROM debian:12\nADD ["https://example.com/a", "/"]'],
    ['fail', 'FROM debian:12\nADD git@github.com:a/b.git /b'],
    ['fail', 'FROM debian:12\nADD https://github.com/a/b.git#main /b'],
    ['fail', 'FROM debian:12\nENV U=https://example.com\nADD $U/a /'],
    ['fail', 'FROM debian:12\nONBUILD ADD https://example.com/a /'],
    ['pass', 'FROM debian:12\nADD --checksum=sha256:aa https://example.com/a /'],
    ['pass', 'FROM debian:12\nADD a.tar.gz /'],
    ['pass', 'FROM debian:12\nCOPY a /'],
    [
      'pass',
      'FROM debian:12\nADD https://github.com/a/b.git#9d1bca6d2ee5d3a4a4e2f3b3c2a1e0d9c8b7a605:dir /b',
    ],
    ['pass', 'FROM debian:12\nRUN echo ADD https://example.com/a /'],
    ['undetermined', 'FROM debian:12\nARG U\nADD $U /'],
  ])('%s: %j', (outcome, text) => {
    expect([...new Set(judge(text).map((verdict) => verdict.outcome))]).toEqual([outcome]);
  });
});
