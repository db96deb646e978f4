import { describe, expect, test } from '@jest/globals';
import { dockerfileSecret } from '../../../src/checks/containers/dockerfile-secret.ts';
import { dockerfiles, paramsOf } from '../../harness/dockerfile.ts';
import { dockerfilesFact } from '../../../src/facts/dockerfiles/dockerfiles.ts';
import { factReader } from '../../../src/engine/fact.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { filesHost } from '../../harness/files-host.ts';

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

  const key = '-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\n';
  const env = 'API_KEY=abcdef1234567890\n';
  const stages = 'FROM a:1 AS b\nCOPY . .\nFROM a:1\nCOPY --from=b /x /x';
  test.each<[string, string, Record<string, string>]>([
    ['fail', 'COPY package.json .env* ./', { '.env': env, 'package.json': '{}' }],
    ['fail', 'COPY [".env*", "/x/"]', { '.env.local': env }],
    ['fail', 'COPY id_* /root/.ssh/', { id_ed25519: key }],
    ['fail', 'COPY certs/*.key /certs/', { 'certs/server.key': key }],
    ['fail', 'COPY *.k[e]y /certs/', { 'server.key': key }],
    ['fail', 'COPY .e?v /x', { '.env': env }],
    ['fail', 'COPY .ssh /root/.ssh', { '.ssh/id_rsa': key }],
    ['fail', 'COPY .ssh/* /root/.ssh/', { '.ssh/id_rsa': key }],
    ['fail', 'COPY .ssh /root/.ssh', {}],
    ['fail', 'COPY ./home/.aws/ /root/.aws/', {}],
    ['fail', 'COPY .gnupg /root/.gnupg', {}],
    ['fail', 'COPY .kube /root/.kube', {}],
    ['fail', 'COPY .kube/config /root/.kube/config', {}],
    ['fail', 'COPY .docker/config.json /root/.docker/', {}],
    ['fail', 'COPY application_default_credentials.json /x/', {}],
    ['fail', 'COPY . .', { '.env': env }],
    ['fail', 'COPY . .', { '.env': env, '.dockerignore': '*\n!.env\n' }],
    ['fail', 'COPY * /app/', { '.env': env }],
    ['fail', 'COPY app /app', { 'app/.env': env }],
    ['fail', 'COPY .netrc /root/', { '.netrc': 'machine e.com login u password hunter22\n' }],
    ['undetermined', 'COPY .env* ./', { '.env.example': env }],
    ['undetermined', 'COPY id_* /root/.ssh/', {}],
    ['undetermined', 'COPY *.key /certs/', {}],
    ['undetermined', 'COPY --from=x:1 /certs/*.key /certs/', {}],
    ['undetermined', 'COPY . .', { 'test/.env': env }],
    ['undetermined', 'COPY . .', { '.env': 'POSTGRES_PASSWORD=postgres\n' }],
    ['undetermined', 'COPY . .', { 'store.p12': '\0' }],
    ['undetermined', stages, { '.env': env }],
    ['pass', 'COPY . .', {}],
    ['pass', 'COPY . .', { '.env': 'PORT=80\n' }],
    [
      'pass',
      'COPY . .',
      { '.env.example': env, '.env.sample': env, 'prod.env.dist': env, 'x.env.template': env },
    ],
    ['pass', 'COPY . .', { '.env': env, '.dockerignore': '# none\n.env*\n' }],
    ['pass', 'COPY . .', { 'a/.env': env, '.dockerignore': '**/.env\n' }],
    ['pass', 'COPY . .', { 'a/.env': env, '.dockerignore': '/a/\n' }],
    ['pass', 'COPY . .', { '.env': env, 'Dockerfile.dockerignore': '.env', '.dockerignore': '' }],
    ['pass', 'COPY --exclude=.env . .', { '.env': env }],
    ['pass', 'COPY .env* ./', { '.env': env, '.dockerignore': '.env' }],
    ['pass', 'COPY src /x', { '.env': env, 'src/a.py': '' }],
    ['pass', 'COPY *.json *.py ./', { '.env': env }],
    ['pass', 'COPY *.pub id_*.pub /x/', { 'id_rsa.pub': 'ssh-rsa AAAA' }],
    ['pass', 'COPY .env.example* ./', {}],
    ['pass', 'COPY .ssh /root/.ssh', { '.ssh/known_hosts': 'github.com ssh-ed25519 AAAA\n' }],
    ['pass', 'COPY . .', { 'private_key.py': 'x = 1\n' }],
  ])('what a build copies, %s: %j of %j', async (outcome, text, files) => {
    expect(
      await inProject({ Dockerfile: text.startsWith('FROM') ? text : `FROM a:1\n${text}`, ...files }),
    ).toEqual([outcome]);
  });

  test.each([
    ['the one that has what is named', 'COPY a.txt .\nCOPY . .', { 'api/a.txt': '', '.env': env }, 'pass'],
    ['the root, for what only it has', 'COPY a.txt .\nCOPY . .', { 'a.txt': '', '.env': env }, 'fail'],
    ['either', 'COPY . .', { '.env': env }, 'undetermined'],
    ['either, and both take it', 'COPY a* .\nCOPY . .', { 'api/.env': env }, 'fail'],
  ])('the directory that is built: %s', async (_, text, files, outcome) => {
    expect(await inProject({ 'api/Dockerfile': `FROM a:1\n${text}`, ...files })).toEqual([outcome]);
  });

  async function inProject(files: Record<string, string>): Promise<readonly string[]> {
    const read = await factReader(filesHost(files))(dockerfilesFact);
    if (read.state === 'unknown') throw new Error(read.detail);
    const verdicts = evaluate(dockerfileSecret, { dockerfiles: read.value }, paramsOf('dockerfile-secret'));
    return [...new Set(verdicts.map((verdict) => verdict.outcome))];
  }
});
