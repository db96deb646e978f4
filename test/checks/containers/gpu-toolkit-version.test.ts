import { expect, test } from '@jest/globals';
import { gpuToolkitVersion } from '../../../src/checks/containers/gpu-toolkit-version.ts';
import { known, unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';

const params = {
  holes: [
    { cve: 'A', fixed: '1.16.2', except: { mode: 'cdi' } },
    { cve: 'B', fixed: '1.17.8', except: { runtime: 'crun' } },
  ],
};

function toolkit(version: string | null, settings: Record<string, unknown> = {}) {
  return {
    version: version === null ? unknown('unparsable', 'no', 'f') : known(version, 'f'),
    file: 'f',
    setting: (name: string) => known(name in settings ? { value: settings[name], line: 1 } : null, 'f'),
  };
}

test.each([
  ['pass', toolkit('1.17.8'), undefined],
  ['fail', toolkit('1.16.1'), 'A, B'],
  ['fail', toolkit('1.17.7'), 'B'],
  ['fail', toolkit('1.16.1', { 'nvidia-container-runtime.mode': 'cdi' }), 'B'],
  ['fail', toolkit('1.16.1', { 'nvidia-container-runtime.mode': 'auto' }), 'A, B'],
  ['pass', toolkit('1.17.7', { 'nvidia-container-runtime.runtimes': ['crun', 'runc'] }), undefined],
  ['fail', toolkit('1.17.7', { 'nvidia-container-runtime.runtimes': ['runc', 'crun'] }), 'B'],
  ['undetermined', toolkit(null), undefined],
  ['not-applicable', null, undefined],
])('gpu-toolkit-version: %s', (outcome, given, cves) => {
  const expected = cves === undefined ? { outcome } : { outcome, data: { cves } };
  expect(evaluate(gpuToolkitVersion, { toolkit: given }, params)).toMatchObject([expected]);
});
