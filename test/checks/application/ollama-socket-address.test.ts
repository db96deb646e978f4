import { describe, expect, test } from '@jest/globals';
import { ollamaSocketAddress } from '../../../src/checks/application/ollama-socket-address.ts';
import { inUnit } from '../../harness/ai-service.ts';
import { evaluate } from '../../harness/evaluate.ts';

const argv = ['/usr/local/bin/ollama', 'serve'];

function unit(host?: string) {
  return inUnit('ollama', { argv, environment: host === undefined ? {} : { OLLAMA_HOST: host } });
}

describe('ollama-socket-address', () => {
  test.each([
    ['fail', 'unix:///run/ollama.sock', 'listens on 127.0.0.1:11434 over TCP'],
    ['fail', '/run/ollama.sock', 'listens on 127.0.0.1:11434 over TCP'],
    ['fail', '"unix:///run/ollama.sock"', 'listens on 127.0.0.1:11434 over TCP'],
    ['fail', 'unix:/run/ollama.sock', expect.stringContaining('does not start')],
    ['fail', 'unix://run/ollama.sock', expect.stringContaining('does not start')],
    ['pass', '0.0.0.0:11434', undefined],
    ['pass', 'http://unix:80', undefined],
  ])('%s: %s', (outcome, host, instead) => {
    const [verdict] = evaluate(ollamaSocketAddress, { services: [unit(host)] });
    expect(verdict).toMatchObject(instead === undefined ? { outcome } : { outcome, data: { instead } });
  });

  test.each([
    ['pass', [unit()]],
    ['undetermined', [inUnit('ollama', { argv: ['/opt/start.sh'] })]],
    ['not-applicable', []],
  ])('%s', (outcome, services) => {
    expect(evaluate(ollamaSocketAddress, { services })).toMatchObject([{ outcome }]);
  });
});
