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
    ['ENV A_PASSWORD="S3cr\\\n  etpart2" B=1', `ENV A_PASSWORD="${M}\\\n${M}" B=1`],
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
