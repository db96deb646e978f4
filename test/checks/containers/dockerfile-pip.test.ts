import { describe, expect, test } from '@jest/globals';
import { dockerfilePip } from '../../../src/checks/containers/dockerfile-pip.ts';
import { dockerfiles, paramsOf } from '../../harness/dockerfile.ts';
import { evaluate } from '../../harness/evaluate.ts';

const judge = (text: string) =>
  evaluate(dockerfilePip, { dockerfiles: dockerfiles(text) }, paramsOf('dockerfile-pip-unhashed'));

describe('dockerfile-pip', () => {
  test.each([
    ['fail', 'FROM debian:12\nRUN pip install torch'],
    ['fail', 'FROM debian:12\nRUN pip3 install --no-cache-dir torch==2.4.0'],
    ['fail', 'FROM debian:12\nRUN python3 -m pip install -r requirements.txt'],
    ['fail', 'FROM debian:12\nRUN /venv/bin/pip install -rrequirements.txt'],
    ['fail', 'FROM debian:12\nRUN uv pip install --system torch'],
    ['fail', 'FROM debian:12\nRUN pip install .'],
    ['fail', 'FROM debian:12\nRUN pip install -e .'],
    ['fail', 'FROM debian:12\nRUN pip --no-cache-dir install torch'],
    ['fail', 'FROM debian:12\nRUN pip install --no-deps torch'],
    ['fail', 'FROM debian:12\nRUN pip wheel torch'],
    ['fail', 'FROM debian:12\nRUN pip install git+https://e.com/a.git@main'],
    ['fail', 'FROM debian:12\nRUN pip install -i https://e.com/simple torch'],
    ['pass', 'FROM debian:12\nRUN pip install --require-hashes -r requirements.txt'],
    ['pass', 'FROM debian:12\nENV PIP_REQUIRE_HASHES=1\nRUN pip install -r r.txt'],
    ['pass', 'FROM debian:12\nRUN PIP_REQUIRE_HASHES=1 pip install -r r.txt'],
    ['pass', 'FROM debian:12\nRUN pip install --no-deps .'],
    ['pass', 'FROM debian:12\nRUN pip install --no-index --find-links /wheels a'],
    ['pass', 'FROM debian:12\nRUN uv sync --frozen'],
    ['pass', 'FROM debian:12\nRUN pip install --no-deps https://e.com/a.whl#sha256=aa'],
    ['pass', 'FROM debian:12\nRUN pip --version'],
    ['pass', 'FROM debian:12\nRUN echo pip install torch'],
    [
      'pass',
      'FROM debian:12\nRUN pip install --no-deps git+https://e.com/a.git@9d1bca6d2ee5d3a4a4e2f3b3c2a1e0d9c8b7a605',
    ],
    ['pass', 'FROM debian:12\nRUN apt-get install pip'],
    ['undetermined', 'FROM debian:12\nRUN $PIP install a'],
    ['undetermined', 'FROM debian:12\nRUN a "b'],
  ])('%s: %j', (outcome, text) => {
    expect([...new Set(judge(text).map((verdict) => verdict.outcome))]).toEqual([outcome]);
  });

  test('hashes in the requirements file count', () => {
    const text = 'FROM a:1\nRUN pip install -r /tmp/requirements.txt';
    const answers = [true, false].map((hashes) => {
      const companions = [{ path: 'app/requirements.txt', holds: { secret: false, hashes } }];
      return evaluate(dockerfilePip, { dockerfiles: dockerfiles(text, companions) })[0]?.outcome;
    });
    expect(answers).toEqual(['pass', 'fail']);
  });
});
