import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { maskJson, maskSecrets } from '../../src/host/mask.ts';

const M = '<masked>';
const W = '<masked:well-known>';
const P = '<placeholder>';

describe('masks', () => {
  test.each([
    ['POSTGRES_PASSWORD=hunter2', `POSTGRES_PASSWORD=${M}`],
    ['export OPENAI_API_KEY=abc def # mine', `export OPENAI_API_KEY=${M}`],
    ['Environment="VLLM_API_KEY=two words" OTHER=1', `Environment="VLLM_API_KEY=${M}" OTHER=1`],
    ['Environment=A_TOKEN=abc B=plain', `Environment=A_TOKEN=${M} B=plain`],
    ['Environment=B=plain A_SECRET=abc', `Environment=B=plain A_SECRET=${M}`],
    ['password = "a b" # c', `password = "${M}" # c`],
    ['  password: hunter2', `  password: ${M}`],
    ['  password: ${P:-hunter2}', `  password: \${P:-${M}}`],
    ['{a: {password: ${P:-hunter2}, b: 1}}', `{a: {password: \${P:-${M}}, b: 1}}`],
    ['{"Env":["DB_PASSWORD=a b","X=1"]}', `{"Env":["DB_PASSWORD=${M}","X=1"]}`],
    ['{"Cmd":["--api-key","abc","--port","1"]}', `{"Cmd":["--api-key","${M}","--port","1"]}`],
    ['{"apiKey": "abc", "n": 1}', `{"apiKey": "${M}", "n": 1}`],
    ['vllm serve --api-key abc --port 8000', `vllm serve --api-key ${M} --port 8000`],
    ['vllm\0serve\0--api-key\0abc\0--port\u00008000\0', `vllm\0serve\0--api-key\0${M}\0--port\u00008000\0`],
    ['A_TOKEN=abc\0B=plain\0', `A_TOKEN=${M}\0B=plain\0`],
    ['redis://:hunter2@db:6379/0', `redis://:${M}@db:6379/0`],
    ['postgresql://user:hunter2@db/app', `postgresql://user:${M}@db/app`],
    ['Authorization: Bearer abcdef', `Authorization: Bearer ${M}`],
    ['root:$6$saltsalt$hashhashhash:19000::', `root:${M}:19000::`],
    ['x sk-abcdefghijklmnopqrstuv y', `x ${M} y`],
    ['-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\nx\n', `${M}\n\n\nx\n`],
    ['x --api-key "abc def" --port 1', `x --api-key "${M}" --port 1`],
    ["x --api-key 'abc def' --port 1", `x --api-key '${M}' --port 1`],
    ['x --api-key "admin"', `x --api-key "${W}"`],
    ['sh -c "x --api-key \\"abc\\" y"', `sh -c "x --api-key \\"${M}\\" y"`],
    ['sh -c "x A_TOKEN=\\"abc d\\" y"', `sh -c "x A_TOKEN=\\"${M}\\" y"`],
    ['["--api-key", "abc def", "x"]', `["--api-key", "${M}", "x"]`],
    ['["--api-key",\n  "abc"]', `["--api-key",\n  "${M}"]`],
    ['x --gradio-auth admin:abc --y', `x --gradio-auth admin:${M} --y`],
    ['x --gradio-auth "admin:abc" --y', `x --gradio-auth "admin:${M}" --y`],
    ['x --api-auth=u:abc', `x --api-auth=u:${M}`],
    ['["--gradio-api-auth", "u:abc"]', `["--gradio-api-auth", "u:${M}"]`],
    ['x\0--gradio-auth\0u:a b\0y', `x\0--gradio-auth\0u:${M}\0y`],
    ['redis-server --masterauth abc', `redis-server --masterauth ${M}`],
    ['port 6379\nrequirepass abc\n# requirepass x', `port 6379\nrequirepass ${M}\n# requirepass x`],
    ['masterauth "a-b"', `masterauth "${M}"`],
    ['user ai on ~* +@all >abc', `user ai on ~* +@all >${M}`],
    ['user default >abc on', `user default >${M} on`],
    ['requirepass "my secret pass"', `requirepass "${M}"`],
    ["requirepass 'it is long' # x", `requirepass '${M}' # x`],
    ['requirepass "a\\"b cd"', `requirepass "${M}"`],
    ['requirepass ab"cd', `requirepass ${M}`],
    ['redis-cli config set requirepass abc', `redis-cli config set requirepass ${M}`],
    ['sentinel auth-pass mymaster abc', `sentinel auth-pass mymaster ${M}`],
    ['user alice on >one >two', `user alice on >${M} >${M}`],
    ['user alice on ">my pass" +@all', `user alice on ">${M}" +@all`],
    ['user alice on ~a>b >abc', `user alice on ~a>b >${M}`],
    ['user alice on (>abc)', `user alice on (>${M})`],
    ['redis-server --user "alice on >abc"', `redis-server --user "alice on >${M}"`],
    ['["redis-server","--user","alice on >abc"]', `["redis-server","--user","alice on >${M}"]`],
    ['redis-server\0--user\0alice on >abc\0', `redis-server\0--user\0alice on >${M}\0`],
    ['redis-cli ACL SETUSER alice on >abc', `redis-cli ACL SETUSER alice on >${M}`],
    ['user nginx;', 'user nginx;'],
    ['user  www-data www-data;', 'user  www-data www-data;'],
    ['SECRET_KEY_BASE=abc', `SECRET_KEY_BASE=${M}`],
    ['- name: DB_PASSWORD\n  value: a#b c # mine', `- name: DB_PASSWORD\n  value: ${M} # mine`],
    ['- name: "DB_PASSWORD"\n  value: "a b"\n', `- name: "DB_PASSWORD"\n  value: "${M}"\n`],
    ["- {name: DB_PASSWORD, value: 'a b'}", `- {name: DB_PASSWORD, value: '${M}'}`],
    ['[{name: DB_PASSWORD, value: abc}]', `[{name: DB_PASSWORD, value: ${M}}]`],
    ['{"name":"DB_PASSWORD","value":"abc"}', `{"name":"DB_PASSWORD","value":"${M}"}`],
    ['- name: PORT\n  value: abc\n', '- name: PORT\n  value: abc\n'],
    ['- name: DB_PASSWORD\n  valueFrom: x', '- name: DB_PASSWORD\n  valueFrom: x'],
    ['DB_PASSWORD_2=abc', `DB_PASSWORD_2=${M}`],
    ['OPENAI_API_KEYS=abc', `OPENAI_API_KEYS=${M}`],
    ['POSTGRES_PASSWORD=/8fjA9dk==', `POSTGRES_PASSWORD=${M}`],
    ['ADMIN_PASSWORD=!Hunter22', `ADMIN_PASSWORD=${M}`],
    ['ADMIN_PASSWORD=$ecret!', `ADMIN_PASSWORD=${M}`],
    ['NEO4J_AUTH=neo4j/S3cretPw99', `NEO4J_AUTH=${M}`],
    ['LITELLM_SALT_KEY=abc', `LITELLM_SALT_KEY=${M}`],
    ['AZURE_OPENAI_KEY=abc', `AZURE_OPENAI_KEY=${M}`],
    ['FLOWISE_SECRETKEY_OVERWRITE=abc', `FLOWISE_SECRETKEY_OVERWRITE=${M}`],
    ['AIRFLOW__CORE__FERNET_KEY=abc', `AIRFLOW__CORE__FERNET_KEY=${M}`],
    ['MYSQL_PWD=abc', `MYSQL_PWD=${M}`],
    ['CHROMA_SERVER_AUTHN_CREDENTIALS=abc', `CHROMA_SERVER_AUTHN_CREDENTIALS=${M}`],
    ['{"auths":{"r":{"auth":"dXNlcjpwYXNz"}}}', `{"auths":{"r":{"auth":"${M}"}}}`],
    ['A=1\0DB_PASSWORD=abc,def ghi\0B=2\0', `A=1\0DB_PASSWORD=${M}\0B=2\0`],
    ['vllm\0--password\0abc,defgh\0', `vllm\0--password\0${M}\0`],
    ['Environment=DB_PASSWORD=abc,def B=2', `Environment=DB_PASSWORD=${M} B=2`],
    ['redis://u:p@ss@h:1', `redis://u:${M}@h:1`],
    ['redis://u:p/w@h', `redis://u:${M}@h`],
    ['PGPASSWORD: "$${DB:-abc}"', `PGPASSWORD: "$\${DB:-${M}}"`],
    ['PGPASSWORD: $$5ecret', `PGPASSWORD: ${M}`],
    ['DB_PASSWORD=${PG:-hunter2}', 'DB_PASSWORD=${PG:-<masked>}'],
    // The examples of LibreChat, Dify and Langfuse, copied into servers.
    [
      'CREDS_KEY=f34be427ebb29de8d88c107a71546019685ed8b241d8f2ed00c3df97ad2566f0',
      'CREDS_KEY=<masked:well-known>',
    ],
    [
      'PLUGIN_DAEMON_KEY=lYkiYYT6owG+71oLerGzA7GXCgOT++6ovaezWAjpCjf+Sjc3ZtU+qUEi',
      'PLUGIN_DAEMON_KEY=<masked:well-known>',
    ],
    ['API_TOKENS=9f3c2a', `API_TOKENS=${M}`],
    ['auth_tokens: "12ab-34cd"', `auth_tokens: "${M}"`],
    ['ADMIN_PASSWORD=changeme', `ADMIN_PASSWORD=${W}${P}`],
    ['  token: YOUR_API_TOKEN_HERE', `  token: ${M}${P}`],
    ['  token: "<token>"', `  token: "${M}${P}"`],
    ['  password: UkVQTEFDRV9NRQ==', `  password: ${M}${P}`],
    ['password: put-5f2e-here', `password: ${M}`],
    [`ENCRYPTION_KEY=${'0'.repeat(64)}`, 'ENCRYPTION_KEY=<masked:well-known>'],
    ['SALT=mysalt', 'SALT=<masked:well-known>'],
    ['NEO4J_AUTH=neo4j/password', 'NEO4J_AUTH=<masked:well-known>'],
    ['DB_PASSWORD=${PG:-postgres}', 'DB_PASSWORD=${PG:-<masked:well-known>}'],
    ['MINIO_ROOT_PASSWORD=minioadmin', `MINIO_ROOT_PASSWORD=${W}`],
    ['GF_SECURITY_ADMIN_PASSWORD="Admin"', `GF_SECURITY_ADMIN_PASSWORD="${W}"`],
  ])('%j', (text, masked) => {
    expect(maskSecrets(text)).toBe(masked);
  });
});

