import { describe, expect, test } from '@jest/globals';
import { ollamaBind } from '../../../src/checks/application/ollama-bind.ts';
import { asProcess, byPort, inContainer, inUnit } from '../../harness/ai-service.ts';
import { evaluate } from '../../harness/evaluate.ts';

const argv = ['/usr/local/bin/ollama', 'serve'];

function unit(host?: string, listens: string[] = []) {
  return inUnit('ollama', { argv, listens, environment: host === undefined ? {} : { OLLAMA_HOST: host } });
}

describe('ollama-bind', () => {
  test.each([
    ['pass', 'the default', unit()],
    ['pass', 'loopback', unit('127.0.0.1:11434')],
    ['pass', 'IPv6 loopback', unit('[::1]')],
    ['pass', 'a socket address: that is loopback', unit('unix:///run/ollama.sock')],
    ['pass', 'a name that is bound to loopback', unit('gpu-box', ['127.0.0.1:11434'])],
    ['fail', 'every address', unit('0.0.0.0')],
    ['fail', 'an empty host', unit(':11434')],
    ['fail', 'IPv6 wildcard', unit('[::]')],
    ['fail', 'a scheme', unit('http://0.0.0.0')],
    ['fail', 'quotes', unit('"0.0.0.0:11434"')],
    ['fail', 'a bad port', unit('0.0.0.0:99999')],
    ['fail', 'a LAN address', unit('192.168.1.5')],
    ['fail', 'the socket says otherwise', unit('127.0.0.1', [':::11434'])],
    ['fail', 'a name that is bound to the LAN', unit('gpu-box', ['192.168.1.5:11434'])],
    [
      'fail',
      'a container on the host’s network',
      inContainer('ollama', { network: 'host', environment: { OLLAMA_HOST: '0.0.0.0' } }),
    ],
    ['fail', 'a port that is seen, whoever holds it', byPort('ollama', '0.0.0.0:11434')],
    [
      'not-applicable',
      'inside a container',
      inContainer('ollama', { environment: { OLLAMA_HOST: '0.0.0.0:11434' } }),
    ],
    [
      'undetermined',
      'a container with an address of its own',
      inContainer('ollama', { openNetworks: ['macvlan'] }),
    ],
    [
      'undetermined',
      'a container in the network of another, which may be the host’s',
      inContainer('ollama', { network: 'container:vpn', environment: { OLLAMA_HOST: '0.0.0.0' } }),
    ],
    ['undetermined', 'a name', unit('gpu-box')],
    [
      'undetermined',
      'an unread environment',
      inUnit('ollama', { argv, unseen: '/etc/default/ollama could not be read' }),
    ],
    ['undetermined', 'a script that starts it', inUnit('ollama', { argv: ['/opt/start.sh'] })],
  ])('%s: %s', (outcome, _, service) => {
    expect(evaluate(ollamaBind, { services: [service] })).toMatchObject([
      { outcome, subject: service.label },
    ]);
  });

  test('without Ollama there is nothing to judge', () => {
    expect(evaluate(ollamaBind, { services: [inUnit('vllm')] })).toMatchObject([
      { outcome: 'not-applicable' },
    ]);
  });

  test('a failure says where it listens, cites the line, and keeps the port', () => {
    const [verdict] = evaluate(ollamaBind, { services: [unit('http://0.0.0.0:8080')] });
    expect(verdict).toMatchObject({
      message: 'unit',
      data: { unit: 'ollama.service', port: '8080' },
      evidence: [
        { source: '/etc/systemd/system/ollama.service', line: 1, excerpt: 'OLLAMA_HOST=http://0.0.0.0:8080' },
      ],
    });
  });

  test.each([
    [
      'environmentFile',
      inUnit('ollama', { argv, environment: { OLLAMA_HOST: '::' }, environmentFile: '/etc/default/ollama' }),
    ],
    ['container', inContainer('ollama', { network: 'host', environment: { OLLAMA_HOST: '::' } })],
    ['process', asProcess('ollama', { argv, environment: { OLLAMA_HOST: '::' } })],
  ])('%s has a fix of its own', (message, service) => {
    expect(evaluate(ollamaBind, { services: [service] })).toMatchObject([{ outcome: 'fail', message }]);
  });
});
