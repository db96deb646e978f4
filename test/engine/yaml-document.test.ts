import { describe, expect, test } from '@jest/globals';
import { Config, configureRules } from '../../src/engine/config.ts';
import { Rule } from '../../src/engine/rule.ts';
import { parseYamlAs } from '../../src/engine/yaml-document.ts';

const parse = (text: string) => parseYamlAs(Config, text, 'aisec.yaml');

describe('aisec.yaml', () => {
  test('has defaults for everything', () => {
    expect(parse('')).toEqual({
      profile: 'lab',
      failOn: 'high',
      minScore: null,
      rules: {},
      waivers: [],
      attest: [],
    });
  });

  test.each([
    [
      'an unknown key',
      'profile: lab\nfailon: high\n',
      'aisec.yaml:2: unknown key "failon", did you mean "failOn"?',
    ],
    [
      'an unknown key within',
      'waivers:\n  - rule: a\n    reason: r\n    expire: 2027-01-01\n    expires: 2027-01-01\n',
      'aisec.yaml:4: waivers.0: unknown key "expire", did you mean "expires"?',
    ],
    ['a wrong value', 'minScore: 101\n', 'aisec.yaml:1: minScore: Too big: expected number to be <=100'],
    [
      'a missing reason',
      'failOn: low\nwaivers:\n  - rule: a\n    expires: 2027-01-01\n',
      'aisec.yaml:3: waivers.0.reason: Invalid input: expected string, received undefined',
    ],
    [
      'a date that is none',
      'attest:\n  - {rule: a, by: b, on: today, expires: 2027-01-01, note: n}\n',
      'aisec.yaml:2: attest.0.on: must be a date such as 2027-01-31',
    ],
    ['broken YAML', 'profile: [lab\n', /^aisec\.yaml:\d+: /],
    [
      'a rule that is neither off nor an object',
      'rules:\n  a-rule: on\n',
      /^aisec\.yaml:2: rules\.a-rule: must be off/,
    ],
    [
      'a bomb',
      `a: &a [1,1]\nb: [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n`,
      /alias/,
    ],
  ])('%s is refused with file, line and key', (_, text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});

describe('rules of a profile', () => {
  const rule: Rule = {
    ...Rule.parse({
      id: 'a',
      check: 'c',
      with: { limit: 1, other: 2 },
      severity: 'low',
      title: 't',
      why: 'w',
      fix: { summary: 's', risk: 'none' },
      since: '0.1.0',
      profiles: { server: { severity: 'high' }, ci: { enabled: false } },
    }),
    layer: 'host',
  };
  const configured = (text: string) => configureRules([rule], parse(text));

  test.each([
    ['', 'low'],
    ['profile: server', 'high'],
    ['profile: server\nrules: {a: {severity: info}}', 'info'],
  ])('%j has severity %s', (text, severity) => {
    expect(configured(text)).toMatchObject([{ severity }]);
  });

  test.each(['profile: ci', 'rules: {a: off}'])('%j switches it off', (text) => {
    expect(configured(text)).toEqual([]);
  });

  test('parameters are merged', () => {
    expect(configured('rules: {a: {with: {limit: 9}}}')).toMatchObject([{ with: { limit: 9, other: 2 } }]);
  });
});
