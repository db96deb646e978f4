import { describe, expect, test } from '@jest/globals';
import { dangerousSetting } from '../../../src/checks/application/dangerous-setting.ts';
import hardening from '../../../rules/application/n8n-hardening.yaml';
import { asProcess, byPort, inContainer, inUnit } from '../../harness/ai-service.ts';
import { evaluate } from '../../harness/evaluate.ts';

const high = { severity: 'high' };
const medium = { severity: 'medium' };
const ollama = ['/usr/local/bin/ollama', 'serve'];
const vllm = ['/usr/bin/vllm', 'serve', 'm'];

describe('dangerous-setting', () => {
  test.each([
    ['OLLAMA_ORIGINS', inUnit('ollama', { argv: ollama, environment: { OLLAMA_ORIGINS: '*' } })],
    [
      'OLLAMA_ORIGINS',
      inUnit('ollama', { argv: ollama, environment: { OLLAMA_ORIGINS: 'https://a.b,http://*' } }),
    ],
    ['WEBUI_AUTH', inContainer('open-webui', { environment: { WEBUI_AUTH: 'False' } })],
    ['WEBUI_AUTH', inContainer('open-webui', { environment: { WEBUI_AUTH: '' } })],
    ['--trust-remote-code', inUnit('vllm', { argv: [...vllm, '--trust-remote-code'] })],
    ['--trust-remote-code', inUnit('vllm', { argv: [...vllm, '--trust_remote_code'] })],
    [
      '--trust-remote-code',
      inUnit('vllm', { argv: ['/opt/run.sh'], running: [[...vllm, '--trust-remote-code']] }),
    ],
    ['VLLM_SERVER_DEV_MODE', inContainer('vllm', { environment: { VLLM_SERVER_DEV_MODE: '1' } })],
    [
      'GF_AUTH_ANONYMOUS_ENABLED',
      inContainer('grafana', { environment: { GF_AUTH_ANONYMOUS_ENABLED: 'true' } }),
    ],
    [
      '--tools',
      asProcess('llamacpp-server', { argv: ['/opt/llama-server', '--tools', 'exec_shell_command'] }),
    ],
    [
      '--enable-cors-header',
      asProcess('comfyui', { argv: ['python3', '/opt/ComfyUI/main.py', '--enable-cors-header'] }),
    ],
    [
      '--dashboard-host',
      asProcess('ray', { argv: ['/usr/bin/ray', 'start', '--head', '--dashboard-host=0.0.0.0'] }),
    ],
  ])('fail: %s', (name, service) => {
    const failed = evaluate(dangerousSetting, { services: [service] }, high).filter(
      ({ outcome }) => outcome === 'fail',
    );
    expect(failed).toMatchObject([
      { subject: `${service.label} ${name}`, data: { name, why: expect.any(String) } },
    ]);
  });

  test.each([
    ['pass', 'the defaults', inUnit('ollama', { argv: ollama })],
    [
      'pass',
      'one origin',
      inUnit('ollama', { argv: ollama, environment: { OLLAMA_ORIGINS: 'https://*.example.com' } }),
    ],
    ['pass', 'a login', inContainer('open-webui', { environment: { WEBUI_AUTH: 'True' } })],
    [
      'pass',
      'a secret that nobody knows',
      inContainer('open-webui', { environment: { WEBUI_SECRET_KEY: '<masked>' } }),
    ],
    ['undetermined', 'a script', inUnit('ollama', { argv: ['/opt/start.sh'] })],
    ['undetermined', 'a file that may say so', inUnit('grafana', { argv: ['/usr/sbin/grafana', 'server'] })],
    ['undetermined', 'a guess by port', byPort('ollama', '0.0.0.0:11434')],
    ['not-applicable', 'no such settings', inContainer('tensorboard')],
    ['not-applicable', 'only from memory', inContainer('xinference')],
  ])('%s: %s', (outcome, _, service) => {
    expect(evaluate(dangerousSetting, { services: [service] }, high)).toMatchObject([{ outcome }]);
  });

  test('one finding per setting, and a doubt does not hide it', () => {
    const argv = ['/opt/start.sh'];
    const service = inUnit('ollama', { argv, environment: { OLLAMA_DEBUG_LOG_REQUESTS: '1' } });
    const verdicts = evaluate(dangerousSetting, { services: [service] }, medium);
    expect(verdicts.map(({ outcome }) => outcome)).toEqual(['fail', 'undetermined']);
  });

  test('nothing that looks like a secret is shown', () => {
    const service = asProcess('koboldcpp', {});
    const shown = inContainer('langfuse', {
      environment: { ENCRYPTION_KEY: '<masked:well-known>', SALT: '<masked:well-known>' },
    });
    const unmasked = inContainer('langfuse', { environment: { NEXTAUTH_SECRET: 'mysalt' } });
    const verdicts = evaluate(dangerousSetting, { services: [shown, unmasked, service] }, high);
    expect(JSON.stringify(verdicts)).not.toMatch(/mysalt|0000/);
    expect(verdicts.filter(({ outcome }) => outcome === 'fail')).toHaveLength(2);
  });

  test('a credential is not taken away: that would open the service', () => {
    const key = inUnit('llamacpp-server', { argv: ['/opt/llama-server', '--api-key', 'k', '--props'] });
    const verdicts = evaluate(dangerousSetting, { services: [key] }, medium);
    expect(verdicts).toMatchObject([
      {
        message: 'argument',
        data: { name: '--props' },
      },
      { message: 'secret', data: { name: '--api-key' } },
    ]);
  });

  test('the unit gets a command line without what was found', () => {
    const argv = [...vllm, '--trust-remote-code', '--port', '8000', '--chat', '100% "sure"'];
    expect(evaluate(dangerousSetting, { services: [inUnit('vllm', { argv })] }, high)).toMatchObject([
      {
        message: 'argument',
        data: { execStart: 'ExecStart=/usr/bin/vllm serve m --port 8000 --chat "100%% \\"sure\\""' },
      },
    ]);
  });

  test('a credential that only a variable holds is no obstacle', () => {
    const argv = [...vllm, '--trust-remote-code', '--api-key', '${KEY}', '--max-batched-tokens', '10'];
    expect(evaluate(dangerousSetting, { services: [inUnit('vllm', { argv })] }, high)).toMatchObject([
      { data: { execStart: 'ExecStart=/usr/bin/vllm serve m --api-key ${KEY} --max-batched-tokens 10' } },
    ]);
  });

  test.each([
    ['a credential that the host left', [...vllm, '--trust-remote-code', '--api-key', 'k']],
    ['a credential behind an equals sign', [...vllm, '--trust-remote-code', '--api-key=k']],
    ['a user and a password', [...vllm, '--trust-remote-code', '--gradio-auth', 'u:k']],
    ['a masked argument', [...vllm, '--trust-remote-code', '--hf-token', '<masked>']],
    ['a word that may be the switch’s value', ['/usr/bin/vllm', 'serve', '--trust-remote-code', 'm']],
  ])('it gets none with %s', (_, argv) => {
    const [verdict] = evaluate(dangerousSetting, { services: [inUnit('vllm', { argv })] }, high);
    expect(verdict).toMatchObject({ outcome: 'fail' });
    expect(verdict).not.toHaveProperty('data.execStart');
  });
});

