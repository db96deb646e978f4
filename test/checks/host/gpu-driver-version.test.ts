import { expect, test } from '@jest/globals';
import { gpuDriverVersion } from '../../../src/checks/host/gpu-driver-version.ts';
import { known, unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';

const params = { fixed: ['535.309.01', '580.159.03'], bulletin: 'May' };
const driver = (version: unknown) => ({
  count: 1,
  nodes: [],
  nvidia: {
    version: typeof version === 'string' ? known(version, 'f') : version,
    parameters: known({}, 'f'),
  },
});

test.each([
  ['pass', driver('535.309.01'), undefined],
  ['pass', driver('580.160.00'), undefined],
  ['fail', driver('535.183.01'), 'old'],
  ['fail', driver('580.159.02'), 'old'],
  ['fail', driver('550.54.14'), 'unsupported'],
  ['fail', driver('390.157'), 'unsupported'],
  ['undetermined', driver('600.10'), undefined],
  ['undetermined', driver(unknown('unparsable', 'no', 'f')), undefined],
  ['not-applicable', null, undefined],
])('gpu-driver-version: %s', (outcome, gpu, message) => {
  const expected = message === undefined ? { outcome } : { outcome, message };
  expect(evaluate(gpuDriverVersion, { gpu }, params)).toMatchObject([expected]);
});
