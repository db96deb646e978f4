import { describe, expect, test } from '@jest/globals';
import { maskSecrets } from '../../src/host/mask.ts';

const M = '<masked>';

/** A backslash at the end of a line belongs to the file: without it, what follows would be no part of the setting. */
describe('leaves a line that goes on going on', () => {
  test.each([
    [
      'Environment=E=a@b A_PASSWORD=abc\\\n  WEBUI_AUTH=false',
      `Environment=E=a@b A_PASSWORD=${M}\\\n  WEBUI_AUTH=false`,
    ],
    ['Environment=A_PASSWORD=\\\n  B=false', 'Environment=A_PASSWORD=\\\n  B=false'],
    ['Environment=A_PASSWORD=abc\\\nB=false', `Environment=A_PASSWORD=${M}\\\nB=false`],
    ['Environment=A=1 \\\n  A_PASSWORD=abc B=false', `Environment=A=1 \\\n  A_PASSWORD=${M} B=false`],
    [
      'ExecStart=/x --api-key=abc\\\n  --trust-remote-code',
      `ExecStart=/x --api-key=${M}\\\n  --trust-remote-code`,
    ],
    ['ExecStart=/x --api-key=abc\\\n--port=80', `ExecStart=/x --api-key=${M}\\\n--port=80`],
    ['ExecStart=/x --api-key abc\\\n  --port 80', `ExecStart=/x --api-key ${M}\\\n  --port 80`],
    ['ENV API_TOKEN=abc\\\r\n    MODE=prod', `ENV API_TOKEN=${M}\\\r\n    MODE=prod`],
    ['ENV API_TOKEN=abc\\ \n    MODE=prod', `ENV API_TOKEN=${M}\\ \n    MODE=prod`],
    ['ENV A_PASSWORD=S3cr\\\netpart2 B=1', `ENV A_PASSWORD=${M}\\\n${M} B=1`],
    ['ENV A_PASSWORD=S3\\\ncr\\\netpart2==', `ENV A_PASSWORD=${M}\\\n${M}\\\n${M}`],
    ['ENV A_PASSWORD S3cr\\\netpart2', `ENV A_PASSWORD ${M}\\\n${M}`],
    ['ENV A_PASSWORD="S3cr\\\n  etpart2" B=1', `ENV A_PASSWORD="${M}\\\n  ${M}" B=1`],
    ["RUN x 'A_PASSWORD=S3cr\\\netpart2' y", `RUN x 'A_PASSWORD=${M}\\\n${M}' y`],
    ['RUN x --token abc\\\ndef --y', `RUN x --token ${M}\\\n${M} --y`],
    ['RUN NEO4J_AUTH=neo4j/abc\\\ndef x', `RUN NEO4J_AUTH=${M}\\\n${M} x`],
    ['A_PASSWORD=abc\\\n# a comment', `A_PASSWORD=${M}\\\n# a comment`],
    ['ENV A_PASSWORD=a\\ b\\c B=1', `ENV A_PASSWORD=${M} B=1`],
    [
      '{"run": "x \\"A_PASSWORD=abc\\" y A_TOKEN=abc\\\\"}',
      `{"run": "x \\"A_PASSWORD=${M}\\" y A_TOKEN=${M}"}`,
    ],
  ])('%j', (text, masked) => {
    expect(maskSecrets(text)).toBe(masked);
  });
});

