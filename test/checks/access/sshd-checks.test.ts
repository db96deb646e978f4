import { describe, expect, test } from '@jest/globals';
import { sshdAlgorithms } from '../../../src/checks/access/sshd-algorithms.ts';
import { sshdConfigTest } from '../../../src/checks/access/sshd-config-test.ts';
import { sshdDrift } from '../../../src/checks/access/sshd-drift.ts';
import { sshdMatchWeakens } from '../../../src/checks/access/sshd-match-weakens.ts';
import { sshdMaxStartups } from '../../../src/checks/access/sshd-max-startups.ts';
import { sshdOption } from '../../../src/checks/access/sshd-option.ts';
import { sshdUsersUnrestricted } from '../../../src/checks/access/sshd-users-unrestricted.ts';
import { sshdVulnerability } from '../../../src/checks/access/sshd-vulnerability.ts';
import type { Check } from '../../../src/engine/check.ts';
import { known, unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';
import type { MemoryHost } from '../../harness/memory-host.ts';
import { sshdConfig, sshdOn, sshdWith } from '../../harness/sshd.ts';

const denied = { read: { unknown: 'denied', detail: 'it may not be read' } };
/** Something that sshd reads last and this audit cannot. */
const blind: MemoryHost = { recording: { '/etc/ssh/z.conf': denied } };

async function outcomes(check: Check, params: unknown, text: string, more: MemoryHost = {}) {
  const sshd = await sshdWith(text, more);
  return evaluate(check, { sshd }, params).map(({ outcome }) => outcome);
}

async function absent(check: Check, params: unknown, more: Readonly<Record<string, unknown>> = {}) {
  return evaluate(check, { sshd: await sshdOn({}), ...more }, params)[0]?.outcome;
}

const password = {
  settings: [{ option: 'PasswordAuthentication', accept: ['no'], refuse: ['yes'], recommended: 'no' }],
  meaning: 'm',
  unless: { PubkeyAuthentication: ['never'] },
  method: 'password',
};
const root = {
  settings: [{ option: 'PermitRootLogin', accept: ['no'], refuse: ['yes'], recommended: 'no' }],
  meaning: 'm',
  root: true,
};

describe('sshd-option', () => {
  test.each<[string, unknown, string, string[]]>([
    ['pass', password, 'PasswordAuthentication no\n', ['pass']],
    ['fail', password, 'PasswordAuthentication yes\n', ['fail']],
    ['fail by default', password, '', ['fail']],
    [
      'fail in a Match',
      password,
      'PasswordAuthentication no\nMatch User op\nPasswordAuthentication yes\n',
      ['fail'],
    ],
    ['one finding where a Match only inherits', password, 'Match User op\nX11Forwarding no\n', ['fail']],
    ['a key is asked for as well', password, 'AuthenticationMethods publickey,password\n', ['pass']],
    ['one list is the password alone', password, 'AuthenticationMethods publickey password\n', ['fail']],
    ['a value sshd does not know', password, 'PasswordAuthentication maybe\n', ['undetermined']],
    ['root’s block', root, 'PermitRootLogin no\nMatch User root\nPermitRootLogin yes\n', ['fail']],
    [
      'a block that root never reaches',
      root,
      'PermitRootLogin no\nMatch User op\nPermitRootLogin yes\n',
      ['pass'],
    ],
    [
      'a block of a group without members',
      root,
      'PermitRootLogin no\nMatch Group g\nPermitRootLogin yes\n',
      ['fail'],
    ],
  ])('%s', async (_, params, text, expected) => {
    expect(await outcomes(sshdOption, params, text)).toEqual(expected);
  });

  test('bounds', async () => {
    const settings = [{ option: 'LoginGraceTime', min: 1, max: 60, recommended: '60' }];
    for (const [value, outcome] of [
      ['0', 'fail'],
      ['1m', 'pass'],
      ['61', 'fail'],
    ] as const) {
      const found = await outcomes(sshdOption, { settings, meaning: 'm' }, `LoginGraceTime ${value}\n`);
      expect([value, found]).toEqual([value, [outcome]]);
    }
  });

  test('no sshd is nothing to judge', async () => {
    expect(await absent(sshdOption, password)).toBe('not-applicable');
  });

  test('an unread file can weaken what was read; what is weak already stays weak', async () => {
    const after = (text: string) => outcomes(sshdOption, password, `${text}\nInclude z.conf\n`, blind);
    expect(await after('PasswordAuthentication no')).toEqual(['undetermined']);
    expect(await after('PasswordAuthentication yes')).toEqual(['fail']);
    expect(await after('')).toEqual(['undetermined']);
  });

  test('a line that nobody understands is no ground for a pass', async () => {
    expect(await outcomes(sshdOption, password, 'PasswordAuthentication no\n\u0001\u0002 x\n')).toEqual([
      'undetermined',
    ]);
  });

  test('a server that runs on what the file said before proves nothing', async () => {
    const sshd = await sshdWith('PasswordAuthentication no\n');
    for (const reloadSeen of [true, false]) {
      const drift = known({ loadedAt: 1, changed: [{ path: sshdConfig, mtime: 2 }], reloadSeen }, 'test');
      const stale = { ...sshd, servers: sshd.servers.map((server) => ({ ...server, drift })) };
      expect(evaluate(sshdOption, { sshd: stale }, password)[0]?.outcome).toBe('undetermined');
      const [verdict] = evaluate(sshdDrift, { sshd: stale });
      expect(verdict?.outcome).toBe(reloadSeen ? 'fail' : 'undetermined');
    }
  });

  test.each([
    ['0', 'PermitRootLogin prohibit-password'],
    ['0', 'PermitRootLogin yes'],
    ['1000', 'PermitRootLogin no'],
    ['1000', 'PermitRootLogin forced-commands-only'],
  ])('the key that is left must be of user id %s or more: %s', async (leastUid, line) => {
    const sshd = await sshdWith(`PasswordAuthentication yes\n${line}\n`);
    expect(evaluate(sshdOption, { sshd }, password)).toMatchObject([{ data: { leastUid } }]);
  });

  test.each([
    [
      'a drop-in where it is read first',
      'Include /etc/ssh/sshd_config.d/*.conf\nPasswordAuthentication yes\n',
      'dropIn',
    ],
    ['in place without an Include', 'PasswordAuthentication yes\n', 'inPlace'],
    [
      'in place above the Include',
      'PasswordAuthentication yes\nInclude /etc/ssh/sshd_config.d/*.conf\n',
      'inPlace',
    ],
  ])('remedy: %s', async (_, text, message) => {
    const [verdict] = evaluate(sshdOption, { sshd: await sshdWith(text) }, password);
    expect(verdict).toMatchObject({
      message,
      data: { setting: 'PasswordAuthentication no', config: sshdConfig },
    });
  });

  test('an earlier drop-in still wins: its line changes', async () => {
    const files = { '/etc/ssh/sshd_config.d/00-a.conf': 'PasswordAuthentication yes\n' };
    const sshd = await sshdWith('Include /etc/ssh/sshd_config.d/*.conf\n', { files });
    const [verdict] = evaluate(sshdOption, { sshd }, password);
    expect(verdict).toMatchObject({
      message: 'inPlace',
      data: { target: '/etc/ssh/sshd_config.d/00-a.conf' },
      evidence: [{ source: '/etc/ssh/sshd_config.d/00-a.conf', line: 1 }],
    });
  });
});

describe('sshd-match-weakens', () => {
  const params = { options: [{ option: 'X11Forwarding', order: ['no', 'yes'] }] };
  test.each([
    ['fail', 'X11Forwarding no\nMatch User op\nX11Forwarding yes\n'],
    ['pass', 'X11Forwarding yes\nMatch User op\nX11Forwarding no\n'],
    ['not-applicable', 'X11Forwarding yes\n'],
  ])('%s', async (outcome, text) => {
    expect(await outcomes(sshdMatchWeakens, params, text)).toEqual([outcome]);
  });
  test('undetermined', async () => {
    expect(await outcomes(sshdMatchWeakens, params, 'Include z.conf\n', blind)).toEqual(['undetermined']);
    expect(await absent(sshdMatchWeakens, params)).toBe('not-applicable');
  });
});

describe('sshd-users-unrestricted', () => {
  test.each([
    ['fail', ''],
    ['fail', 'AllowUsers *\n'],
    ['fail', 'Match User op\nAllowUsers op\n'],
    ['pass', 'AllowUsers op\n'],
    ['pass', 'AllowGroups ssh\n'],
  ])('%s %j', async (outcome, text) => {
    expect(await outcomes(sshdUsersUnrestricted, {}, text)).toEqual([outcome]);
  });
  test('undetermined and not-applicable', async () => {
    expect(await outcomes(sshdUsersUnrestricted, {}, 'Include z.conf\n', blind)).toEqual(['undetermined']);
    expect(await absent(sshdUsersUnrestricted, {})).toBe('not-applicable');
  });
});

describe('sshd-max-startups', () => {
  const params = { full: 100, recommended: '10:30:60' };
  test.each([
    ['pass', ''],
    ['pass', 'MaxStartups 10:30:60\n'],
    ['fail', 'MaxStartups 10\n'],
    ['fail', 'MaxStartups 10:30:1000\n'],
    ['undetermined', 'MaxStartups many\n'],
  ])('%s %j', async (outcome, text) => {
    expect(await outcomes(sshdMaxStartups, params, text)).toEqual([outcome]);
  });
  test('not-applicable', async () => {
    expect(await absent(sshdMaxStartups, params)).toBe('not-applicable');
  });
});

describe('sshd-algorithms', () => {
  const macs = { option: 'MACs', weak: ['*sha1*'], meaning: 'm' };
  test.each([
    ['fail', ''],
    ['pass', 'MACs -hmac-sha1*\n'],
    ['pass', 'MACs hmac-sha2-256\n'],
  ])('%s %j', async (outcome, text) => {
    expect(await outcomes(sshdAlgorithms, macs, text)).toEqual([outcome]);
  });

  test('the default of a version that is not known', async () => {
    const status = { '/var/lib/dpkg/status': '' };
    expect(await outcomes(sshdAlgorithms, macs, '', { files: status })).toEqual(['undetermined']);
    expect(await absent(sshdAlgorithms, macs)).toBe('not-applicable');
  });

  test('a short RSA host key, and one that could not be read', async () => {
    const sshd = await sshdWith('');
    const keys = [
      { path: '/k/rsa', type: 'ssh-rsa', bits: 2048 },
      { path: '/k/ed', type: 'ssh-ed25519', bits: 256 },
      { path: '/k/unread', type: null, bits: null },
    ];
    const servers = sshd.servers.map((server) => ({ ...server, hostKeys: keys }));
    const params = { option: 'HostKeyAlgorithms', weak: ['ssh-rsa'], meaning: 'm', rsaBits: 3072 };
    const verdicts = evaluate(sshdAlgorithms, { sshd: { servers, because: '' } }, params);
    expect(verdicts.map(({ outcome, subject }) => [outcome, subject])).toEqual([
      ['pass', 'sshd'],
      ['fail', 'sshd /k/rsa'],
      ['undetermined', 'sshd /k/unread'],
    ]);
  });
});

describe('sshd-vulnerability', () => {
  const vulnerability = {
    cve: 'CVE-2024-6387',
    meaning: 'm',
    from: '8.5',
    below: '9.8',
    backports: ['1:9.2p1-2+deb12u3', '1:9.6p1-3ubuntu13.3'],
  };
  const judge = async (version: string | null, more: object = {}, text = '') => {
    const found = { name: 'openssh-server', status: 'installed', version };
    const packages = version === null ? null : new Map([['openssh-server', found]]);
    const sshd = await sshdWith(text);
    return evaluate(
      sshdVulnerability,
      { sshd, packages },
      { vulnerabilities: [{ ...vulnerability, ...more }] },
    )[0];
  };

  test.each([
    ['1:9.2p1-2+deb12u2', 'fail'],
    ['1:9.2p1-2+deb12u3', 'pass'],
    ['1:9.6p1-3ubuntu13', 'fail'],
    ['1:9.6p1-3ubuntu13.3', 'pass'],
    ['1:9.6p1-3', 'fail'],
    ['1:8.4p1-5+deb11u3', 'pass'],
    ['1:9.9p2-1', 'pass'],
    [null, 'undetermined'],
  ])('%s: %s', async (version, outcome) => {
    expect((await judge(version))?.outcome).toBe(outcome);
  });

  test('only where the attack’s ciphers are offered', async () => {
    const only = { prefixTruncation: true };
    const version = '1:9.2p1-2';
    expect((await judge(version, only))?.outcome).toBe('fail');
    expect((await judge(version, only, 'Ciphers aes256-ctr\n'))?.outcome).toBe('pass');
    expect((await judge(version, only, 'Ciphers aes256-cbc\nMACs hmac-sha2-256\n'))?.outcome).toBe('pass');
    expect((await judge(version, only, 'Ciphers aes256-cbc\n'))?.outcome).toBe('fail');
  });

  test('not-applicable', async () => {
    expect(await absent(sshdVulnerability, { vulnerabilities: [vulnerability] }, { packages: null })).toBe(
      'not-applicable',
    );
  });
});

describe('sshd-config-test and sshd-drift', () => {
  const line = `${sshdConfig}: line 3: Bad configuration option: Foo`;
  test.each([
    ['pass', known('', 'sshd -t'), sshdConfigTest],
    ['fail', known(line, 'sshd -t'), sshdConfigTest],
    ['undetermined', unknown('denied', 'run as root', 'sshd -t'), sshdConfigTest],
    ['pass', known({ loadedAt: 5, changed: [], reloadSeen: true }, '/proc/7/stat'), sshdDrift],
    [
      'fail',
      known({ loadedAt: 5, changed: [{ path: '/x', mtime: 6 }], reloadSeen: true }, '/proc/7/stat'),
      sshdDrift,
    ],
    ['undetermined', unknown('unsupported', 'no', '/proc/7/stat'), sshdDrift],
  ])('%s', async (outcome, evidence, check) => {
    const sshd = await sshdWith('');
    const servers = sshd.servers.map((server) => ({ ...server, test: evidence, drift: evidence }));
    expect(evaluate(check, { sshd: { ...sshd, servers } })[0]?.outcome).toBe(outcome);
  });

  test('the line that sshd names is the evidence', async () => {
    const sshd = await sshdWith('');
    const servers = sshd.servers.map((server) => ({ ...server, test: known(line, 'sshd -t') }));
    const [verdict] = evaluate(sshdConfigTest, { sshd: { ...sshd, servers } });
    expect(verdict).toMatchObject({ evidence: [{ source: sshdConfig, line: 3 }] });
  });

  test('not-applicable', async () => {
    expect(await absent(sshdConfigTest, {})).toBe('not-applicable');
    expect(await absent(sshdDrift, {})).toBe('not-applicable');
  });
});
