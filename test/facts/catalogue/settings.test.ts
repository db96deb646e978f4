import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Match } from '../../../src/facts/catalogue/catalogue.ts';
import { flagValue } from '../../../src/facts/catalogue/command-line.ts';
import { matches, settingOf } from '../../../src/facts/catalogue/settings.ts';
import { asProcess, byPort, inContainer, inUnit } from '../../harness/ai-service.ts';

const serve = ['/usr/bin/vllm', 'serve', 'm'];

const flag = { kind: 'flag' as const, name: '--api-key', elsewhere: ['--config'] };
const env = { kind: 'env' as const, name: 'VLLM_API_KEY', elsewhere: ['--config'] };

describe('a flag', () => {
  test.each([
    [['--api-key', 'k'], 'k'],
    [['--api-key=k'], 'k'],
    [['--api-key='], ''],
    [['--api-key', ''], ''],
    [['--api-key'], ''],
    [['--api-key', '--host'], ''],
    [['--api-key', '-1'], '-1'],
    [['--api_key', 'k'], 'k'],
    [['-api-key', 'k'], 'k'],
    [['--api-key', 'a', '--api-key', 'b'], 'b'],
    [['--api-key=a=b'], 'a=b'],
    [['--api-key-file', 'f'], null],
    [['--no-api-key'], null],
    [['api-key', 'k'], null],
    [['--', 'uvx', 'other', '--api-key', 'k'], null],
    [[], null],
  ])('%j gives %j', (argv, value) => {
    expect(flagValue(argv, '--api-key')).toBe(value);
  });

  test.each([
    [['-H', '0.0.0.0'], '0.0.0.0'],
    [['-h', '0.0.0.0'], null],
    [['--H', 'x'], null],
  ])('of one letter: %j gives %j', (argv, value) => {
    expect(flagValue(argv, '-H')).toBe(value);
  });

  test('any arguments have an answer', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (argv) => {
        const value = flagValue(argv, '--api-key');
        expect(value === null || typeof value === 'string').toBe(true);
      }),
    );
  });
});

describe('the value of a setting', () => {
  test.each([
    ['an argument of the unit', inUnit('vllm', { argv: [...serve, '--api-key', 'k'] }), flag, 'k'],
    ['no such argument', inUnit('vllm', { argv: serve }), flag, null],
    [
      'what runs has it, its wrapper not',
      inUnit('vllm', { argv: ['/opt/run.sh'], running: [[...serve, '--api-key=k']] }),
      flag,
      'k',
    ],
    [
      'what runs lacks it, the edited unit not',
      inUnit('vllm', { argv: [...serve, '--api-key=k'], running: [serve] }),
      flag,
      null,
    ],
    ['a variable', inUnit('vllm', { argv: serve, environment: { VLLM_API_KEY: 'k' } }), env, 'k'],
    ['an empty variable', inUnit('vllm', { argv: serve, environment: { VLLM_API_KEY: '' } }), env, ''],
    ['a variable of the container', inContainer('vllm', { environment: { VLLM_API_KEY: 'k' } }), env, 'k'],
    ['none in the container', inContainer('vllm', { argv: ['m'] }), env, null],
    ['none in the process', asProcess('vllm', { argv: serve }), env, null],
    [
      'an argument that is a variable',
      inUnit('vllm', { argv: [...serve, '--api-key', '${K}'], environment: { K: 'k' } }),
      flag,
      'k',
    ],
  ])('%s', (_, service, setting, value) => {
    expect(settingOf(service, setting)).toMatchObject({ state: 'known', value });
  });

  test.each([
    ['a script that starts it', inUnit('vllm', { argv: ['/opt/run.sh'] }), flag],
    ['a shell that starts it', inUnit('vllm', { argv: ['/bin/bash', '-c', 'exec vllm serve m'] }), flag],
    ['a shell in its own image', inContainer('vllm', { argv: ['sh', '-c', 'vllm serve m'] }), env],
    ['a wrapper that may set the variable', inUnit('vllm', { argv: ['/opt/run.sh'], running: [serve] }), env],
    ['an engine that starts it', inUnit('vllm', { argv: ['/usr/bin/docker', 'run', 'x'] }), flag],
    ['another image around it', inContainer('vllm', { image: 'acme/llm', argv: ['/entry.sh'] }), env],
    ['a configuration file', inUnit('vllm', { argv: [...serve, '--config', 'c.yaml'] }), flag],
    ['an environment that may not be read', asProcess('vllm', { argv: serve, unseen: 'not root' }), env],
    ['a guess by port', byPort('vllm', '0.0.0.0:8000'), flag],
    [
      'a variable that was not seen',
      inContainer('vllm', { environment: { VLLM_API_KEY: '${SECRET}' } }),
      env,
    ],
  ])('is unknown behind %s', (_, service, setting) => {
    expect(settingOf(service, setting)).toMatchObject({ state: 'unknown' });
  });

  test.each([
    ['nothing mounted', [], 'known'],
    ['data mounted', ['/var/lib/grafana'], 'known'],
    ['the file mounted', ['/etc/grafana/grafana.ini'], 'unknown'],
    ['its directory mounted', ['/etc/grafana/'], 'unknown'],
    ['a parent mounted', ['/etc'], 'unknown'],
  ])('a container’s own configuration file with %s is %s', (_, mounts, state) => {
    const setting = { kind: 'env' as const, name: 'GF_AUTH_ANONYMOUS_ENABLED', elsewhere: ['/etc/grafana'] };
    expect(settingOf(inContainer('grafana', { mounts }), setting).state).toBe(state);
    expect(settingOf(inUnit('grafana', { argv: ['/usr/sbin/grafana', 'server'] }), setting).state).toBe(
      'unknown',
    );
  });

  test('is cited where it stands, and a secret is not shown', () => {
    const { citation } = settingOf(
      inUnit('vllm', { argv: serve, environment: { VLLM_API_KEY: 'hunter2' } }),
      env,
    );
    expect(citation).toEqual({
      source: '/etc/systemd/system/vllm.service',
      line: 1,
      excerpt: 'VLLM_API_KEY=<masked>',
    });
  });
});

describe('a match', () => {
  const rows: [Match, string | null, boolean][] = [
    [{ present: true }, '', true],
    [{ present: true }, null, false],
    [{ absent: true }, null, true],
    [{ absent: true }, '', false],
    [{ empty: true }, '""', true],
    [{ empty: true }, null, false],
    [{ set: true }, ' ', false],
    [{ set: true }, 'x', true],
    [{ unset: true }, null, true],
    [{ unset: true }, "''", true],
    [{ truthy: true }, 'True', true],
    [{ truthy: true }, '"1"', true],
    [{ truthy: true }, '', false],
    [{ truthy: true }, '0', false],
    [{ falsy: true }, 'FALSE', true],
    [{ falsy: true }, null, false],
    [{ falsy: true }, '', false],
    [{ wellKnown: true }, '<masked:well-known>', true],
    [{ wellKnown: true }, '<masked>', false],
    [{ oneOf: ['Admin'] }, 'admin', true],
    [{ oneOf: ['*'] }, 'https://a', false],
    [{ matches: 'a+' }, 'AAA', true],
    [{ matches: 'a+' }, 'aab', false],
    [{ matches: '(?!true$).*' }, '', true],
  ];
  test.each(rows)('%j of %j is %j', (match, value, expected) => {
    expect(matches(match, value)).toBe(expected);
  });

  test('a bare flag is a yes', () => {
    expect(matches({ truthy: true }, '', 'flag')).toBe(true);
  });
});