describe('masks in JSON', () => {
  test.each([
    [{ Env: ['DB_PASSWORD=a"b c', 'X=1'] }, { Env: [`DB_PASSWORD=${M}`, 'X=1'] }],
    [{ Cmd: ['--api-key', 'abc', '--port', '1'] }, { Cmd: ['--api-key', M, '--port', '1'] }],
    [{ Cmd: ['--token', '--port'] }, { Cmd: ['--token', '--port'] }],
    [
      { clientSecret: "it's", n: 1, b: null },
      { clientSecret: M, n: 1, b: null },
    ],
    [{ Labels: { traefik: '{"apiKey":"abc"}' } }, { Labels: { traefik: `{"apiKey":"${M}"}` } }],
    [
      { Cmd: ["sh -c 'PASSWORD=abc", "'"], Id: 'x' },
      { Cmd: [`sh -c 'PASSWORD=${M}`, "'"], Id: 'x' },
    ],
    [{ POSTGRES_PASSWORD: 'postgres' }, { POSTGRES_PASSWORD: W }],
  ])('%j', (value, masked) => {
    expect(JSON.parse(maskJson(JSON.stringify(value)))).toEqual(masked);
  });

  test('text that is no JSON is masked as text', () => {
    expect(maskJson('A_TOKEN=abc')).toBe(`A_TOKEN=${M}`);
  });

  test('masking twice is masking once', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const once = maskJson(JSON.stringify(value));
        expect(maskJson(once)).toBe(once);
      }),
    );
  });
});

