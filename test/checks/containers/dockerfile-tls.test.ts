import { describe, expect, test } from '@jest/globals';
import { dockerfileTls } from '../../../src/checks/containers/dockerfile-tls.ts';
import { dockerfiles, paramsOf } from '../../harness/dockerfile.ts';
import { evaluate } from '../../harness/evaluate.ts';

const judge = (text: string) =>
  evaluate(dockerfileTls, { dockerfiles: dockerfiles(text) }, paramsOf('dockerfile-tls-off'));

describe('dockerfile-tls', () => {
  test.each([
    ['fail', 'FROM debian:12\nRUN curl -k https://e.com'],
    ['fail', 'FROM debian:12\nRUN curl -fsSLk https://e.com'],
    ['fail', 'FROM debian:12\nRUN curl --insecure https://e.com'],
    ['fail', 'FROM debian:12\nRUN wget --no-check-certificate https://e.com'],
    ['fail', 'FROM debian:12\nRUN git -c http.sslVerify=false clone https://e.com'],
    ['fail', 'FROM debian:12\nRUN git config --global http.sslVerify false'],
    ['fail', 'FROM debian:12\nRUN git config --global http.https://e.com.sslverify 0'],
    ['fail', 'FROM debian:12\nENV GIT_SSL_NO_VERIFY=1'],
    ['fail', 'FROM debian:12\nRUN GIT_SSL_NO_VERIFY=true git clone https://e.com'],
    ['fail', 'FROM debian:12\nRUN export NODE_TLS_REJECT_UNAUTHORIZED=0'],
    ['fail', 'FROM debian:12\nENV NODE_TLS_REJECT_UNAUTHORIZED 0'],
    ['fail', 'FROM debian:12\nENV PYTHONHTTPSVERIFY=0'],
    ['fail', 'FROM debian:12\nARG NODE_TLS_REJECT_UNAUTHORIZED=0'],
    ['fail', 'FROM debian:12\nRUN pip install --trusted-host pypi.org a'],
    ['fail', 'FROM debian:12\nRUN python3 -m pip --trusted-host=pypi.org install a'],
    ['fail', 'FROM debian:12\nRUN npm config set strict-ssl false'],
    ['fail', 'FROM debian:12\nRUN npm ci --strict-ssl=false'],
    ['fail', 'FROM debian:12\nRUN apt-get -o Acquire::https::Verify-Peer=false update'],
    ['fail', 'FROM debian:12\nRUN apt-get install -y --allow-unauthenticated a'],
    ['fail', 'FROM debian:12\nRUN echo \'Acquire::https::Verify-Peer "false";\' > /etc/apt/apt.conf.d/x'],
    ['fail', 'FROM debian:12\nRUN echo "deb [trusted=yes] http://e.com /" | tee /etc/apt/sources.list'],
    ['fail', 'FROM debian:12\nCOPY <<EOF /etc/apt/apt.conf.d/x\nAcquire::https::Verify-Peer "false";\nEOF'],
    ['fail', 'FROM debian:12\nRUN cat urls | xargs curl -k'],
    ['fail', 'FROM debian:12\nRUN find . -name x -exec curl -k {} ;'],
    ['fail', 'FROM debian:12\nRUN apk add --allow-untrusted a'],
    ['fail', 'FROM debian:12\nRUN env GIT_SSL_NO_VERIFY=1 git clone x'],
    ['pass', 'FROM debian:12\nRUN curl -fsSL -o k https://e.com'],
    ['pass', 'FROM debian:12\nRUN curl -okey https://e.com'],
    ['pass', 'FROM debian:12\nRUN curl -d "a --insecure b" https://e.com'],
    ['fail', 'FROM debian:12\nRUN curl -o x -k https://e.com'],
    ['pass', 'FROM debian:12\nRUN curl -H "-k" https://e.com'],
    ['pass', 'FROM debian:12\nRUN echo "curl -k"'],
    ['pass', 'FROM debian:12\nRUN echo curl --insecure'],
    ['pass', 'FROM debian:12\nRUN tar -k x'],
    ['pass', 'FROM debian:12\nRUN git config --global http.sslVerify true'],
    ['pass', 'FROM debian:12\nENV NODE_TLS_REJECT_UNAUTHORIZED=1'],
    ['pass', 'FROM debian:12\nRUN pip install --trusted-host localhost a'],
    ['pass', 'FROM debian:12\nRUN echo "set strict-ssl false"'],
    ['pass', 'FROM debian:12\nRUN apt-get -o Acquire::Retries=3 update'],
    ['pass', 'FROM debian:12\nRUN echo "deb [signed-by=/a] https://e.com /" > /etc/apt/sources.list'],
    ['pass', 'FROM debian:12\nRUN # curl -k\nRUN a'],
    ['undetermined', 'FROM debian:12\nRUN a "b'],
    ['fail', 'ARG NODE_TLS_REJECT_UNAUTHORIZED=0\nFROM node:22'],
  ])('%s: %j', (outcome, text) => {
    expect([...new Set(judge(text).map((verdict) => verdict.outcome))]).toEqual([outcome]);
  });

  test('each has a subject of its own', () => {
    const verdicts = judge(
      'FROM a:1\nRUN curl -k https://e.com && wget --no-check-certificate https://e.com && curl -k https://f.com',
    );
    expect(verdicts).toMatchObject([
      { subject: 'Dockerfile: curl -k', evidence: [{ column: 5 }, { column: 75 }] },
      { subject: 'Dockerfile: wget --no-check-certificate' },
    ]);
  });

  test('takes no longer than a pipeline is long', () => {
    const start = performance.now();
    expect(judge(`FROM a:1\nRUN echo${' | sh'.repeat(50_000)}`)).toMatchObject([{ outcome: 'pass' }]);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
