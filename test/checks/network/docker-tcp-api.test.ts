import { describe, expect, test } from '@jest/globals';
import { dockerTcpApi } from '../../../src/checks/network/docker-tcp-api.ts';
import { optionsOfArguments } from '../../../src/facts/workloads/engine-options.ts';
import { factReader } from '../../../src/engine/fact.ts';
import { dockerUnitsFact } from '../../../src/facts/listeners/docker-units.ts';
import { knownInPart, unknown } from '../../../src/host/evidence.ts';
import { hostEngine, projectEngine } from '../../harness/engine-configuration.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { listener } from '../../harness/firewall.ts';
import { memoryHost } from '../../harness/memory-host.ts';

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
const engine = (...flags: readonly string[]) => {
  const options = optionsOfArguments(['dockerd', ...flags], 'command line of dockerd');
  return { ...hostEngine(), options };
};
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
  const units = { options: {}, streams: [] };
  expect(
    evaluate(dockerTcpApi, { engines: found === null ? [] : [found], listeners, units }, { reach })[0],
  ).toMatchObject({
    outcome,
  });
});

const nobodys = listener({ port: 2375 });
const systemd = { ...dockerd, pid: 1, name: 'systemd' };
const service = '/etc/systemd/system/docker.service.d/tcp.conf';
const socket = '/etc/systemd/system/docker.socket';
const tcp = '[Service]\nExecStart=\nExecStart=/usr/bin/dockerd -H tcp://0.0.0.0:2375 -H fd://\n';
const vendor = {
  '/usr/lib/systemd/system/docker.service': '[Service]\nExecStart=/usr/bin/dockerd -H fd://\n',
  '/usr/lib/systemd/system/docker.socket': '[Socket]\nListenStream=/run/docker.sock\n',
};

describe('units and sockets whose owner is unseen', () => {
  const stopped = hostEngine({ engine: { running: false } });
  test.each([
    ['pass', engine('-H', 'fd://'), [], vendor],
    ['undetermined', engine('-H', 'fd://'), [nobodys], vendor],
    ['pass', engine('-H', 'fd://'), [listener({ port: 2375, address: '127.0.0.1' })], vendor],
    ['pass', engine('-H', 'fd://'), [listener({ port: 8080 })], vendor],
    ['fail', engine('-H', 'tcp://0.0.0.0:2375'), [nobodys], vendor],
    ['pass', stopped, [], vendor],
    ['fail', stopped, [], { ...vendor, [service]: tcp }],
    ['fail', engine('-H', 'fd://'), [], { ...vendor, [service]: tcp }],
    ['pass', stopped, [], { ...vendor, [service]: tcp.replace('-H tcp', '--tlsverify -H tcp') }],
    ['pass', stopped, [], { ...vendor, [service]: tcp.replace('0.0.0.0', '127.0.0.1') }],
    ['fail', stopped, [], { ...vendor, [socket]: '[Socket]\nListenStream=2375\n' }],
    ['fail', stopped, [], { ...vendor, [`${socket}.d/x.conf`]: '[Socket]\nListenStream=[::]:4243\n' }],
    ['pass', stopped, [], { ...vendor, [socket]: '[Socket]\nListenStream=4243\nListenStream=\n' }],
    [
      'fail',
      engine('-H', 'fd://'),
      [listener({ port: 4243, process: systemd })],
      { ...vendor, [socket]: '[Socket]\nListenStream=0.0.0.0:4243\n' },
    ],
  ])('%s %#', async (outcome, found, listeners, files) => {
    const units = await factReader(await memoryHost({ files }))(dockerUnitsFact);
    const given = { engines: [found], listeners, units };
    expect(evaluate(dockerTcpApi, given, { reach: 'network' })[0]).toMatchObject({ outcome });
  });

  test('a socket that systemd holds is put right where docker.socket says it', async () => {
    const files = { ...vendor, [socket]: '[Socket]\nListenStream=0.0.0.0:4243\n' };
    const units = await factReader(await memoryHost({ files }))(dockerUnitsFact);
    const listeners = [listener({ port: 4243, process: systemd })];
    const given = { engines: [engine('-H', 'fd://')], listeners, units };
    expect(evaluate(dockerTcpApi, given, { reach: 'network' })).toMatchObject([
      { outcome: 'fail', message: 'configured', data: { source: socket } },
    ]);
  });

  test('unread units of a stopped engine', () => {
    const units = knownInPart({ options: {}, streams: [] }, 'x', ['docker.service could not be read']);
    const given = { engines: [stopped], listeners: [], units };
    expect(evaluate(dockerTcpApi, given, { reach: 'network' })[0]).toMatchObject({ outcome: 'undetermined' });
  });
});

test('certificates that a file asks for since the engine started are not asked for yet', () => {
  const hosts = ['tcp://0.0.0.0:2376'];
  const drift = 'daemon.json was changed after dockerd (pid 7) started';
  const tls = { file: { hosts, tlsverify: true } };
  const judged = (found: ReturnType<typeof hostEngine>) =>
    evaluate(
      dockerTcpApi,
      { engines: [found], listeners: [], units: { options: {}, streams: [] } },
      { reach: 'network' },
    );
  expect(judged(hostEngine(tls))).toMatchObject([{ outcome: 'pass' }]);
  expect(judged(hostEngine({ ...tls, engine: { drift } }))).toMatchObject([{ outcome: 'undetermined' }]);
});

test('of two engines the one that opens the socket counts', () => {
  const engines = [engine('--tlsverify', '-H', 'tcp://0.0.0.0:2376'), engine('-H', 'tcp://0.0.0.0:2377')];
  const given = { engines, listeners: [], units: { options: {}, streams: [] } };
  expect(evaluate(dockerTcpApi, given, { reach: 'network' })).toMatchObject([
    { outcome: 'pass', subject: '0.0.0.0:2376' },
    { outcome: 'fail', subject: '0.0.0.0:2377' },
  ]);
});

test.each([
  ['fail', { hosts: ['unix:///run/docker.sock', 'tcp://0.0.0.0:2375'] }],
  ['pass', { hosts: ['tcp://0.0.0.0:2376'], tlsverify: true }],
  ['pass', { hosts: ['tcp://127.0.0.1:2375'] }],
  ['pass', {}],
])('a daemon.json of a project: %s %j', (outcome, file) => {
  const given = { engines: [projectEngine(file)], listeners: denied, units: denied };
  expect(evaluate(dockerTcpApi, given, { reach: 'network' })).toMatchObject([{ outcome }]);
});
