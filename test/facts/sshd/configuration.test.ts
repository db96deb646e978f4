import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { algorithmsFrom } from '../../../src/facts/sshd/algorithms.ts';
import { effectiveOptions } from '../../../src/facts/sshd/effective.ts';
import { expandGlob } from '../../../src/facts/sshd/glob.ts';
import { parsePublicKeys } from '../../../src/facts/sshd/keys.ts';
import type { Connection } from '../../../src/facts/sshd/match.ts';
import { matchAddresses, matchList } from '../../../src/facts/sshd/patterns.ts';
import { parseArguments } from '../../../src/facts/sshd/processes.ts';
import { readConfigTree } from '../../../src/facts/sshd/tree.ts';
import { formatValue } from '../../../src/facts/sshd/values.ts';
import { splitArguments, splitCriteria, splitKeyword } from '../../../src/facts/sshd/words.ts';
import { memoryHost } from '../../harness/memory-host.ts';

const main = '/etc/ssh/sshd_config';

async function optionsOf(
  files: Readonly<Record<string, string>>,
  connection: Connection | null = null,
  recording: Readonly<Record<string, unknown>> = {},
) {
  const tree = await readConfigTree(await memoryHost({ files, recording }), main);
  return effectiveOptions(tree, { connection, version: '9.2' });
}

describe('the effective value', () => {
  test.each<[string, Readonly<Record<string, string>>, Connection | null, string, string, string]>([
    [
      'the first line wins',
      { [main]: 'X11Forwarding yes\nX11Forwarding no\n' },
      null,
      'x11forwarding',
      'yes',
      `${main}:1`,
    ],
    [
      'a drop-in that is included first beats the main file',
      {
        [main]: 'Include /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin no\n',
        '/etc/ssh/sshd_config.d/50-x.conf': 'PermitRootLogin yes\n',
      },
      null,
      'permitrootlogin',
      'yes',
      '/etc/ssh/sshd_config.d/50-x.conf:1',
    ],
    [
      'a Match block does not touch the global value',
      { [main]: 'PermitRootLogin no\nMatch User root\nPermitRootLogin yes\n' },
      null,
      'permitrootlogin',
      'no',
      `${main}:1`,
    ],
    [
      'a Match block that applies beats the global value',
      { [main]: 'PermitRootLogin no\nMatch User root\nPermitRootLogin yes\n' },
      { user: 'root' },
      'permitrootlogin',
      'yes',
      `${main}:3`,
    ],
    [
      'a Match in an included file ends with that file',
      {
        [main]: 'Include a.conf\nMaxAuthTries 3\n',
        '/etc/ssh/a.conf': 'Match User nobody\nMaxAuthTries 9\n',
      },
      null,
      'maxauthtries',
      '3',
      `${main}:2`,
    ],
    [
      'AllowUsers in a Match block replaces the global list',
      { [main]: 'AllowUsers a b\nMatch User root\nAllowUsers c\n' },
      { user: 'root' },
      'allowusers',
      'c',
      `${main}:3`,
    ],
    [
      'words with = and quotes',
      { [main]: 'PermitRootLogin = "no" # why\n' },
      null,
      'permitrootlogin',
      'no',
      `${main}:1`,
    ],
    [
      'old names',
      { [main]: 'ChallengeResponseAuthentication no\n' },
      null,
      'kbdinteractiveauthentication',
      'no',
      `${main}:1`,
    ],
    [
      'the older word',
      { [main]: 'PermitRootLogin without-password\n' },
      null,
      'permitrootlogin',
      'prohibit-password',
      `${main}:1`,
    ],
    ['the default', { [main]: '' }, null, 'passwordauthentication', 'yes', 'default:null'],
  ])('%s', async (_, files, connection, keyword, value, from) => {
    const option = (await optionsOf(files, connection)).get(keyword);
    expect(option?.values.join(' ')).toBe(value);
    expect(`${option?.source ?? ''}:${String(option?.line)}`).toBe(from);
  });

  test('what an unread file may set is not known; what precedes it is', async () => {
    const secret = '/etc/ssh/sshd_config.d/secret.conf';
    const denied = { unknown: 'denied', detail: `${secret} may not be read` };
    const recording = { [secret]: { read: denied }, '/etc/ssh/sshd_config.d': { list: ['secret.conf'] } };
    const text = 'PermitRootLogin yes\nInclude sshd_config.d/*.conf\nX11Forwarding no\n';
    const options = await optionsOf({ [main]: text }, null, recording);
    expect(options.get('permitrootlogin')?.values).toEqual(['yes']);
    expect(options.has('x11forwarding')).toBe(false);
    expect(options.has('passwordauthentication')).toBe(false);
  });

  test('a Match that is not understood leaves open what it sets', async () => {
    const options = await optionsOf(
      { [main]: 'Match Weather sunny\nPermitRootLogin yes\n' },
      { user: 'root' },
    );
    expect(options.has('permitrootlogin')).toBe(false);
    expect(options.has('x11forwarding')).toBe(true);
  });

  test('a file that includes itself ends', async () => {
    const tree = await readConfigTree(
      await memoryHost({ files: { [main]: `Include ${main} ${main}\n` } }),
      main,
    );
    expect(tree.unread.length).toBeGreaterThan(0);
  });
});

