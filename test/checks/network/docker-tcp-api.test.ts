import { expect, test } from '@jest/globals';
import { dockerTcpApi } from '../../../src/checks/network/docker-tcp-api.ts';
import { optionsOfArguments } from '../../../src/facts/workloads/engine-options.ts';
import { unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { listener } from '../../harness/firewall.ts';

const dockerd = {
  pid: 9,
  ppid: 1,
  name: 'dockerd',
  argv: [],
  exe: null,
  uid: 0,
  unit: null,
  containerId: null,
};
const engine = (...flags: readonly string[]) => ({
  running: true,
  options: optionsOfArguments(['dockerd', ...flags], 'command line of dockerd'),
});
const onSwarm = listener({ port: 2377, process: dockerd });
const onApi = listener({ port: 2375, process: dockerd });
const local = listener({ port: 2375, address: '127.0.0.1', process: dockerd });
const denied = unknown('denied', 'not root', 'ss');

test.each([
  ['pass', 'network', engine('-H', 'fd://'), []],
  ['pass', 'network', engine('-H', 'fd://'), [onSwarm]],
  ['pass', 'network', engine('-H', 'tcp://0.0.0.0:2376', '--tlsverify'), []],
  ['pass', 'network', engine('-H', 'tcp://127.0.0.1:2375'), [local]],
  ['fail', 'network', engine('-H', 'tcp://0.0.0.0:2375'), []],
  ['fail', 'network', engine('-H', 'tcp://0.0.0.0:2376', '--tls'), []],
  ['fail', 'network', engine('-H', 'tcp://0.0.0.0:2376', '--tlsverify=false'), []],
  ['fail', 'network', engine('-H', 'tcp://[::]:2375'), []],
  ['fail', 'network', engine('-H', 'fd://'), [onApi]],
  ['fail', 'loopback', engine('-H', 'tcp://127.0.0.1:2375'), [local]],
  ['fail', 'loopback', engine('-H', 'tcp://:2375'), []],
  ['pass', 'loopback', engine('-H', 'tcp://0.0.0.0:2375'), [onApi]],
  ['not-applicable', 'network', null, []],
  ['undetermined', 'network', engine('-H', 'fd://'), denied],
])('%s: %s', (outcome, reach, found, listeners) => {
  expect(evaluate(dockerTcpApi, { engine: found, listeners }, { reach })[0]).toMatchObject({ outcome });
});
