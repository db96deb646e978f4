import { describe, expect, test } from '@jest/globals';
import { authenticationOf } from '../../../src/facts/catalogue/authentication.ts';
import { catalogue } from '../../../src/facts/catalogue/catalogue.ts';
import { asProcess, byPort, inContainer, inUnit } from '../../harness/ai-service.ts';

const known = '<masked:well-known>';

describe('what a service asks of a client', () => {
  test.each([
    ['ollama never asks', inUnit('ollama', { argv: ['/usr/bin/ollama', 'serve'] }), 'none'],
    ['ollama ignores a key', inContainer('ollama', { environment: { OLLAMA_API_KEY: 'k' } }), 'none'],
    ['vllm without a key', inContainer('vllm'), 'none'],
    ['neo4j with a password', inContainer('neo4j', { environment: { NEO4J_AUTH: '<masked>' } }), 'proved'],
    [
      'neo4j with one of the examples',
      inContainer('neo4j', { environment: { NEO4J_AUTH: '<masked:well-known>' } }),
      'none',
    ],
    ['neo4j with none', inContainer('neo4j', { environment: { NEO4J_AUTH: 'none' } }), 'none'],
    ['vllm’s key leaves ways to use it', inContainer('vllm', { argv: ['--api-key', 'k'] }), 'partial'],
    ['vllm with an empty key', inContainer('vllm', { argv: ['--api-key', ''] }), 'none'],
    [
      'llama.cpp with a key file',
      inUnit('llamacpp-server', { argv: ['llama-server', '--api-key-file', '/k'] }),
      'proved',
    ],
    [
      'litellm with a key',
      inContainer('litellm', { environment: { LITELLM_MASTER_KEY: '<masked>' } }),
      'proved',
    ],
    ['litellm with sk-1234', inContainer('litellm', { environment: { LITELLM_MASTER_KEY: known } }), 'none'],
    ['litellm with a file', inContainer('litellm', { argv: ['--config', '/app/config.yaml'] }), 'unknown'],
    [
      'sglang with only an admin key',
      inContainer('sglang', { argv: ['python3', '-m', 'sglang.launch_server', '--admin-api-key', 'k'] }),
      'none',
    ],
    [
      'anythingllm with half of it',
      inContainer('anythingllm', { environment: { AUTH_TOKEN: 'x' } }),
      'unknown',
    ],
    [
      'anythingllm with both',
      inContainer('anythingllm', { environment: { AUTH_TOKEN: 'x', JWT_SECRET: 'y' } }),
      'proved',
    ],
    [
      'anythingllm in development',
      inContainer('anythingllm', {
        environment: { AUTH_TOKEN: 'x', JWT_SECRET: 'y', NODE_ENV: 'development' },
      }),
      'none',
    ],
    [
      'jupyter with LabApp’s token emptied',
      inContainer('jupyter', { argv: ['jupyter', 'lab', "--LabApp.token=''"] }),
      'none',
    ],
    [
      'jupyter with LabApp’s token emptied and a password',
      inContainer('jupyter', { argv: ['jupyter', 'lab', '--LabApp.token=', '--LabApp.password=<masked>'] }),
      'proved',
    ],
    [
      'jupyter with a token that all know',
      inContainer('jupyter', { environment: { JUPYTER_TOKEN: known } }),
      'none',
    ],
    [
      'jupyter where a flag goes before that',
      inContainer('jupyter', {
        environment: { JUPYTER_TOKEN: known },
        argv: ['jupyter', 'lab', '--ServerApp.token=<masked>'],
      }),
      'proved',
    ],
    [
      'tabbyapi switched off by a variable',
      inContainer('tabbyapi', { environment: { TABBY_NETWORK_DISABLE_AUTH: 'true' } }),
      'none',
    ],
    ['weaviate without a scheme', inContainer('weaviate'), 'none'],
    [
      'weaviate without a scheme, and anonymous access off',
      inContainer('weaviate', { environment: { AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED: 'false' } }),
      'none',
    ],
    [
      'weaviate with keys',
      inContainer('weaviate', { environment: { AUTHENTICATION_APIKEY_ENABLED: 'enabled' } }),
      'proved',
    ],
    [
      'weaviate with keys and anonymous access',
      inContainer('weaviate', {
        environment: { AUTHENTICATION_APIKEY_ENABLED: 'true', AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED: 'on' },
      }),
      'none',
    ],
    ['Bitnami’s redis without a password', inContainer('redis-bitnami'), 'none'],
    [
      'Bitnami’s redis with one, whatever else is allowed',
      inContainer('redis-bitnami', { environment: { REDIS_PASSWORD: 'x', ALLOW_EMPTY_PASSWORD: 'yes' } }),
      'proved',
    ],
    [
      'Bitnami’s redis with one that a mounted file does not have',
      inContainer('redis-bitnami', {
        environment: { REDIS_PASSWORD: 'x' },
        mounts: ['/opt/bitnami/redis/mounted-etc/redis.conf'],
      }),
      'unknown',
    ],
    ['redis knows no such variable', inContainer('redis', { environment: { REDIS_PASSWORD: 'x' } }), 'none'],
    [
      'Bitnami’s MongoDB with a password',
      inContainer('mongodb-bitnami', { environment: { MONGODB_ROOT_PASSWORD: 'x' } }),
      'proved',
    ],
    [
      'Bitnami’s MongoDB with one that it does not ask for',
      inContainer('mongodb-bitnami', {
        environment: { MONGODB_ROOT_PASSWORD: 'x', MONGODB_DISABLE_ENFORCE_AUTH: 'yes' },
      }),
      'none',
    ],
    ['code-server of LinuxServer.io without a password', inContainer('code-server-linuxserver'), 'none'],
    [
      'code-server of LinuxServer.io with one',
      inContainer('code-server-linuxserver', { environment: { HASHED_PASSWORD: '<masked>' } }),
      'proved',
    ],
    [
      'cadvisor’s API asks for nothing',
      inContainer('cadvisor', { argv: ['--http_auth_file', '/f'] }),
      'partial',
    ],
    [
      'open-webui that believes a header',
      inContainer('open-webui', {
        environment: {
          WEBUI_ADMIN_EMAIL: 'a@b',
          WEBUI_ADMIN_PASSWORD: '<masked>',
          WEBUI_AUTH_TRUSTED_EMAIL_HEADER: 'X-Email',
        },
      }),
      'none',
    ],
    [
      'grafana that believes a header',
      inContainer('grafana', {
        environment: { GF_SECURITY_ADMIN_PASSWORD: '<masked>', GF_AUTH_PROXY_ENABLED: 'true' },
      }),
      'none',
    ],
    [
      'grafana that believes a proxy’s header',
      inContainer('grafana', {
        environment: {
          GF_SECURITY_ADMIN_PASSWORD: '<masked>',
          GF_AUTH_PROXY_ENABLED: 'true',
          GF_AUTH_PROXY_WHITELIST: '10.0.0.2',
        },
      }),
      'proved',
    ],
    [
      'neo4j switched off by its configuration',
      inContainer('neo4j', {
        environment: { NEO4J_AUTH: '<masked>', NEO4J_dbms_security_auth__enabled: 'false' },
      }),
      'none',
    ],
    [
      'jupyterhub with the dummy authenticator’s class',
      inContainer('jupyterhub', {
        argv: ['jupyterhub', '--JupyterHub.authenticator_class=jupyterhub.auth.DummyAuthenticator'],
      }),
      'none',
    ],
    ['open-webui may be unclaimed', inContainer('open-webui'), 'unknown'],
    [
      'open-webui with its admin made',
      inContainer('open-webui', {
        environment: { WEBUI_ADMIN_EMAIL: 'a@b', WEBUI_ADMIN_PASSWORD: '<masked>' },
      }),
      'proved',
    ],
    ['open-webui without login', inContainer('open-webui', { environment: { WEBUI_AUTH: 'False' } }), 'none'],
    [
      'open-webui with a value it takes for no',
      inContainer('open-webui', { environment: { WEBUI_AUTH: '1' } }),
      'none',
    ],
    ['jupyter by default', inContainer('jupyter', { argv: ['start-notebook.py'] }), 'proved'],
    [
      'jupyter with an empty token',
      inContainer('jupyter', { argv: ['start-notebook.py', '--IdentityProvider.token='] }),
      'none',
    ],
    [
      'jupyter with a quoted empty token',
      inContainer('jupyter', { argv: ['start-notebook.py', "--NotebookApp.token=''"] }),
      'none',
    ],
    [
      'jupyter with a password instead',
      inContainer('jupyter', {
        argv: ['start-notebook.py', '--ServerApp.token=', '--ServerApp.password=<masked>'],
      }),
      'proved',
    ],
    [
      'jupyter ignores an empty variable',
      inContainer('jupyter', { argv: ['start-notebook.py'], environment: { JUPYTER_TOKEN: '' } }),
      'proved',
    ],
    [
      'jupyter on the host has files',
      asProcess('jupyter', { argv: ['/usr/bin/python3', '/usr/bin/jupyter-lab'] }),
      'unknown',
    ],
    [
      'postgres asks',
      inContainer('postgresql', { environment: { POSTGRES_PASSWORD: '<masked>' } }),
      'proved',
    ],
    [
      'postgres with trust',
      inContainer('postgresql', { environment: { POSTGRES_HOST_AUTH_METHOD: 'trust' } }),
      'none',
    ],
    ['redis in its image', inContainer('redis'), 'none'],
    [
      'redis with a password',
      inContainer('redis', { argv: ['redis-server', '--requirepass', '<masked>'] }),
      'proved',
    ],
    ['minio by default is minioadmin', inContainer('minio', { argv: ['server', '/data'] }), 'none'],
    [
      'minio with a password',
      inContainer('minio', { environment: { MINIO_ROOT_PASSWORD: '<masked>' } }),
      'proved',
    ],
    ['minio with a known one', inContainer('minio', { environment: { MINIO_ROOT_PASSWORD: known } }), 'none'],
    [
      'mongo with half of it',
      inContainer('mongodb', { environment: { MONGO_INITDB_ROOT_USERNAME: 'a' } }),
      'none',
    ],
    [
      'mongo with both and --noauth',
      inContainer('mongodb', {
        argv: ['mongod', '--noauth'],
        environment: { MONGO_INITDB_ROOT_USERNAME: 'a', MONGO_INITDB_ROOT_PASSWORD: '<masked>' },
      }),
      'none',
    ],
    ['elasticsearch depends on its version', inContainer('elasticsearch'), 'unknown'],
    [
      'elasticsearch with security off',
      inContainer('elasticsearch', { environment: { 'xpack.security.enabled': 'false' } }),
      'none',
    ],
    ['qdrant without a key', inContainer('qdrant'), 'none'],
    [
      'qdrant with a key',
      inContainer('qdrant', { environment: { QDRANT__SERVICE__API_KEY: '<masked>' } }),
      'proved',
    ],
    [
      'qdrant with its configuration mounted',
      inContainer('qdrant', { mounts: ['/qdrant/config/production.yaml'] }),
      'unknown',
    ],
    ['prometheus', inContainer('prometheus'), 'none'],
    [
      'prometheus with a web file',
      inContainer('prometheus', { argv: ['--web.config.file=/w.yml'] }),
      'unknown',
    ],
    ['a guess by port', byPort('ollama', '0.0.0.0:11434'), 'unknown'],
    ['what is from memory', inContainer('tei', { environment: { API_KEY: 'k' } }), 'unknown'],
  ])('%s', (_, service, state) => {
    const { because, ...answer } = authenticationOf(service);
    expect({ state: answer.state, because }).toEqual({ state, because: expect.stringMatching(/\S/) });
  });

  test('no service is proved by a start that was not seen', () => {
    for (const { id, auth } of catalogue().services) {
      if (auth.default === 'required' && auth.disabledBy.length === 0) continue;
      const { state } = authenticationOf(
        inUnit(id, { argv: ['/opt/start.sh'], unseen: '/etc/x.env may not be read' }),
      );
      expect({ id, state }).toEqual({ id, state: expect.stringMatching(/unknown|none/) });
    }
  });
});