describe('lines', () => {
  test.each([
    ['PermitRootLogin yes', { keyword: 'PermitRootLogin', rest: 'yes' }],
    ['  PermitRootLogin\t=  yes \r', { keyword: 'PermitRootLogin', rest: 'yes' }],
    ['"PermitRootLogin"=yes', { keyword: 'PermitRootLogin', rest: '=yes' }],
    ['# PermitRootLogin yes', null],
    ['', null],
  ])('%j', (line, split) => {
    expect(splitKeyword(line)).toEqual(split);
  });

  test.each([
    ['a "b c" d\\ e f#g #h', ['a', 'b c', 'd e', 'f#g']],
    ['"open', null],
    ['', []],
  ])('arguments %j', (rest, words) => {
    expect(splitArguments(rest)).toEqual(words);
  });

  test('criteria take = for white space', () => {
    expect(splitCriteria('User=root Host "a b" # c')).toEqual(['User', 'root', 'Host', 'a b']);
  });

  test('any text splits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        splitKeyword(text);
        splitArguments(text);
        splitCriteria(text);
        parsePublicKeys(text);
        parseArguments(text.split(' '));
      }),
    );
  });

  test('any bytes are a configuration', async () => {
    const line = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('Match', 'Match User', 'Include *', 'Port', 'Match all'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line), async (lines) => {
        const options = await optionsOf({ [main]: lines.join('\n') }, { user: 'root' });
        expect(options).toBeInstanceOf(Map);
      }),
      { numRuns: 200 },
    );
  });
});

describe('patterns', () => {
  test.each([
    ['root', 'r*,!root', false],
    ['daemon', 'r*,d?emon', true],
    ['x', 'a,b', null],
  ])('%s in %s', (value, list, expected) => {
    expect(matchList(value, list)).toBe(expected);
  });

  test.each<[string, string, boolean | null | 'bad']>([
    ['10.2.0.1', '10.0.0.0/8,!10.1.0.0/16', true],
    ['10.1.0.1', '10.0.0.0/8,!10.1.0.0/16', false],
    ['10.1.0.1', '10.0.0.1/8', 'bad'],
    ['2001:db8::1', '2001:db8::/32', true],
    ['192.0.2.9', '192.0.*', true],
  ])('%s in %s', (address, list, expected) => {
    expect(matchAddresses(address, list)).toBe(expected);
  });

  test('a pattern of stars ends', () => {
    expect(matchList('a'.repeat(2000), `${'*a'.repeat(500)}b`)).toBe(null);
  });

  test('glob order, hidden files and classes', async () => {
    const names = ['b.conf', 'a.conf', '.c.conf', 'A.conf', 'x.txt', '1.conf'];
    const host = await memoryHost({ files: Object.fromEntries(names.map((name) => [`/d/${name}`, ''])) });
    expect((await expandGlob(host, '/d/*.conf')).paths).toEqual([
      '/d/1.conf',
      '/d/A.conf',
      '/d/a.conf',
      '/d/b.conf',
    ]);
    expect((await expandGlob(host, '/d/[!a-z]*.conf')).paths).toEqual(['/d/1.conf', '/d/A.conf']);
    expect((await expandGlob(host, '/d/[z-a]*.conf')).paths).toEqual([]);
  });
});

describe('values', () => {
  test.each([
    ['1h30m', '5400'],
    ['5M', '300'],
    ['90', '90'],
    ['5x', null],
    ['', null],
  ])('time %s', (text, seconds) => {
    expect(formatValue(text, 'time')).toBe(seconds);
  });

  test.each([
    [null, '9.2', true],
    ['-hmac-sha1*', '9.2', false],
    ['+hmac-md5', '9.2', true],
    ['hmac-sha2-256', null, false],
  ])('MACs %s of %s', (specification, version, sha1) => {
    expect(algorithmsFrom('macs', specification, version)?.includes('hmac-sha1')).toBe(sha1);
  });

  test('a default of an unknown version is not known', () => {
    expect(algorithmsFrom('macs', null, null)).toBeNull();
    expect(algorithmsFrom('macs', '+x', null)).toBeNull();
  });

  test('daemon arguments', () => {
    expect(parseArguments(['-D', '-f/etc/ssh/other', '-oPort=2222', '-4p', '23'])).toEqual({
      configFile: '/etc/ssh/other',
      args: ['-o', 'Port=2222', '-p', '23'],
      overrides: ['Port=2222', 'Port 23'],
    });
  });

  test('key sizes', () => {
    const string = (bytes: readonly number[]) => [0, 0, 0, bytes.length, ...bytes];
    const modulus = [0, ...Array.from({ length: 128 }, () => 255)];
    const rsa = Buffer.from([
      ...string([...Buffer.from('ssh-rsa')]),
      ...string([1, 0, 1]),
      ...string(modulus),
    ]);
    const text = `# ssh-rsa x\ncommand="echo \\"ssh-rsa\\" x",no-pty ssh-rsa ${rsa.toString('base64')} a b\nssh-ed25519 AAAA c\n`;
    expect(parsePublicKeys(text)).toEqual([
      { type: 'ssh-rsa', bits: 1024, line: 2, comment: 'a b' },
      { type: 'ssh-ed25519', bits: 256, line: 3, comment: 'c' },
    ]);
  });
});
