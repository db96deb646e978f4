import { expect, test } from '@jest/globals';
import { engineRegistry } from '../../../src/checks/containers/engine-registry.ts';
import { hostEngine, projectEngine } from '../../harness/engine-configuration.ts';
import { evaluate } from '../../harness/evaluate.ts';

const name = 'insecure-registries';

test.each([
  ['pass', hostEngine()],
  ['pass', hostEngine({ engine: { told: { [name]: ['127.0.0.0/8', '::1/128'] } } })],
  ['pass', projectEngine({ [name]: ['localhost:5000', '127.0.0.1:5000', '[::1]:5000'] })],
  ['fail', projectEngine({ [name]: ['daytona-registry:6000'] })],
  ['fail', hostEngine({ file: { [name]: ['127.0.0.0/7'] } })],
  ['fail', hostEngine({ file: { [name]: ['localhost.example.org'] } })],
  ['fail', hostEngine({ flags: { [name]: ['10.0.0.0/8'] } })],
  ['fail', hostEngine({ engine: { told: { [name]: ['127.0.0.0/8', 'registry.lan:5000'] } } })],
  ['undetermined', projectEngine({ [name]: 'registry.lan' })],
  ['undetermined', hostEngine({ engine: { unread: ['daemon.json could not be read'] } })],
])('engine-registry: %s', (outcome, configuration) => {
  expect(evaluate(engineRegistry, { engines: [configuration] })).toMatchObject([{ outcome }]);
});

test('engine-registry: not-applicable without an engine', () => {
  expect(evaluate(engineRegistry, { engines: [] })).toMatchObject([{ outcome: 'not-applicable' }]);
});
