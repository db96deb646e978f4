import { describe, expect, test } from '@jest/globals';
import { unitFileAccess } from '../../../src/checks/host/unit-file-access.ts';
import { known, unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';

const accounts = {
  users: [
    { name: 'ollama', uid: 999, gid: 999, home: '/', shell: '/' },
    { name: 'bob', uid: 1000, gid: 1000, home: '/home/bob', shell: '/' },
  ],
  groups: [
    { name: 'staff', gid: 50, members: [] },
    { name: 'dev', gid: 60, members: ['bob'] },
    { name: 'ollama', gid: 999, members: [] },
  ],
  incomplete: null,
};

interface Given {
  readonly path?: string;
  readonly type?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

function given({ path = '/opt/x', type = 'file', mode = 0o755, uid = 0, gid = 0 }: Given) {
  const role = type === 'directory' ? 'directory' : 'program';
  const stat = known({ type, mode, uid, gid, size: 1, mtime: 0 }, path);
  return {
    accounts,
    units: [{ unit: 'ollama.service', uid: 999, paths: [{ path, role, stat }], environmentFiles: [] }],
  };
}

const others = { by: 'others' };
const service = { by: 'service' };

describe('unit-file-access', () => {
  test.each([
    ['pass', others, given({})],
    ['fail', others, given({ mode: 0o666 })],
    ['fail', others, given({ uid: 1000 })],
    ['fail', others, given({ mode: 0o775, gid: 60 })],
    // Debian gives /usr/local to a group that nobody is in.
    ['pass', others, given({ type: 'directory', mode: 0o2775, gid: 50 })],
    ['fail', others, given({ mode: 0o664, gid: 77 })],
    ['pass', others, given({ type: 'directory', mode: 0o1777 })],
    ['fail', others, given({ type: 'directory', mode: 0o777 })],
    ['pass', others, given({ uid: 999 })],
    ['pass', others, given({ mode: 0o775, gid: 999 })],
    ['fail', service, given({ uid: 999 })],
    ['fail', service, given({ mode: 0o775, gid: 999 })],
    ['pass', service, given({ mode: 0o666, uid: 1000 })],
    ['pass', service, given({})],
  ])('%s %j %#', (outcome, params, access) => {
    expect(evaluate(unitFileAccess, { access }, params)).toMatchObject([{ outcome }]);
  });

  test('not-applicable without units', () => {
    expect(evaluate(unitFileAccess, { access: { accounts, units: [] } }, others)).toMatchObject([
      { outcome: 'not-applicable' },
    ]);
  });

  test.each([
    ['pass', known(null, '/x')],
    ['undetermined', unknown('unsupported', '/x could not be read: EIO', '/x')],
  ])('%s where a path is %j', (outcome, stat) => {
    const [unit] = given({}).units;
    const access = { accounts, units: [{ ...unit, paths: [{ path: '/x', role: 'program', stat }] }] };
    expect(evaluate(unitFileAccess, { access }, others)).toMatchObject([{ outcome }]);
  });

  test('undetermined where a path may not be looked at', () => {
    const [unit] = given({}).units;
    const access = {
      accounts,
      units: [
        {
          ...unit,
          paths: [{ path: '/x', role: 'program', stat: unknown('denied', '/x may not be read', '/x') }],
        },
      ],
    };
    expect(evaluate(unitFileAccess, { access }, others)).toMatchObject([
      { outcome: 'undetermined', because: 'who can change /x is not known: /x may not be read; run as root' },
    ]);
  });

  test('a failure names who, and a home is not taken from its owner', () => {
    expect(evaluate(unitFileAccess, { access: given({ mode: 0o666, uid: 1000 }) }, others)).toMatchObject([
      { message: 'writable', data: { who: 'everybody, bob', mode: '666', owner: '1000:0' } },
    ]);
    expect(
      evaluate(
        unitFileAccess,
        { access: given({ path: '/home/bob', type: 'directory', uid: 1000 }) },
        others,
      ),
    ).toMatchObject([{ message: 'home', data: { who: 'bob' } }]);
  });
});
