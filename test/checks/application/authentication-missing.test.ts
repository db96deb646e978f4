import { describe, expect, test } from '@jest/globals';
import { authenticationMissing } from '../../../src/checks/application/authentication-missing.ts';
import { byPort, inContainer, inUnit } from '../../harness/ai-service.ts';
import { evaluate } from '../../harness/evaluate.ts';

const params = { services: ['vllm'], loopbackPasses: true, variable: 'VLLM_API_KEY' };
const argv = ['/usr/bin/vllm', 'serve', 'm'];
const open = ['0.0.0.0:8000'];

describe('authentication-missing', () => {
  test.each([
    ['pass', 'a key', inUnit('vllm', { argv: [...argv, '--api-key', 'k'], listens: open })],
    [
      'pass',
      'a key in the environment',
      inUnit('vllm', { argv, environment: { VLLM_API_KEY: '<masked>' }, listens: open }),
    ],
    ['pass', 'loopback alone', inUnit('vllm', { argv, listens: ['127.0.0.1:8000'] })],
    [
      'pass',
      'a container that publishes on loopback',
      inContainer('vllm', { publishes: ['127.0.0.1:8000'] }),
    ],
    [
      'pass',
      'loopback, whatever its configuration file says',
      inUnit('vllm', { argv: [...argv, '--config', 'c'], listens: ['::1:8000'] }),
    ],
    ['fail', 'no key on every address', inUnit('vllm', { argv, listens: open })],
    ['fail', 'an empty key', inUnit('vllm', { argv, environment: { VLLM_API_KEY: '' }, listens: open })],
    ['fail', 'no key, published', inContainer('vllm', { publishes: ['0.0.0.0:8000'] })],
    [
      'fail',
      'a key that belongs to another program',
      inUnit('vllm', { argv: [...argv, '--', 'x', '--api-key', 'k'], listens: open }),
    ],
    [
      'undetermined',
      'a configuration file',
      inUnit('vllm', { argv: [...argv, '--config', 'c'], listens: open }),
    ],
    ['undetermined', 'a script', inUnit('vllm', { argv: ['/opt/run.sh'], listens: open })],
    ['undetermined', 'a guess by port', byPort('vllm', '0.0.0.0:8000')],
    [
      'undetermined',
      'no key, and nobody knows who reaches it',
      inContainer('vllm', { network: 'container:x' }),
    ],
  ])('%s: %s', (outcome, _, service) => {
    expect(evaluate(authenticationMissing, { services: [service] }, params)).toMatchObject([
      { outcome, subject: service.label },
    ]);
  });

  test('other services are not judged', () => {
    const services = [inContainer('ollama', { publishes: open })];
    expect(evaluate(authenticationMissing, { services }, params)).toMatchObject([
      { outcome: 'not-applicable' },
    ]);
  });

  test.each([
    ['fail', ['--ServerApp.token=']],
    ['fail', ["--NotebookApp.token=''", '--NotebookApp.password=']],
    ['pass', ['--ServerApp.token=', '--ServerApp.password=<masked>']],
    ['pass', []],
  ])('a notebook fails even on loopback: %s %j', (outcome, flags) => {
    const service = inContainer('jupyter', {
      argv: ['start-notebook.py', ...flags],
      publishes: ['127.0.0.1:8888'],
    });
    const notebook = { services: ['jupyter'], loopbackPasses: false };
    expect(evaluate(authenticationMissing, { services: [service] }, notebook)).toMatchObject([{ outcome }]);
  });

  test('a failure says who connects, and to what end', () => {
    const service = inUnit('vllm', { argv, listens: open });
    expect(evaluate(authenticationMissing, { services: [service] }, params)).toMatchObject([
      { message: 'unit', data: { reach: 'listens on 0.0.0.0:8000', unit: 'vllm.service' } },
    ]);
  });
});