describe('leaves alone', () => {
  test.each([
    'PasswordAuthentication=yes',
    'PasswordAuthentication yes',
    'passwordauthentication yes\nkbdinteractiveauthentication no\n',
    'LoadCredential=key:/etc/key',
    'POSTGRES_PASSWORD=${DB_PASSWORD}',
    'POSTGRES_PASSWORD: ${DB_PASSWORD}',
    '  POSTGRES_PASSWORD: ${DB_PASSWORD:?}',
    'POSTGRES_PASSWORD: ${A:-${B}}',
    '- A_TOKEN=${A:-${B:-}}',
    'environment: {A_TOKEN: ${TOKEN}, B: 1}',
    // Compose makes one dollar of two, and the shell in the container sees a variable.
    'command: sh -c "redis-server --requirepass $${REDIS_PASSWORD}"',
    'command: vllm serve --api-key $${API_KEY} --port 1',
    'PGPASSWORD: "$${DB}"',
    'PGPASSWORD: $$DB',
    '{PGPASSWORD: $${DB}, A: 1}',
    'command: PGPASSWORD=$$(cat /run/secrets/db) psql',
    'mysqladmin ping -p$$MYSQL_ROOT_PASSWORD',
    'POSTGRES_PASSWORD_FILE=/run/secrets/db',
    'SECRET_KEY=/run/secrets/key',
    "c.ServerApp.token = ''",
    'JUPYTER_TOKEN=',
    '{"Cmd":["--ServerApp.token=","--ServerApp.password="],"Id":"x"}',
    '[{"Command":"start.sh --ServerApp.token= --ServerApp.password=","Id":"x"},{"Id":"y"}]',
    'secret: true',
    '{"max_token": 4096, "SandboxKey": "/var/run/docker/netns/1"}',
    '--max-num-batched-tokens 8192',
    'LLM_MAX_TOKENS=4096',
    'PASSWORD_FILE=/run/secrets/x',
    '%sudo ALL=(ALL) NOPASSWD: ALL',
    'passwd:         files systemd',
    'token:x:0:0::/root:/bin/bash\npass:x:1000:1000::/home/pass:/bin/sh',
    'PWD=/root',
    'http://127.0.0.1:8000/v1@x',
    'ssl_certificate_key /etc/ssl/k.pem;',
    'HOST_KEY=/etc/ssh/ssh_host_ed25519_key',
    'DB_PASSWORD=$DB_PASSWORD',
    'DB_PASSWORD=${DB_PASSWORD}',
    'TOKENIZER=fast',
    'DB_PASSWORD=ENC[AES256_GCM,data:dGVzdA==,iv:a+b=,tag:c/d=,type:str]',
    '  password: ENC[AES256_GCM,data:dGVzdA==,iv:a+b=,tag:c/d=,type:str]',
    '{"password": "ENC[AES256_GCM,data:dGVzdA==,iv:a+b=,tag:c/d=,type:str]"}',
    'API_KEY=op://vault/item/field',
    'proxy_pass http://127.0.0.1:8000;',
    'AuthorizedKeysFile .ssh/authorized_keys',
    '-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT',
    'ExecStart=/usr/bin/vllm serve --api-key ${VLLM_API_KEY} --port 8000',
    '["x --token ", "next"]',
    'x --gradio-auth-path /etc/x --http-auth http://h:80/',
    'db:\n  password:\n    secretKeyRef: x\n',
  ])('%j', (text) => {
    expect(maskSecrets(text)).toBe(text);
  });
});
