import { describe, expect, test } from '@jest/globals';
import { dockerfileApt } from '../../../src/checks/containers/dockerfile-apt.ts';
import { dockerfiles, paramsOf } from '../../harness/dockerfile.ts';
import { evaluate } from '../../harness/evaluate.ts';

const judge = (text: string) =>
  evaluate(dockerfileApt, { dockerfiles: dockerfiles(text) }, paramsOf('dockerfile-apt-unpinned'));

describe('dockerfile-apt', () => {
  test.each([
    ['fail', 'FROM debian:12\nRUN apt-get install -y curl'],
    ['fail', 'FROM debian:12\nRUN apt -y install curl=1 git'],
    ['fail', 'FROM debian:12\nRUN apt-get -qq -t bookworm-backports install curl'],
    ['fail', 'FROM debian:12\nRUN DEBIAN_FRONTEND=noninteractive apt-get install -y curl'],
    ['fail', 'FROM debian:12\nRUN <<EOF\napt-get install -y curl\nEOF'],
    ['fail', 'FROM debian:12\nRUN apt-get install -y curl/bookworm-backports'],
    ['pass', 'FROM debian:12\nRUN apt-get update'],
    ['pass', 'FROM debian:12\nRUN apt-get install -y curl=7.88.1-10'],
    ['pass', 'FROM debian:12\nRUN apt-get install -y curl=$V'],
    ['pass', 'FROM debian:12\nRUN apt-get install -y /tmp/a.deb'],
    ['pass', 'FROM debian:12\nRUN echo apt-get install curl'],
    ['pass', 'FROM debian:12\nRUN apt-get -o A=b install -y -t x curl=1'],
    ['pass', 'FROM debian:12\nRUN apk add curl'],
    ['fail', 'FROM debian:12\nRUN eval "apt-get install -y curl"'],
    ['fail', 'FROM debian:12\nRUN su -c "apt-get install -y curl"'],
    ['fail', 'FROM debian:12\nRUN xargs -n 1 apt-get install -y curl < list'],
    ['undetermined', 'FROM debian:12\nRUN cat list | xargs apt-get install -y'],
    ['undetermined', 'FROM debian:12\nRUN apt-get install -y $PACKAGES'],
  ])('%s: %j', (outcome, text) => {
    expect([...new Set(judge(text).map((verdict) => verdict.outcome))]).toEqual([outcome]);
  });
});
