/** What every rule about Dockerfiles says of a file that cannot be read, and of none. */
import { describe, expect, test } from '@jest/globals';
import { dockerfileApt } from '../../../src/checks/containers/dockerfile-apt.ts';
import { dockerfileBase } from '../../../src/checks/containers/dockerfile-base.ts';
import { dockerfileHealthcheck } from '../../../src/checks/containers/dockerfile-healthcheck.ts';
import { dockerfilePip } from '../../../src/checks/containers/dockerfile-pip.ts';
import { dockerfilePipeShell } from '../../../src/checks/containers/dockerfile-pipe-shell.ts';
import { dockerfileRemoteAdd } from '../../../src/checks/containers/dockerfile-remote-add.ts';
import { dockerfileSecret } from '../../../src/checks/containers/dockerfile-secret.ts';
import { dockerfileTls } from '../../../src/checks/containers/dockerfile-tls.ts';
import { dockerfileUser } from '../../../src/checks/containers/dockerfile-user.ts';
import { dockerfiles, paramsOf } from '../../harness/dockerfile.ts';
import { evaluate } from '../../harness/evaluate.ts';

describe.each([
  ['dockerfile-apt-unpinned', dockerfileApt],
  ['dockerfile-latest', dockerfileBase],
  ['dockerfile-healthcheck-missing', dockerfileHealthcheck],
  ['dockerfile-pip-unhashed', dockerfilePip],
  ['dockerfile-curl-pipe-shell', dockerfilePipeShell],
  ['dockerfile-remote-add', dockerfileRemoteAdd],
  ['dockerfile-secret', dockerfileSecret],
  ['dockerfile-tls-off', dockerfileTls],
  ['dockerfile-root', dockerfileUser],
] as const)('%s', (rule, check) => {
  test('undetermined where the file cannot be read', () => {
    const given = { dockerfiles: dockerfiles('FROM a\nRUN <<EOF') };
    expect(evaluate(check, given, paramsOf(rule))).toMatchObject([
      { outcome: 'undetermined', subject: 'Dockerfile', because: expect.stringContaining('Dockerfile:2') },
    ]);
  });

  test('not-applicable without a Dockerfile', () => {
    const given = { dockerfiles: { files: [], companions: [], paths: [], ignoreFiles: new Map() } };
    expect(evaluate(check, given, paramsOf(rule))).toMatchObject([{ outcome: 'not-applicable' }]);
  });
});
