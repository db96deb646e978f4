import { describe, expect, test } from '@jest/globals';
import { dockerfilePipeShell } from '../../../src/checks/containers/dockerfile-pipe-shell.ts';
import { dockerfiles, paramsOf } from '../../harness/dockerfile.ts';
import { evaluate } from '../../harness/evaluate.ts';

const judge = (text: string) =>
  evaluate(dockerfilePipeShell, { dockerfiles: dockerfiles(text) }, paramsOf('dockerfile-curl-pipe-shell'));

describe('dockerfile-pipe-shell', () => {
  test.each([
    ['fail', 'FROM debian:12\nRUN curl -fsSL https://e.com/i.sh | sh'],
    ['fail', 'FROM debian:12\nRUN wget -qO- https://e.com | sudo -E bash -'],
    ['fail', 'FROM debian:12\nRUN set -e; curl https://e.com | bash -s -- -y'],
    ['fail', 'FROM debian:12\nRUN bash <(curl https://e.com)'],
    ['fail', 'FROM debian:12\nRUN . <(curl https://e.com)'],
    ['fail', 'FROM debian:12\nRUN sh -c "$(curl -fsSL https://e.com)"'],
    ['fail', 'FROM debian:12\nRUN eval "$(curl https://e.com)"'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | python3 -'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | gunzip | A=b sh'],
    ['fail', 'FROM debian:12\nRUN (curl https://e.com; true) | sh'],
    ['fail', 'FROM debian:12\nRUN bash -c "curl https://e.com | bash"'],
    ['fail', 'FROM debian:12\nRUN bash <<< "$(curl https://e.com)"'],
    ['fail', 'FROM debian:12\nRUN <<EOF\ncurl https://e.com | sh\nEOF'],
    ['fail', 'FROM debian:12\nRUN <<EOF bash\ncurl https://e.com | sh\nEOF'],
    ['fail', 'FROM debian:12\nRUN ["sh", "-c", "curl https://e.com | sh"]'],
    ['fail', 'FROM debian:12\nRUN if true; then curl https://e.com \\\n | sh; fi'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | tee x | bash -euo pipefail'],
    ['fail', 'FROM debian:12\nRUN $(curl https://e.com)'],
    ['fail', 'FROM debian:12\nCMD curl https://e.com | sh'],
    ['fail', 'FROM debian:12\nONBUILD RUN curl https://e.com | sh'],
    ['fail', 'FROM debian:12\nRUN i() { curl https://e.com | sh; }; i'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | { sh; }'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | xargs sh -c'],
    ['fail', "FROM debian:12\nRUN curl https://e.com | xargs -0 -I{} bash -c '{}'"],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | xargs -i sh -c {}'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | xargs -I % -n 1 sh -c %'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | doas sh'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | doas -u root sh'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | gosu root bash'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | su-exec root sh'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | setpriv --reuid=1 bash'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | setpriv --reuid 1 --clear-groups bash'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | stdbuf -o0 bash'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | stdbuf -o 0 bash'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | ionice -c3 bash'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | ionice -c 3 bash'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | chroot / sh'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | chroot --userspec=1:1 /mnt /bin/sh -e'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | tini -- bash'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | sudo --user root bash'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | sudo -Eu root bash'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | sudo -uroot -- bash'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | sudo -i'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | sudo -u root -s'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | su - user'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | su'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | runuser -u user -- bash'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | timeout -k 1 5 bash'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | bash /dev/fd/0'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | bash -- /dev/stdin'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | python3 -W ignore'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | python3 -W ignore -'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | python3 -E -'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | perl -I lib'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | node --require x'],
    ['fail', 'FROM debian:12\nRUN curl https://e.com | php -d a=b'],
    ['pass', 'FROM debian:12\nRUN curl https://e.com | sudo --user root tee x'],
    ['pass', 'FROM debian:12\nRUN curl https://e.com | gosu root tar x'],
    ['pass', 'FROM debian:12\nRUN curl https://e.com | chroot / tar x'],
    ['pass', 'FROM debian:12\nRUN curl https://e.com | su - user -c cat'],
    ['pass', 'FROM debian:12\nRUN curl https://e.com | su user --command=cat'],
    ['pass', 'FROM debian:12\nRUN curl https://e.com | runuser -u user -- tar x'],
    ['pass', 'FROM debian:12\nRUN curl https://e.com | stdbuf -o0 grep x'],
    ['pass', 'FROM debian:12\nRUN curl https://e.com | python3 -W ignore x.py'],
    ['pass', 'FROM debian:12\nRUN curl https://e.com | python3 -Wc x.py'],
    ['pass', 'FROM debian:12\nRUN curl https://e.com | perl -ne print'],
    ['pass', 'FROM debian:12\nRUN curl https://e.com | node -p 1'],
    ['pass', 'FROM debian:12\nRUN curl https://e.com | php -r 1'],
    ['pass', 'FROM debian:12\nRUN curl https://e.com | tini -- bash x.sh'],
    ['pass', "FROM debian:12\nRUN curl https://e.com | xargs -I{} sh -c 'mkdir {}'"],
    ['pass', 'FROM debian:12\nRUN curl https://e.com -o i.sh'],
    ['pass', 'FROM debian:12\nRUN # curl https://e.com | sh\nRUN a'],
    ['pass', 'FROM debian:12\nRUN echo "curl https://e.com | sh"'],
    ['pass', "FROM debian:12\nRUN echo 'curl https://e.com | sh'"],
    ['pass', 'FROM debian:12\nRUN curl https://e.com | tar xz'],
    ['pass', 'FROM debian:12\nRUN curl https://e.com | python3 -m json.tool'],
    ['pass', 'FROM debian:12\nRUN curl https://e.com | python3 -c "import json"'],
    ['pass', 'FROM debian:12\nRUN curl https://e.com | bash check.sh'],
    ['pass', 'FROM debian:12\nRUN curl https://e.com || sh x'],
    ['pass', 'FROM debian:12\nRUN curl https://e.com; sh x'],
    ['pass', 'FROM debian:12\nRUN echo a | sh'],
    ['pass', 'FROM debian:12\nRUN cat <<EOF > x\ncurl https://e.com | sh\nEOF'],
    ['pass', 'FROM debian:12\nLABEL a="curl x | sh"'],
    ['pass', 'FROM debian:12\nRUN a \\\n # curl x | sh\n b'],
    ['pass', 'FROM debian:12\nRUN V=$(curl https://e.com) && bash x $V'],
    ['pass', 'FROM debian:12\nRUN curl https://e.com | gpg --dearmor'],
    ['undetermined', 'FROM debian:12\nRUN curl "x'],
    ['undetermined', `FROM debian:12\nRUN sh -c 'echo "'`],
    ['undetermined', `FROM debian:12\nRUN ${'eval '.repeat(12)}curl -k https://e.com`],
    ['undetermined', 'FROM debian:12\nSHELL ["powershell", "-Command"]\nRUN iex (irm https://e.com)'],
  ])('%s: %j', (outcome, text) => {
    expect([...new Set(judge(text).map((verdict) => verdict.outcome))]).toEqual([outcome]);
  });

  test('names what is run, without its query', () => {
    expect(judge('FROM a:1\nRUN curl https://e.com/i.sh?x=1 | sh')).toMatchObject([
      {
        subject: 'Dockerfile: curl https://e.com/i.sh',
        data: { url: 'https://e.com/i.sh' },
        evidence: [{ line: 2, column: 5 }],
      },
    ]);
  });

  test.each([
    ['stages of a pipeline', ' | sh'],
    ['stages that read a file', ' | sh x'],
    ['pipelines', '; sh'],
  ])('takes no longer than a file is long: %s', (_, part) => {
    const text = `FROM a:1\nRUN echo${part.repeat(50_000)}`;
    const start = performance.now();
    expect(judge(text)).toMatchObject([{ outcome: 'pass' }]);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
