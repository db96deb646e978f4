import { expect, test } from '@jest/globals';
import { engineLogRotation } from '../../../src/checks/containers/engine-log-rotation.ts';
import { hostEngine, projectEngine } from '../../harness/engine-configuration.ts';
import { evaluate } from '../../harness/evaluate.ts';

const unread = ['/etc/docker/daemon.json could not be read'];

test.each([
  ['fail', hostEngine()],
  ['fail', projectEngine({ 'log-driver': 'json-file' })],
  ['fail', hostEngine({ file: { 'log-opts': { 'max-size': '-1' } } })],
  ['fail', hostEngine({ file: { 'log-opts': { 'max-file': '3' } } })],
  // max-size of a driver that does not know it.
  ['fail', hostEngine({ file: { 'log-driver': 'local' }, engine: { told: { 'log-driver': 'json-file' } } })],
  ['pass', hostEngine({ file: { 'log-opts': { 'max-size': '10m' } } })],
  ['pass', hostEngine({ flags: { 'log-opts': ['max-file=3', 'max-size=10m'] } })],
  ['fail', hostEngine({ flags: { 'log-opts': ['max-size=10m', 'max-size=-1'] } })],
  ['pass', hostEngine({ flags: { 'log-driver': 'journald' } })],
  ['pass', projectEngine({ 'log-driver': 'local' })],
  ['pass', hostEngine({ engine: { told: { 'log-driver': 'syslog' }, unread } })],
  ['undetermined', hostEngine({ engine: { told: { 'log-driver': 'json-file' }, unread } })],
  ['undetermined', hostEngine({ engine: { unread } })],
])('engine-log-rotation: %s', (outcome, configuration) => {
  expect(evaluate(engineLogRotation, { engines: [configuration] })).toMatchObject([{ outcome }]);
});

test('engine-log-rotation: not-applicable without an engine', () => {
  expect(evaluate(engineLogRotation, { engines: [] })).toMatchObject([{ outcome: 'not-applicable' }]);
});
