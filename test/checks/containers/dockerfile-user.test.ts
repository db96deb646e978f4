import { describe, expect, test } from '@jest/globals';
import { dockerfileUser } from '../../../src/checks/containers/dockerfile-user.ts';
import { dockerfiles, paramsOf } from '../../harness/dockerfile.ts';
import { evaluate } from '../../harness/evaluate.ts';

const judge = (text: string) =>
  evaluate(dockerfileUser, { dockerfiles: dockerfiles(text) }, paramsOf('dockerfile-root'));

describe('dockerfile-user', () => {
  test.each([
    ['fail', 'FROM debian:12\nUSER root'],
    ['fail', 'FROM debian:12\nUSER 0'],
    ['fail', 'FROM debian:12\nUSER 00'],
    ['fail', 'FROM debian:12\nUSER 0:0'],
    ['fail', 'FROM debian:12\nUSER root:app'],
    ['fail', 'FROM debian:12\nUSER "0"'],
    ['fail', 'FROM debian:12\nARG UID=0\nUSER $UID'],
    ['fail', 'FROM debian:12\nARG UID=0\nUSER ${UID:-1000}:${UID:-1000}'],
    ['fail', 'FROM debian:12\nUSER app\nUSER root'],
    ['fail', 'FROM debian:12\nRUN a'],
    ['fail', 'FROM debian:12\nONBUILD USER app'],
    ['fail', 'FROM debian:12\nENV U=root\nUSER ${U}'],
    ['fail', 'FROM debian:12\nUSER app\nFROM debian:12'],
    ['pass', 'FROM debian:12\nUSER 1000'],
    ['pass', 'FROM debian:12\nUSER app:app'],
    ['pass', 'FROM debian:12\nARG UID=1000\nUSER $UID'],
    ['pass', 'FROM debian:12\nUSER ${UID:-1000}'],
    ['pass', 'FROM debian:12\nUSER root\nUSER app'],
    ['pass', "FROM debian:12\nUSER 'app'"],
    ['undetermined', 'FROM debian:12\nARG UID\nUSER $UID'],
    ['undetermined', 'FROM debian:12\nUSER ${UID}'],
    ['undetermined', 'FROM debian:12\nUSER root\nENTRYPOINT ["gosu", "app", "serve"]'],
    ['undetermined', 'FROM debian:12\nRUN apt-get install -y gosu=1.14'],
    ['undetermined', 'FROM debian:12\nCOPY --from=tianon/gosu:1.17 /gosu /bin/'],
    ['undetermined', 'FROM debian:12\nCMD exec su-exec app serve'],
    ['pass', 'FROM debian:12 AS base\nUSER app\nFROM base'],
    ['fail', 'FROM debian:12 AS base\nUSER app\nFROM base\nUSER 0'],
    ['fail', 'FROM scratch\nCOPY a /a'],
    ['fail', 'FROM docker.io/library/python:3.13'],
    ['fail', 'ARG B=node:22\nFROM ${B}'],
    ['fail', 'ARG UID=0\nFROM node:22\nARG UID\nUSER $UID'],
    ['undetermined', 'ARG UID=0\nFROM node:22\nUSER $UID'],
    ['pass', 'FROM gcr.io/distroless/python3:nonroot'],
    ['undetermined', 'FROM example.com/own:1'],
    ['undetermined', 'ARG B\nFROM ${B}'],
    ['undetermined', 'FROM postgres:16'],
  ])('%s: %j', (outcome, text) => {
    expect([...new Set(judge(text).map((verdict) => verdict.outcome))]).toEqual([outcome]);
  });
});
