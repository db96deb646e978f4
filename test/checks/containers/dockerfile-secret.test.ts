import { describe, expect, test } from '@jest/globals';
import { dockerfileSecret } from '../../../src/checks/containers/dockerfile-secret.ts';
import { dockerfiles, paramsOf } from '../../harness/dockerfile.ts';
import { evaluate } from '../../harness/evaluate.ts';

const judge = (text: string) =>
  evaluate(dockerfileSecret, { dockerfiles: dockerfiles(text) }, paramsOf('dockerfile-secret'));

describe('dockerfile-secret', () => {
  test.each([
    ['fail', 'FROM debian:12\nENV OPENAI_API_KEY=sk-abcdefghijklmnopqrstuvwxyz'],
    ['fail', 'FROM debian:12\nENV DB_PASSWORD hunter22'],
    ['fail', 'FROM debian:12\nARG NPM_TOKEN=abcdef'],
    ['fail', 'FROM debian:12\nARG TOKEN=${X:-abcdef12}'],
    ['fail', 'FROM debian:12\nENV A=b \\\n  DB_PASSWORD=hunter22 \\\n  C=d'],
    ['fail', 'FROM debian:12\nRUN curl -H "Authorization: Bearer abcdef" https://e.com'],
    ['fail', 'FROM debian:12\nRUN git clone https://user:hunter22@e.com/a.git'],
    ['fail', 'FROM debian:12\nRUN echo "password=hunter22" > /x'],
    ['fail', 'FROM debian:12\nCOPY .env /app/'],
    ['fail', 'FROM debian:12\nCOPY a .env.production /app/'],
    ['fail', 'FROM debian:12\nADD id_rsa /root/.ssh/'],
    ['fail', 'FROM debian:12\nCOPY --from=x:1 /root/.netrc /root/'],
    ['fail', 'FROM debian:12\nCOPY ["server.key", "/x"]'],
    ['fail', 'FROM debian:12\nENV POSTGRES_PASSWORD=postgres'],
    ['fail', 'FROM debian:12\nLABEL token=abcdef12'],
    ['fail', 'FROM debian:12\nCOPY <<EOF /x\nPASSWORD=hunter22\nEOF'],
    ['fail', 'FROM debian:12\nONBUILD ENV TOKEN=abcdef12'],
    ['fail', 'ARG TOKEN=abcdef12\nFROM debian:12'],
    ['pass', 'FROM debian:12\nENV OPENAI_API_KEY=""'],
    ['pass', 'FROM debian:12\nARG NPM_TOKEN'],
    ['pass', 'FROM debian:12\nRUN --mount=type=secret,id=token TOKEN=$(cat /run/secrets/token) a'],
    ['pass', 'FROM debian:12\nRUN --mount=type=secret,id=hf_token,env=HF_TOKEN a'],
    ['pass', 'FROM debian:12\nENV DB_PASSWORD_FILE=/run/secrets/db'],
    ['pass', 'FROM debian:12\nENV GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D'],
    ['pass', 'FROM debian:12\nCOPY .env.example /app/'],
    ['pass', 'FROM debian:12\nCOPY ca.pem fullchain.pem /x/'],
    ['pass', 'FROM debian:12\nCOPY id_rsa.pub /x/'],
    ['pass', 'FROM debian:12\nCOPY src /x/'],
    ['pass', 'FROM debian:12\nENV MAX_TOKENS=4096 TOKENIZERS_PARALLELISM=false'],
    ['pass', 'FROM debian:12\nENV PASSWORD=$PASSWORD'],
    ['pass', 'FROM debian:12\n# ENV TOKEN=abcdef12\nRUN a'],
    ['undetermined', 'FROM debian:12\nCOPY .npmrc /x/'],
    ['undetermined', 'FROM debian:12\nCOPY server.pem /x/'],
  ])('%s: %j', (outcome, text) => {
    expect([...new Set(judge(text).map((verdict) => verdict.outcome))]).toEqual([outcome]);
  });

  test.each([
    [true, 'fail'],
    [false, 'pass'],
  ])('what is in the file decides: %s', (secret, outcome) => {
    const companions = [{ path: '.npmrc', holds: { secret, hashes: false } }];
    const given = { dockerfiles: dockerfiles('FROM a:1\nCOPY .npmrc /x/', companions) };
    expect(evaluate(dockerfileSecret, given, paramsOf('dockerfile-secret'))[0]?.outcome).toBe(outcome);
  });

  test('says where it stays, and never what it is', () => {
    const verdicts = judge(
      'FROM a:1 AS b\nENV TOKEN=abcdef12\nFROM a:1\nENV API_KEY=abcdef12 PASSWORD=admin',
    );
    expect(verdicts).toMatchObject([
      { message: 'cache', subject: 'Dockerfile: ENV TOKEN' },
      { message: 'image', subject: 'Dockerfile: ENV API_KEY' },
      { message: 'wellKnown', subject: 'Dockerfile: ENV PASSWORD' },
    ]);
    expect(JSON.stringify(verdicts)).not.toContain('abcdef12');
  });
});
