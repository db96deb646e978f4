import { expect, test } from '@jest/globals';
import { gpuToolkitSetting } from '../../../src/checks/containers/gpu-toolkit-setting.ts';
import { known, unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';

const params = { setting: 'accept', default: true, accept: false, meaning: 'bad' };
const toolkit = (setting: unknown) => ({
  version: known('1.0.0', 'f'),
  file: '/etc/x.toml',
  setting: () => setting,
});

test.each([
  ['pass', toolkit(known({ value: false, line: 3 }, 'f'))],
  ['fail', toolkit(known({ value: true, line: 3 }, 'f'))],
  ['fail', toolkit(known(null, 'f'))],
  ['undetermined', toolkit(known({ value: 'yes', line: 3 }, 'f'))],
  ['undetermined', toolkit(unknown('denied', 'no', 'f'))],
  ['not-applicable', null],
])('gpu-toolkit-setting: %s', (outcome, given) => {
  expect(evaluate(gpuToolkitSetting, { toolkit: given }, params)).toMatchObject([{ outcome }]);
});