describe('masks what stands apart from its name', () => {
  test.each([
    ['A_PASSWORD: |\n  abc\n\n   def\nB: 1', `A_PASSWORD: |\n  ${M}\n\n   ${M}\nB: 1`],
    ['- A_PASSWORD: >-\n      abc\n  B: 1', `- A_PASSWORD: >-\n      ${M}\n  B: 1`],
    ['A_PASSWORD: &a |\r\n  abc\r\nB: 1', `A_PASSWORD: &a |\r\n  ${M}\r\nB: 1`],
    ['A_PASSWORD: |\n  ${A}\nB: 1', 'A_PASSWORD: |\n  ${A}\nB: 1'],
    ['A_PASSWORD: &pw abc', `A_PASSWORD: &pw ${M}`],
    ['A_PASSWORD: &pw "abc"', `A_PASSWORD: &pw "${M}"`],
    ['{A_PASSWORD: !!str abc, B: 1}', `{A_PASSWORD: !!str ${M}, B: 1}`],
    ['A_PASSWORD:\n  abc\nB: 1', `A_PASSWORD:\n  ${M}\nB: 1`],
    ['A_PASSWORD:\n  "abc def"\nB: 1', `A_PASSWORD:\n  "${M}"\nB: 1`],
    ['- value: abc\n  name: A_PASSWORD', `- value: ${M}\n  name: A_PASSWORD`],
    ['- value: "a b"\n  name: "A_PASSWORD"', `- value: "${M}"\n  name: "A_PASSWORD"`],
    ["- {value: 'abc', name: A_PASSWORD}", `- {value: '${M}', name: A_PASSWORD}`],
    ['{"value": "abc", "name": "A_PASSWORD"}', `{"value": "${M}", "name": "A_PASSWORD"}`],
    ['- --api-key\n- abc\n- --port', `- --api-key\n- ${M}\n- --port`],
    ['- "--api-key"\n- "a b"', `- "--api-key"\n- "${M}"`],
    ['- --gradio-auth\n- u:abc', `- --gradio-auth\n- u:${M}`],
    ['DB_PW=abc', `DB_PW=${M}`],
    ['x: {db-pw: abc}', `x: {db-pw: ${M}}`],
    ['SMTP_CREDS=abc', `SMTP_CREDS=${M}`],
    ['curl -fsS -u u:abc http://h', `curl -fsS -u u:${M} http://h`],
    ['RUN curl -o x \\\n  --user "u:abc" h', `RUN curl -o x \\\n  --user "u:${M}" h`],
    ['["CMD", "curl", "-u", "u:abc"]', `["CMD", "curl", "-u", "u:${M}"]`],
    ['mysql -pabc&redis-cli -a abc|cat', `mysql -p${M}&redis-cli -a ${M}|cat`],
    ['mysql "-pab&c" x', `mysql "-p${M}" x`],
    ['redis-cli -h r -a abc ping', `redis-cli -h r -a ${M} ping`],
    ['["redis-cli", "-a", "abc", "ping"]', `["redis-cli", "-a", "${M}", "ping"]`],
    ['mysqladmin ping -h db -pabc', `mysqladmin ping -h db -p${M}`],
    ['["CMD", "mysqladmin", "ping", "-pabc"]', `["CMD", "mysqladmin", "ping", "-p${M}"]`],
  ])('%j', (text, masked) => {
    expect(maskSecrets(text)).toBe(masked);
  });

  test.each([
    'secrets:\n  db_password:\n    file: ./x\n  token:\n    environment: TOKEN',
    'secrets:\n  - db_password\n',
    'secrets:\n  "db": {}\n',
    'db_password:\nB: 1',
    'api_key: !secret key_of_mine',
    'A_PASSWORD: *pw',
    '- name: A\n  value: abc\n- name: DB_PASSWORD\n  valueFrom: x',
    '- --api-key\n- --port\n- 80',
    '- --api-key\n- $(API_KEY)',
    'curl -fsS http://h && docker run -u 1000:1000 x',
    'curl -u "${U:-u}:${P}" h',
    'docker run --name mysql -p3306:3306 -p 127.0.0.1:1:1 mysql:8',
    'apt-get install mysql-client && mkdir -p/x && x -p8080',
    'mysql -u root -p db < x',
    'mysqladmin ping -p$$MYSQL_ROOT_PASSWORD',
    'curl -u <masked:well-known> h',
    'redis-cli -a $REDIS_PASSWORD ping',
  ])('and nothing of %j', (text) => {
    expect(maskSecrets(text)).toBe(text);
  });
});
