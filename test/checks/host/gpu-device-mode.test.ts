import { expect, test } from '@jest/globals';
import { gpuDeviceMode } from '../../../src/checks/host/gpu-device-mode.ts';
import { evaluate } from '../../harness/evaluate.ts';

const node = (mode: number) => ({
  path: '/dev/nvidia0',
  stat: { type: 'char', mode, uid: 0, gid: 44, size: 0, mtime: 0 },
});

test.each([
  ['fail', { count: 1, nodes: [node(0o666)], nvidia: null }],
  ['fail', { count: 1, nodes: [node(0o664)], nvidia: null }],
  ['pass', { count: 1, nodes: [node(0o660)], nvidia: null }],
  ['not-applicable', { count: 1, nodes: [], nvidia: null }],
  ['not-applicable', null],
])('gpu-device-mode: %s', (outcome, gpu) => {
  expect(evaluate(gpuDeviceMode, { gpu })).toMatchObject([{ outcome }]);
});
