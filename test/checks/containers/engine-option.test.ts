import { describe, expect, test } from '@jest/globals';
import { rules } from '../../../rules/registry.ts';
import { engineOption } from '../../../src/checks/containers/engine-option.ts';
import { hostEngine, projectEngine } from '../../harness/engine-configuration.ts';
import { evaluate } from '../../harness/evaluate.ts';

const unread = ['/etc/docker/daemon.json is not a JSON object: the engine refuses it too'];
const drift = '/etc/docker/daemon.json was changed after dockerd (pid 7) started';
const paramsOf = (rule: string) => rules.find(({ id }) => id === rule)?.with;

describe('engine-option', () => {
  test.each([
    ['engine-iptables-off', 'pass', hostEngine()],
    ['engine-iptables-off', 'pass', projectEngine()],
    ['engine-iptables-off', 'fail', hostEngine({ file: { iptables: false } })],
    ['engine-iptables-off', 'fail', hostEngine({ flags: { iptables: false } })],
    ['engine-iptables-off', 'undetermined', hostEngine({ file: { iptables: 'no' } })],
    ['engine-iptables-off', 'undetermined', hostEngine({ engine: { unread } })],
    ['engine-icc', 'fail', hostEngine()],
    ['engine-icc', 'pass', hostEngine({ file: { icc: false } })],
    ['engine-icc', 'fail', projectEngine()],
    ['engine-icc', 'not-applicable', projectEngine({ bridge: 'none' })],
    ['engine-icc', 'fail', projectEngine({ bridge: 'br0' })],
    ['engine-live-restore', 'fail', hostEngine()],
    ['engine-live-restore', 'fail', projectEngine()],
    ['engine-live-restore', 'pass', projectEngine({ 'live-restore': true })],
    // The file was changed, and the engine runs as before.
    [
      'engine-live-restore',
      'fail',
      hostEngine({ file: { 'live-restore': true }, engine: { told: { 'live-restore': false } } }),
    ],
    ['engine-live-restore', 'pass', hostEngine({ engine: { told: { 'live-restore': true }, unread } })],
    ['engine-icc', 'undetermined', hostEngine({ file: { icc: false }, engine: { drift } })],
    ['engine-icc', 'undetermined', hostEngine({ engine: { drift } })],
    ['engine-icc', 'pass', hostEngine({ flags: { icc: false }, engine: { drift } })],
    [
      'engine-live-restore',
      'pass',
      hostEngine({ file: {}, engine: { told: { 'live-restore': true }, drift } }),
    ],
    ['engine-live-restore', 'not-applicable', hostEngine({ engine: { swarm: true } })],
    ['engine-live-restore', 'undetermined', hostEngine({ engine: { swarm: null } })],
    ['engine-userns-off', 'fail', hostEngine()],
    ['engine-userns-off', 'pass', hostEngine({ file: { 'userns-remap': 'default' } })],
    [
      'engine-userns-off',
      'fail',
      hostEngine({ file: { 'userns-remap': 'default' }, engine: { told: { 'userns-remap': '' } } }),
    ],
    ['engine-userns-off', 'undetermined', projectEngine({ 'userns-remap': null })],
    ['engine-userns-off', 'undetermined', hostEngine({ flags: { 'userns-remap': true } })],
    ['engine-userns-off', 'not-applicable', hostEngine({ engine: { rootless: true } })],
    ['engine-experimental', 'pass', hostEngine()],
    ['engine-experimental', 'fail', hostEngine({ engine: { told: { experimental: true } } })],
    ['engine-userland-proxy', 'fail', hostEngine({ engine: { version: '28.0.0' } })],
    ['engine-userland-proxy', 'fail', projectEngine()],
    ['engine-userland-proxy', 'not-applicable', hostEngine({ engine: { version: '20.10.24+dfsg1' } })],
    ['engine-userland-proxy', 'undetermined', hostEngine({ engine: { version: null } })],
    ['engine-userland-proxy', 'pass', hostEngine({ flags: { 'userland-proxy': false } })],
  ])('%s: %s', (rule, outcome, configuration) => {
    const verdicts = evaluate(engineOption, { engines: [configuration] }, paramsOf(rule));
    expect(verdicts).toMatchObject([{ outcome, subject: configuration.subject }]);
  });

  test('not-applicable without an engine', () => {
    const verdicts = evaluate(engineOption, { engines: [] }, paramsOf('engine-icc'));
    expect(verdicts).toMatchObject([{ outcome: 'not-applicable' }]);
  });

  test('says where it is to be changed: beside a flag the engine refuses the same name in daemon.json', () => {
    const messages = [
      hostEngine(),
      hostEngine({ file: { icc: true } }),
      hostEngine({ flags: { icc: true } }),
      hostEngine({ engine: { rootless: true, account: 'models' } }),
      projectEngine(),
    ].flatMap((each) => evaluate(engineOption, { engines: [each] }, paramsOf('engine-icc')));
    expect(messages).toMatchObject(
      ['engine', 'engine', 'flag', 'rootless', 'file'].map((message) => ({ message })),
    );
  });
});
