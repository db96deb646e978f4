import { describe, expect, test } from '@jest/globals';
import signUp from '../../../rules/application/webui-signup-open.yaml';
import { authenticationMissing } from '../../../src/checks/application/authentication-missing.ts';
import { dangerousSetting } from '../../../src/checks/application/dangerous-setting.ts';
import { ollamaBind } from '../../../src/checks/application/ollama-bind.ts';
import { ollamaSocketAddress } from '../../../src/checks/application/ollama-socket-address.ts';
import { signUpOpen } from '../../../src/checks/application/sign-up-open.ts';
import type { Stopgap } from '../../../src/engine/check.ts';
import { unknown } from '../../../src/host/evidence.ts';
import { inContainer } from '../../harness/ai-service.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { noStopgaps } from '../../harness/exposures.ts';

const stopgap: Stopgap = {
  fix: { summary: 'Until then, close it.', commands: [], verify: [], undo: [], risk: 'none' },
  data: {},
};
const publishes = ['0.0.0.0:8000'];
const vllm = inContainer('vllm', { publishes, argv: ['vllm', 'serve', '--trust-remote-code'] });
const ollama = (host: string) =>
  inContainer('ollama', { network: 'host', environment: { OLLAMA_HOST: host } });

describe.each([
  [authenticationMissing, vllm, { services: ['vllm'], loopbackPasses: true }],
  [dangerousSetting, vllm, { severity: 'high' }],
  [signUpOpen, inContainer('open-webui', { publishes }), (signUp as { with: unknown }).with],
  [ollamaBind, ollama('0.0.0.0'), {}],
  [ollamaSocketAddress, ollama('unix:///run/ollama.sock'), {}],
])('a failure of $id', (check, service, params) => {
  const judged = (stopgaps: unknown) =>
    evaluate(check, { services: [service], stopgaps }, params).filter(({ outcome }) => outcome === 'fail');

  test('brings what closes its service', () => {
    const closing = { ...noStopgaps, closingService: (of: unknown) => (of === service ? [stopgap] : []) };
    expect(judged(closing)).toMatchObject([{ stopgaps: [stopgap] }]);
  });

  test('brings nothing where the doors were not seen', () => {
    expect(judged(unknown('denied', 'no root', 'the firewall'))).toMatchObject([{ stopgaps: [] }]);
  });
});
