import { expect, test } from '@jest/globals';
import { engineSocket } from '../../../src/checks/containers/engine-socket.ts';
import { known, unknown } from '../../../src/host/evidence.ts';
import { engine } from '../../harness/docker-workload.ts';
import { evaluate } from '../../harness/evaluate.ts';

const groups = new Map([
  [0, 'root'],
  [103, 'docker'],
  [1000, 'people'],
]);
const socket = (mode: number, uid = 0, gid = 103, path = '/run/docker.sock') => ({
  path,
  stat: { type: 'socket', mode, uid, gid, size: 0, mtime: 0 },
  named: known([], 'getfacl'),
});

test.each([
  ['pass', socket(0o660)],
  ['pass', socket(0o600, 0, 1000)],
  ['pass', socket(0o660, 0, 0)],
  ['pass', socket(0o664)],
  ['fail', socket(0o666)],
  ['fail', socket(0o662)],
  ['fail', socket(0o660, 0, 1000)],
  ['fail', socket(0o660, 1000)],
  ['undetermined', socket(0o660, 0, 77)],
  ['undetermined', { path: '/run/docker.sock', stat: null, named: known([], '') }],
  ['pass', socket(0o666, 1000, 1000, '/run/user/1000/docker.sock')],
])('engine-socket: %s %j', (outcome, each) => {
  expect(evaluate(engineSocket, { engines: [{ ...engine, sockets: [each] }], groups })).toMatchObject([
    { outcome },
  ]);
});

test('engine-socket: whose group it is has to be seen', () => {
  const unseen = unknown('denied', '/etc/group may not be read', '/etc/group');
  const given = { engines: [{ ...engine, sockets: [socket(0o660)] }], groups: unseen };
  expect(evaluate(engineSocket, given)).toMatchObject([{ outcome: 'undetermined' }]);
});

test.each([[[]], [[{ ...engine, sockets: [] }]]])('engine-socket: not-applicable', (engines) => {
  expect(evaluate(engineSocket, { engines, groups })).toMatchObject([{ outcome: 'not-applicable' }]);
});

test('engine-socket: every engine’s own', () => {
  const second = { ...engine, sockets: [socket(0o666, 0, 103, '/run/second.sock')] };
  const engines = [{ ...engine, sockets: [socket(0o660)] }, second];
  expect(evaluate(engineSocket, { engines, groups })).toMatchObject([
    { outcome: 'pass', subject: '/run/docker.sock' },
    { outcome: 'fail', subject: '/run/second.sock' },
  ]);
});

test('engine-socket: whom an access control list lets in', () => {
  const listed = (named: unknown) =>
    evaluate(engineSocket, { engines: [{ ...engine, sockets: [{ ...socket(0o660), named }] }], groups });
  expect(listed(known(['user bob'], 'getfacl'))).toMatchObject([
    { outcome: 'fail', message: 'named', data: { named: 'user bob' } },
  ]);
  expect(listed(unknown('timeout', 'getfacl took too long', 'getfacl'))).toMatchObject([
    { outcome: 'undetermined', because: expect.stringContaining('getfacl took too long') },
  ]);
});
