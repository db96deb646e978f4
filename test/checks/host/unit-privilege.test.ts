import { describe, expect, test } from '@jest/globals';
import { unitPrivilege } from '../../../src/checks/host/unit-privilege.ts';
import type { Process } from '../../../src/facts/processes.ts';
import { knownInPart, unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { command, containerUnit, sampleUnit, settings, unreadDropIn } from '../../harness/sample-unit.ts';

function runs(uid: number, pid = 7): Process {
  return {
    pid,
    ppid: 1,
    name: 'ollama',
    argv: ['ollama'],
    exe: null,
    uid,
    unit: 'ollama.service',
    containerId: null,
  };
}
const user = (name: string, ...lines: string[]) =>
  sampleUnit({
    settings: settings({ User: name }),
    ...(lines.length > 0 ? { execStart: lines.map(command) } : {}),
  });

describe('unit-privilege', () => {
  test.each([
    ['pass', user('ollama'), []],
    ['pass', user('ollama'), [runs(999)]],
    ['pass', user('ollama', '!!/bin/x'), []],
    ['pass', user(''), [runs(999), runs(998, 8)]],
    ['fail', user(''), []],
    ['fail', user('root'), []],
    ['fail', user('0'), [runs(0)]],
    ['fail', user(''), [runs(0), runs(999, 8)]],
    ['fail', user('ollama', '+/bin/x'), []],
    ['fail', user('ollama', '-!/bin/x'), []],
    ['fail', user('ollama'), [runs(0)]],
    ['fail', user(''), unknown('denied', 'no', '/proc')],
    ['undetermined', { ...user(''), unseen: 'x could not be read' }, []],
    ['undetermined', sampleUnit({ settings: {} }), []],
    ['undetermined', { ...user('ollama'), ...unreadDropIn }, []],
    ['undetermined', user(''), knownInPart([runs(999)], '/proc', ['one may not be read'])],
    ['not-applicable', containerUnit, []],
  ])('%s %#', (outcome, unit, processes) => {
    expect(evaluate(unitPrivilege, { units: [unit], processes })).toMatchObject([
      { outcome, subject: 'ollama.service' },
    ]);
  });

  test('a prefix is taken off the one command, unless a secret stands in it', () => {
    const data = (...lines: string[]) =>
      evaluate(unitPrivilege, { units: [user('ollama', ...lines)], processes: [] });
    expect(data('-+/bin/ollama serve')).toMatchObject([
      { message: 'prefix', data: { prefix: '+', command: '-/bin/ollama serve' } },
    ]);
    expect(data('+/bin/ollama --key <masked>')).not.toMatchObject([{ data: { command: expect.anything() } }]);
    expect(data('+/bin/ollama --api-key k')).not.toMatchObject([{ data: { command: expect.anything() } }]);
    expect(data('+/bin/a', '/bin/b')).not.toMatchObject([{ data: { command: expect.anything() } }]);
  });
});
