import { describe, expect, test } from '@jest/globals';
import { signUpOpen } from '../../../src/checks/application/sign-up-open.ts';
import rule from '../../../rules/application/webui-signup-open.yaml';
import { inContainer, inUnit } from '../../harness/ai-service.ts';
import { evaluate } from '../../harness/evaluate.ts';

const params = (rule as { with: unknown }).with;
const publishes = ['0.0.0.0:3000'];

describe('sign-up-open', () => {
  test.each([
    ['fail', 'the default', inContainer('open-webui', { publishes })],
    ['fail', 'said so', inContainer('open-webui', { publishes, environment: { ENABLE_SIGNUP: 'True' } })],
    [
      'fail',
      'LibreChat opened',
      inContainer('librechat', { publishes, environment: { ALLOW_REGISTRATION: 'true' } }),
    ],
    ['pass', 'LibreChat, which is closed until it is opened', inContainer('librechat', { publishes })],
    ['fail', 'Langfuse', inContainer('langfuse', { publishes })],
    ['pass', 'closed', inContainer('open-webui', { publishes, environment: { ENABLE_SIGNUP: 'false' } })],
    [
      'pass',
      'its admin is made',
      inContainer('open-webui', {
        publishes,
        environment: { WEBUI_ADMIN_EMAIL: 'a@b', WEBUI_ADMIN_PASSWORD: '<masked>' },
      }),
    ],
    ['pass', 'loopback', inContainer('open-webui', { publishes: ['127.0.0.1:3000'] })],
    [
      'pass',
      'LibreChat closed',
      inContainer('librechat', { publishes, environment: { ALLOW_REGISTRATION: 'false' } }),
    ],
    [
      'pass',
      'Langfuse closed',
      inContainer('langfuse', { publishes, environment: { AUTH_DISABLE_SIGNUP: 'true' } }),
    ],
    ['undetermined', 'its .env is mounted', inContainer('librechat', { publishes, mounts: ['/app/.env'] })],
    [
      'undetermined',
      'a script starts it',
      inUnit('open-webui', { argv: ['/opt/start.sh'], listens: publishes }),
    ],
    ['undetermined', 'nobody knows who reaches it', inContainer('open-webui', { network: 'container:x' })],
    ['not-applicable', 'no sign-up page', inContainer('ollama', { publishes })],
  ])('%s: %s', (outcome, _, service) => {
    expect(evaluate(signUpOpen, { services: [service] }, params)).toMatchObject([{ outcome }]);
  });

  test('a failure says how it is set and who reaches it', () => {
    const [verdict] = evaluate(signUpOpen, { services: [inContainer('open-webui', { publishes })] }, params);
    expect(verdict).toMatchObject({
      message: 'container',
      data: { state: 'ENABLE_SIGNUP is not set', reach: 'is published on 0.0.0.0:3000', safe: 'False' },
    });
  });
});