describe('n8n-hardening', () => {
  const params = (hardening as { with: unknown }).with;
  const excluded = '["n8n-nodes-base.executeCommand","n8n-nodes-base.localFileTrigger"]';
  test.each([
    ['pass', {}],
    ['pass', { NODES_EXCLUDE: excluded, N8N_SECURE_COOKIE: 'true' }],
    ['pass', { N8N_RESTRICT_FILE_ACCESS_TO: '/data/shared' }],
    ['pass', { N8N_ENCRYPTION_KEY: '<masked>' }],
    ['fail', { N8N_SECURE_COOKIE: 'false' }],
    ['fail', { NODES_EXCLUDE: '[]' }],
    ['fail', { NODES_EXCLUDE: '[n8n-nodes-base.executeCommand,n8n-nodes-base.localFileTrigger]' }],
    ['fail', { NODES_EXCLUDE: '["n8n-nodes-base.executeCommand"]' }],
    ['fail', { N8N_RESTRICT_FILE_ACCESS_TO: '/' }],
    ['fail', { N8N_RESTRICT_FILE_ACCESS_TO: '' }],
    ['fail', { N8N_RESTRICT_FILE_ACCESS_TO: '/data;/' }],
    ['fail', { N8N_ENCRYPTION_KEY: '<masked:well-known>' }],
    ['fail', { N8N_BLOCK_ENV_ACCESS_IN_NODE: 'false' }],
  ])('%s: %j', (outcome, environment) => {
    const services = [inContainer('n8n', { environment }), inContainer('ollama')];
    expect(evaluate(dangerousSetting, { services }, params)).toMatchObject([{ outcome }]);
  });

  test('without n8n there is nothing to judge', () => {
    expect(evaluate(dangerousSetting, { services: [] }, params)).toMatchObject([
      { outcome: 'not-applicable' },
    ]);
  });
});
