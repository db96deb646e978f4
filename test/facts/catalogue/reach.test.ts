import { describe, expect, test } from '@jest/globals';
import { reachOf } from '../../../src/facts/catalogue/reach.ts';
import type { AiService } from '../../../src/facts/catalogue/ai-services.ts';
import { asProcess, inContainer, inUnit } from '../../harness/ai-service.ts';

const serve = ['/usr/bin/vllm', 'serve', 'm'];

function inOtherEngine(service: AiService): AiService {
  const processes = service.processes.map((process) => ({ ...process, containerId: 'a'.repeat(64) }));
  return { ...service, processes };
}

describe('who can connect to a service', () => {
  test.each([
    ['its sockets are on loopback', inUnit('vllm', { listens: ['127.0.0.1:8000', '::1:8000'] }), 'loopback'],
    ['one is not', inUnit('vllm', { listens: ['127.0.0.1:8000', '0.0.0.0:29500'] }), 'beyond'],
    [
      'sockets beat settings',
      inUnit('vllm', { argv: [...serve, '--host', '127.0.0.1'], listens: [':::8000'] }),
      'beyond',
    ],
    ['no socket seen, its default', inUnit('vllm', { argv: serve }), 'beyond'],
    ['no socket seen, its argument', inUnit('vllm', { argv: [...serve, '--host', '127.0.0.1'] }), 'loopback'],
    [
      'a variable with a port',
      inUnit('localai', { argv: ['local-ai', 'run'], environment: { LOCALAI_ADDRESS: '127.0.0.1:8080' } }),
      'loopback',
    ],
    [
      'a port alone',
      inUnit('localai', { argv: ['local-ai', 'run'], environment: { LOCALAI_ADDRESS: ':8080' } }),
      'beyond',
    ],
    ['a name', inUnit('vllm', { argv: [...serve, '--host', 'gpu-box'] }), 'unknown'],
    [
      'a default that is not known',
      inUnit('sglang', { argv: ['python3', '-m', 'sglang.launch_server'] }),
      'unknown',
    ],
    ['a script starts it', inUnit('vllm', { argv: ['/opt/run.sh'] }), 'unknown'],
    [
      'a process in a container that no engine told of',
      inOtherEngine(asProcess('vllm', { argv: [...serve, '--host', '0.0.0.0'] })),
      'unknown',
    ],
    [
      'such a process with a socket of the host',
      inOtherEngine(asProcess('vllm', { argv: serve, listens: ['0.0.0.0:8000'] })),
      'beyond',
    ],
    ['a container that publishes nothing', inContainer('vllm'), 'loopback'],
    [
      'a container with an address of its own',
      inContainer('vllm', { openNetworks: ['macvlan'], publishes: ['127.0.0.1:8000'] }),
      'unknown',
    ],
    [
      'published, and with an address of its own',
      inContainer('vllm', { openNetworks: ['macvlan'], publishes: ['0.0.0.0:8000'] }),
      'beyond',
    ],
    ['published on loopback', inContainer('vllm', { publishes: ['127.0.0.1:8000'] }), 'loopback'],
    [
      'published on every address',
      inContainer('vllm', { publishes: ['127.0.0.1:9000', '0.0.0.0:8000'] }),
      'beyond',
    ],
    ['published on IPv6 alone', inContainer('vllm', { publishes: [':::8000'] }), 'beyond'],
    [
      'a container on the host’s network',
      inContainer('vllm', { network: 'host', listens: ['0.0.0.0:8000'] }),
      'beyond',
    ],
    ['another container’s network', inContainer('vllm', { network: 'container:abc' }), 'unknown'],
    ['a pod', inContainer('vllm', { source: 'kubernetes' }), 'unknown'],
  ])('%s', (_, service, state) => {
    expect(reachOf(service)).toMatchObject({ state, because: expect.stringMatching(/\S/) });
  });
});
