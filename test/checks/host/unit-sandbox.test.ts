import { describe, expect, test } from '@jest/globals';
import { unitSandbox } from '../../../src/checks/host/unit-sandbox.ts';
import { unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { containerUnit, sampleUnit, settings } from '../../harness/sample-unit.ts';

const params = {
  require: [
    { name: 'NoNewPrivileges', accept: ['yes'] },
    { name: 'ProtectSystem', accept: ['full', 'strict'] },
    { name: 'PrivateDevices', accept: ['yes'], withoutGpu: true },
    { name: 'RestrictAddressFamilies', accept: ['*'], recommend: 'AF_UNIX AF_INET' },
  ],
};
const all = {
  NoNewPrivileges: 'yes',
  ProtectSystem: 'strict',
  PrivateDevices: 'yes',
  RestrictAddressFamilies: 'AF_UNIX',
};
const unit = (changes: Readonly<Record<string, string>>) =>
  sampleUnit({ settings: settings({ ...all, ...changes }) });

describe('unit-sandbox', () => {
  test.each([
    ['pass', unit({}), []],
    ['pass', unit({ RestrictAddressFamilies: '' }), []],
    ['pass', unit({ PrivateDevices: 'no' }), ['/dev/nvidia0']],
    ['pass', unit({ PrivateDevices: 'no' }), unknown('unsupported', 'files only', '/dev')],
    ['fail', unit({ PrivateDevices: 'no' }), []],
    ['fail', unit({ RestrictAddressFamilies: '~' }), []],
    ['fail', unit({ ProtectSystem: 'no' }), []],
    ['fail', sampleUnit({ settings: {} }), []],
    ['undetermined', { ...unit({ ProtectSystem: 'no' }), unseen: 'x could not be read' }, []],
    ['not-applicable', containerUnit, []],
  ])('%s %#', (outcome, each, gpu) => {
    expect(evaluate(unitSandbox, { units: [each], gpu }, params)).toMatchObject([
      { outcome, subject: 'ollama.service' },
    ]);
  });

  test('a failure names what is missing and keeps the service’s directories writable', () => {
    const given = {
      ...unit({ NoNewPrivileges: 'no', RestrictAddressFamilies: '~' }),
      environment: settings({ OLLAMA_MODELS: '/home/ai/models', PATH: '/usr/bin' }),
    };
    expect(evaluate(unitSandbox, { units: [given], gpu: [] }, params)).toMatchObject([
      {
        data: {
          missing: 'NoNewPrivileges=, RestrictAddressFamilies=',
          directives: [
            'NoNewPrivileges=yes',
            'RestrictAddressFamilies=AF_UNIX AF_INET',
            'ReadWritePaths=-/home/ai/models',
            'ReadWritePaths=-/usr/share/ollama',
          ].join('\n'),
        },
      },
    ]);
  });
});
