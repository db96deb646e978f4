import { expect, test } from '@jest/globals';
import { gpuDriverParameter } from '../../../src/checks/host/gpu-driver-parameter.ts';
import { known, unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';

const params = { parameters: ['RmProfilingAdminOnly', 'Older'], accept: '1', meaning: 'bad' };
const withParameters = (parameters: unknown) => ({
  count: 1,
  nodes: [],
  nvidia: { version: known('1.1', 'f'), parameters },
});

test.each([
  ['pass', withParameters(known({ RmProfilingAdminOnly: '1' }, 'f'))],
  ['fail', withParameters(known({ RmProfilingAdminOnly: '0' }, 'f'))],
  ['fail', withParameters(known({ Older: '0' }, 'f'))],
  ['undetermined', withParameters(known({}, 'f'))],
  ['undetermined', withParameters(unknown('denied', 'no', 'f'))],
  ['not-applicable', { count: 1, nodes: [], nvidia: null }],
  ['not-applicable', null],
])('gpu-driver-parameter: %s', (outcome, gpu) => {
  expect(evaluate(gpuDriverParameter, { gpu }, params)).toMatchObject([{ outcome }]);
});
