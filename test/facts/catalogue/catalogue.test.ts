import { describe, expect, test } from '@jest/globals';
import { Catalogue, catalogue } from '../../../src/facts/catalogue/catalogue.ts';
import type { Condition } from '../../../src/facts/catalogue/catalogue.ts';
import { globExpression } from '../../../src/facts/catalogue/glob.ts';
import { recogniseImage, recogniseProcess, recogniseUnit } from '../../../src/facts/catalogue/recognise.ts';
import { maskSecrets } from '../../../src/host/mask.ts';
import data from '../../../rules/catalogue/services.yaml';
import { hang } from '../../harness/hang.ts';

const { services } = catalogue();
const rows = services.map((service) => [service.id, service] as const);

function conditions(service: (typeof services)[number]): Condition[] {
  return [...service.auth.enabledBy.flat(), ...service.auth.disabledBy.flat(), ...service.dangerous];
}

describe('the service catalogue', () => {
  test('follows its schema and has every service', () => {
    expect(Catalogue.safeParse(data).error).toBeUndefined();
    expect(services).toHaveLength(82);
  });

  test.each(['id', 'name'] as const)('each %s is there once', (key) => {
    expect(new Set(services.map((service) => service[key])).size).toBe(services.length);
  });

  test.each(rows)('%s is recognised by something, and has a remedy', (_, service) => {
    const ways = [...service.processes, ...service.commands, ...service.images, ...service.units];
    expect(ways.length).toBeGreaterThan(0);
    expect(service.remediation.length).toBeGreaterThan(0);
  });

  test.each(rows)('%s: no condition asks for a value that hosts mask', (_, service) => {
    for (const { setting, when } of conditions(service)) {
      const values = 'oneOf' in when ? when.oneOf : 'matches' in when ? [when.matches] : [];
      for (const value of values) {
        const written = setting.kind === 'flag' ? `${setting.name} ${value}` : `${setting.name}=${value}`;
        expect([written, maskSecrets(written)]).toEqual([written, written]);
      }
    }
  });

  test.each(rows)('%s: every pattern compiles, and answers hostile text at once', (_, service) => {
    const hostile = [`${'['.repeat(50)}${',"* '.repeat(2000)}`, 'a'.repeat(20_000), ' '.repeat(5000)];
    for (const { when } of conditions(service)) {
      if (!('matches' in when)) continue;
      const pattern = new RegExp(`^(?:${when.matches})$`, 'is');
      const start = performance.now();
      for (const text of hostile) pattern.test(text);
      expect(performance.now() - start).toBeLessThan(hang);
    }
  });

  test('no program name is an interpreter’s or a server’s that many products use', () => {
    const shared =
      /^(?:python|node|java|bun|deno|npx|npm|uv|uvx|uvicorn|gunicorn|hypercorn|celery|granian|uwsgi|nginx|bash|sh|docker|server|agent|main|app)[\d.]*$/;
    expect(services.flatMap(({ processes }) => processes).filter((name) => shared.test(name))).toEqual([]);
  });

  test.each(['images', 'units', 'processes', 'commands'] as const)(
    'no two services claim one of %s',
    (key) => {
      const claims = services.flatMap((service) => service[key].map((glob) => ({ id: service.id, glob })));
      const clashes = claims.flatMap(({ id, glob }) =>
        claims
          .filter((other) => other.id !== id && globExpression(other.glob).test(glob))
          .map((other) => `${id} and ${other.id}: ${glob}`),
      );
      expect(clashes).toEqual([]);
    },
  );

  test('images are written without tag, units with a type', () => {
    const images = services.flatMap(({ images: each }) => each);
    expect(images.filter((image) => /[@\s]|:[^/]*$/.test(image))).toEqual([]);
    const units = services.flatMap(({ units: each }) => each);
    expect(units.filter((unit) => !/\.(?:service|socket)$/.test(unit))).toEqual([]);
  });

  test('a variable is a name, a flag has its dashes', () => {
    const settings = services.flatMap(conditions).map(({ setting }) => setting);
    const env = settings.filter(({ kind }) => kind === 'env').map(({ name }) => name);
    const flags = settings.filter(({ kind }) => kind === 'flag').map(({ name }) => name);
    expect(env.filter((name) => !/^[A-Za-z_][\w.]*$/.test(name))).toEqual([]);
    expect(flags.filter((name) => !/^--?[A-Za-z][\w.-]*$/.test(name))).toEqual([]);
  });

  test('what is from memory decides nothing', () => {
    const memory = services.filter(({ confirmed }) => confirmed === 'memory');
    expect(memory.map(({ id }) => id)).toEqual(['xinference', 'tei', 'whisper-asr-webservice']);
    expect(memory.flatMap(conditions)).toEqual([]);
  });

  test('what a unit could be started with is not mistaken for a danger: files are never settings in force', () => {
    const kinds = services.flatMap(({ dangerous }) => dangerous).map(({ setting }) => setting.kind);
    expect(new Set(kinds)).toEqual(new Set(['env', 'flag']));
  });
});

describe('recognition by the catalogue', () => {
  test.each([
    ['ollama', ['/usr/local/bin/ollama', 'serve']],
    ['vllm', ['/usr/bin/python3', '-m', 'vllm.entrypoints.openai.api_server', '--model', 'm']],
    ['vllm', ['/opt/venv/bin/python', '/opt/venv/bin/vllm', 'serve', 'm']],
    ['sglang', ['python3', '-m', 'sglang.launch_server', '--model-path', 'm']],
    ['llamacpp-server', ['/opt/llama.cpp/build/bin/llama-server', '-m', 'm.gguf']],
    ['open-webui', ['/usr/bin/python3', '/usr/bin/uvicorn', 'open_webui.main:app', '--host', '0.0.0.0']],
    ['litellm', ['/usr/bin/python3', '/usr/local/bin/litellm', '--config', 'c.yaml']],
    ['n8n', ['node', '/usr/local/bin/n8n', 'start']],
    ['jupyter', ['/opt/venv/bin/python', '/opt/venv/bin/jupyter-lab', '--ip=0.0.0.0']],
    ['mcpo', ['/usr/bin/python3', '/usr/bin/mcpo', '--port', '8000', '--', 'uvx', 'mcp-server-time']],
    ['comfyui', ['python3', '/opt/ComfyUI/main.py', '--listen']],
    ['postgresql', ['/usr/lib/postgresql/15/bin/postgres', '-D', '/var/lib/postgresql/15/main']],
    [null, ['/usr/bin/python3', '-m', 'http.server', '8000']],
    [null, ['node', 'server.js']],
    [null, ['/usr/bin/grep', 'ollama', 'serve']],
  ])('%s runs as %j', (id, argv) => {
    expect(recogniseProcess({ argv, name: '', exe: null })?.id ?? null).toBe(id);
  });

  test.each([
    ['ollama', 'ollama/ollama'],
    ['jupyter', 'quay.io/jupyter/base-notebook'],
    ['jupyter', 'jupyter/scipy-notebook'],
    ['postgresql', 'postgres'],
    ['minio', 'quay.io/minio/minio'],
    [null, 'library/nginx'],
    [null, 'acme/ollama-exporter'],
  ])('%s is the image %s', (id, image) => {
    expect(recogniseImage(image)?.id ?? null).toBe(id);
  });

  test.each([
    ['vllm', 'vllm@llama.service'],
    ['redis', 'redis-server.service'],
    [null, 'ssh.service'],
  ])('%s is the unit %s', (id, unit) => {
    expect(recogniseUnit(unit, [])?.id ?? null).toBe(id);
  });
});
