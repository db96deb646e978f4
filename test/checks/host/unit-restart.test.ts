import { describe, expect, test } from '@jest/globals';
import { unitRestart } from '../../../src/checks/host/unit-restart.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { containerUnit, sampleUnit, settings, unreadDropIn } from '../../harness/sample-unit.ts';

const restart = (value: string, more = {}) =>
  sampleUnit({ settings: settings({ Restart: value, Type: 'simple', ...more }) });

describe('unit-restart', () => {
  test.each([
    ['pass', restart('always')],
    ['pass', restart('on-failure')],
    ['fail', restart('no')],
    ['fail', { ...restart('no'), startsContainers: containerUnit.startsContainers }],
    ['not-applicable', restart('no', { Type: 'oneshot' })],
    ['undetermined', { ...restart('no'), unseen: 'x could not be read' }],
    ['undetermined', { ...restart('always'), ...unreadDropIn }],
    ['undetermined', sampleUnit()],
  ])('%s %#', (outcome, unit) => {
    expect(evaluate(unitRestart, { units: [unit] })).toMatchObject([{ outcome, subject: 'ollama.service' }]);
  });

  test('a container that its engine restarts needs no unit to do it', () => {
    const containers = containerUnit.startsContainers.map((each) => ({ ...each, restart: 'always' }));
    const unit = { ...restart('no'), startsContainers: containers };
    expect(evaluate(unitRestart, { units: [unit] })).toMatchObject([{ outcome: 'not-applicable' }]);
  });
});
