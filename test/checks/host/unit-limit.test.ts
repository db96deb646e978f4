import { describe, expect, test } from '@jest/globals';
import { unitLimit } from '../../../src/checks/host/unit-limit.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { containerUnit, sampleUnit, settings } from '../../harness/sample-unit.ts';

const memory = (value: string) => sampleUnit({ settings: settings({ MemoryMax: value }) });
const slice = (values: Readonly<Record<string, string>>) => [
  { name: 'ai.slice', settings: settings(values) },
];

describe('unit-limit', () => {
  test.each([
    ['pass', 'memory', memory('8589934592')],
    ['pass', 'memory', memory('50%')],
    ['pass', 'memory', { ...memory('infinity'), slices: slice({ MemoryMax: '1024' }) }],
    ['fail', 'memory', memory('infinity')],
    ['fail', 'memory', { ...memory('infinity'), slices: slice({ MemoryMax: 'infinity' }) }],
    ['fail', 'memory', sampleUnit({ settings: settings({ MemoryMax: 'infinity', MemoryHigh: '1024' }) })],
    ['undetermined', 'memory', { ...memory('infinity'), unseen: 'x could not be read' }],
    ['undetermined', 'memory', sampleUnit()],
    ['pass', 'memory', { ...memory('1024'), unseen: 'x could not be read' }],
    ['not-applicable', 'memory', containerUnit],
    ['pass', 'cpu', sampleUnit({ settings: settings({ CPUQuotaPerSecUSec: '800000' }) })],
    [
      'pass',
      'cpu',
      sampleUnit({ settings: settings({ CPUQuotaPerSecUSec: 'infinity', AllowedCPUs: '0-3' }) }),
    ],
    ['fail', 'cpu', sampleUnit({ settings: settings({ CPUQuotaPerSecUSec: 'infinity', AllowedCPUs: '' }) })],
    ['pass', 'tasks', sampleUnit({ settings: settings({ TasksMax: '15%' }) })],
    ['fail', 'tasks', sampleUnit({ settings: settings({ TasksMax: 'infinity' }) })],
  ])('%s: %s %#', (outcome, resource, unit) => {
    expect(evaluate(unitLimit, { units: [unit] }, { resource })).toMatchObject([
      { outcome, subject: 'ollama.service' },
    ]);
  });

  test('without units, or with excepted ones alone, there is nothing to judge', () => {
    expect(evaluate(unitLimit, { units: [] }, { resource: 'cpu' })).toMatchObject([
      { outcome: 'not-applicable' },
    ]);
    expect(
      evaluate(unitLimit, { units: [memory('infinity')] }, { resource: 'memory', except: ['ollama'] }),
    ).toMatchObject([{ outcome: 'not-applicable' }]);
  });

  test.each([
    ['/usr/lib/systemd/system/ollama.service', '50-aisec-memory.conf'],
    ['/etc/systemd/system/ollama.service.d/10-a.conf', '50-aisec-memory.conf'],
    ['/etc/systemd/system/ollama.service.d/50-memory.conf', '50-memory_aisec-memory.conf'],
    ['/etc/systemd/system/service.d/zz.conf', 'zz_aisec-memory.conf'],
  ])('the fix sorts after what %s decides', (source, name) => {
    const unit = sampleUnit({ settings: settings({ MemoryMax: 'infinity' }, source) });
    const [verdict] = evaluate(unitLimit, { units: [unit] }, { resource: 'memory' });
    expect(verdict).toMatchObject({
      data: { dropIn: `/etc/systemd/system/ollama.service.d/${name}` },
      evidence: [{ source, line: 5, excerpt: 'MemoryMax=infinity' }],
    });
    const decided = source.endsWith('.conf') ? source.replace(/^.*\//, '') : '';
    expect(name > decided).toBe(true);
  });
});
