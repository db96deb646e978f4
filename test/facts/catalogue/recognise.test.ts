import { describe, expect, test } from '@jest/globals';
import { recogniseImage, recogniseProcess, recogniseUnit } from '../../../src/facts/catalogue/recognise.ts';
import type { Process } from '../../../src/facts/processes.ts';
import { words } from '../../../src/facts/units/words.ts';

function processOf(line: string, more: Partial<Process> = {}): Process {
  const argv = words(line) ?? [];
  return { pid: 1, ppid: 0, name: 'x', argv, exe: null, uid: 1, unit: null, containerId: null, ...more };
}

describe('processes', () => {
  test.each([
    ['/usr/local/bin/ollama serve', 'ollama'],
    ['/snap/ollama/105/bin/ollama start', 'ollama'],
    ['/usr/lib/ollama/ollama runner --model x', 'ollama'],
    // A client serves nobody.
    ['ollama run llama3', undefined],
    ['python3 /opt/venv/bin/vllm chat --url http://gpu:8000/v1', undefined],
    ['/opt/venv/bin/python3.11 /opt/venv/bin/vllm serve meta/llama', 'vllm'],
    ['python3 -m vllm.entrypoints.openai.api_server --model x', 'vllm'],
    ['/venv/bin/python -u -m sglang.launch_server', 'sglang'],
    ['/venv/bin/python /venv/bin/uvicorn open_webui.main:app --port 8080', 'open-webui'],
    ['node /srv/librechat/api/server/index.js', 'librechat'],
    ['node /usr/bin/n8n', 'n8n'],
    ['python main.py --listen', undefined],
    ['python /srv/ComfyUI/main.py --listen', 'comfyui'],
    ['/opt/tritonserver/bin/tritonserver --model-repository=/models', 'triton'],
    // Only mentioned
    ['grep -r ollama /etc', undefined],
    ['vim vllm serve', undefined],
    ['tail -f /var/log/ollama', undefined],
    ['systemctl restart ollama', undefined],
    ['bash -c "ollama serve"', undefined],
    ['python -c ollama', undefined],
    ['python /srv/app.py', undefined],
    ['', undefined],
  ])('%s', (line, id) => {
    expect(recogniseProcess(processOf(line))?.id).toBe(id);
  });

  test('by the kernel’s name and by the program, whatever it calls itself', () => {
    expect(recogniseProcess(processOf('anything', { name: 'VLLM::EngineCore' }))?.id).toBe('vllm');
    expect(recogniseProcess(processOf('x', { exe: '/usr/bin/qdrant (deleted)' }))?.id).toBe('qdrant');
    expect(recogniseProcess(processOf('x', { name: 'python3', exe: '/usr/bin/python3.11' }))).toBeNull();
  });
});

test.each([
  ['ollama/ollama', 'ollama'],
  ['docker.io/ollama/ollama', 'ollama'],
  ['ghcr.io/ollama/ollama', 'ollama'],
  ['harbor.lan:5000/hub/ollama/ollama', 'ollama'],
  ['ghcr.io/open-webui/open-webui', 'open-webui'],
  ['redis', 'redis'],
  ['docker.io/library/redis', 'redis'],
  ['registry.lan/library/redis', 'redis'],
  ['quay.io/jupyter/scipy-notebook', 'jupyter'],
  ['example/ollama', undefined],
  ['example/ollama/ollama-proxy', undefined],
  ['myredis', undefined],
  ['example/redis', undefined],
  ['', undefined],
])('image %s', (repository, id) => {
  expect(recogniseImage(repository)?.id).toBe(id);
});

describe('units', () => {
  const commands = (line: string) => [{ argv: words(line) ?? [] }];
  test.each([
    ['ollama.service', '/bin/sleep 1', 'ollama'],
    ['vllm@llama.service', '/bin/sleep 1', 'vllm'],
    ['llm.service', '/opt/vllm/bin/vllm serve x', 'vllm'],
    ['llm.service', '/bin/sh -c "cd /srv && exec vllm serve x"', 'vllm'],
    ['llm.service', '/usr/bin/env uvx vllm serve x', 'vllm'],
    ['llm.service', '/usr/bin/docker run --name ollama docker.io/vllm/vllm-openai:v1 --model x', 'vllm'],
    ['llm.service', '/usr/bin/docker run alpine ollama serve', undefined],
    ['notify.service', '/bin/sh -c "echo ollama serve failed"', undefined],
    ['ollama-backup.service', '/usr/bin/rsync -a /usr/share/ollama /backup', undefined],
  ])('%s: %s', (name, line, id) => {
    expect(recogniseUnit(name, commands(line))?.id).toBe(id);
  });
});
