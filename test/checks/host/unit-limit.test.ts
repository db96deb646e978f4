import { describe, expect, test } from '@jest/globals';
import { unitLimit } from '../../../src/checks/host/unit-limit.ts';
import { unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { command, containerUnit, sampleUnit, settings, unreadDropIn } from '../../harness/sample-unit.ts';

const inShell = (script: string) => ({ ...command('/bin/sh -c'), argv: ['/bin/sh', '-c', script] });
const memory = (value: string) => sampleUnit({ settings: settings({ MemoryMax: value }) });
const capacity = { memory: 2 ** 36, tasks: 32_768, processors: 16 };
const quota = (value: string, cpus = '') =>
  sampleUnit({ settings: settings({ CPUQuotaPerSecUSec: value, AllowedCPUs: cpus }) });
const tasks = (value: string) => sampleUnit({ settings: settings({ TasksMax: value }) });
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
    ['undetermined', 'memory', { ...memory('1024'), ...unreadDropIn }],
    ['not-applicable', 'memory', containerUnit],
    ...['docker start -a ollama', '/usr/bin/docker compose up', 'docker-compose up'].map(
      (line) => ['not-applicable', 'memory', sampleUnit({ execStart: [command(line)] })] as const,
    ),
    ['not-applicable', 'memory', sampleUnit({ execStart: [inShell('docker rm x; docker start x')] })],
    ['fail', 'memory', { ...memory('infinity'), execStart: [inShell('docker pull x && /opt/serve')] }],
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
    expect(evaluate(unitLimit, { units: [unit], capacity }, { resource })).toMatchObject([
      { outcome, subject: 'ollama.service' },
    ]);
  });

  test.each([
    ['fail', 'memory', memory('100%')],
    ['fail', 'memory', memory(String(2 ** 36))],
    ['fail', 'tasks', tasks('4611686018427387903')],
    ['fail', 'tasks', tasks('32768')],
    ['fail', 'cpu', quota('64000000')],
    ['fail', 'cpu', quota('infinity', '0-15')],
    ['pass', 'cpu', quota('64000000', '0-3 8')],
  ])('%s: a bound of %s that bounds nothing, %#', (outcome, resource, unit) => {
    expect(evaluate(unitLimit, { units: [unit], capacity }, { resource })).toMatchObject([{ outcome }]);
  });

  test.each([
    ['pass', 'memory', memory('1024')],
    ['pass', 'cpu', quota('800000')],
    ['fail', 'memory', memory('100%')],
    ['fail', 'tasks', tasks('4194304')],
  ])('%s: %s where the size of the machine is not known, %#', (outcome, resource, unit) => {
    const unseen = unknown('unsupported', 'files alone do not show it', '/proc/meminfo');
    expect(evaluate(unitLimit, { units: [unit], capacity: unseen }, { resource })).toMatchObject([
      { outcome },
    ]);
  });

  test('without units, or with excepted ones alone, there is nothing to judge', () => {
    expect(evaluate(unitLimit, { units: [], capacity }, { resource: 'cpu' })).toMatchObject([
      { outcome: 'not-applicable' },
    ]);
    expect(
      evaluate(
        unitLimit,
        { units: [memory('infinity')], capacity },
        { resource: 'memory', except: ['ollama'] },
      ),
    ).toMatchObject([{ outcome: 'not-applicable' }]);
  });

  test.each([
    ['/usr/lib/systemd/system/ollama.service', '50-aisec-memory.conf'],
    ['/etc/systemd/system/ollama.service.d/10-a.conf', '50-aisec-memory.conf'],
    ['/etc/systemd/system/ollama.service.d/50-memory.conf', '50-memory_aisec-memory.conf'],
    ['/etc/systemd/system/service.d/zz.conf', 'zz_aisec-memory.conf'],
  ])('the fix sorts after what %s decides', (source, name) => {
    const unit = sampleUnit({ settings: settings({ MemoryMax: 'infinity' }, source) });
    const [verdict] = evaluate(unitLimit, { units: [unit], capacity }, { resource: 'memory' });
    expect(verdict).toMatchObject({
      data: { dropIn: `/etc/systemd/system/ollama.service.d/${name}` },
      evidence: [{ source, line: 5, excerpt: 'MemoryMax=infinity' }],
    });
    const decided = source.endsWith('.conf') ? source.replace(/^.*\//, '') : '';
    expect(name > decided).toBe(true);
  });
});
