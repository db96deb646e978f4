import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { factReader } from '../../../src/engine/fact.ts';
import {
  configuredSysctlFact,
  configuredValue,
  parseSysctl,
  pathOf,
} from '../../../src/facts/sysctl/configured.ts';
import { memoryHost } from '../../harness/memory-host.ts';

async function value(
  files: Readonly<Record<string, string>>,
  recording = {},
  key = 'net.ipv4.conf.all.rp_filter',
) {
  const evidence = await factReader(await memoryHost({ files, recording }))(configuredSysctlFact);
  return evidence.state === 'known' ? (configuredValue(evidence.value, key)?.value ?? null) : evidence.why;
}
const key = 'net.ipv4.conf.all.rp_filter';

test.each([
  ['nothing', {}, null],
  [
    'the later name counts',
    { '/etc/sysctl.d/10.conf': `${key}=1`, '/usr/lib/sysctl.d/50.conf': `${key}=2` },
    '2',
  ],
  [
    '/etc masks the same name',
    { '/etc/sysctl.d/50.conf': '', '/usr/lib/sysctl.d/50.conf': `${key}=2` },
    null,
  ],
  ['/etc/sysctl.conf alone does not count', { '/etc/sysctl.conf': `${key}=1` }, null],
  ['the link to it does', { '/etc/sysctl.d/99-sysctl.conf': `${key} = 1` }, '1'],
  [
    'explicit beats a later glob',
    { '/etc/sysctl.d/10.conf': `${key}=1`, '/etc/sysctl.d/20.conf': 'net.ipv4.conf.*.rp_filter=2' },
    '1',
  ],
  ['a glob alone', { '/etc/sysctl.d/20.conf': 'net.ipv4.conf.*.rp_filter=2' }, '2'],
  ['taken out of the glob', { '/etc/sysctl.d/20.conf': `net.ipv4.conf.*.rp_filter=2\n-${key}` }, null],
  ['slashes', { '/etc/sysctl.d/20.conf': '-net/ipv4/conf/all/rp_filter = 2' }, '2'],
  ['comments', { '/etc/sysctl.d/20.conf': `# ${key} = 1\n; ${key} = 1` }, null],
  ['another ending', { '/etc/sysctl.d/20.txt': `${key} = 1` }, null],
  [
    'ufw comes last',
    {
      '/etc/sysctl.d/20.conf': `${key}=1`,
      '/etc/ufw/ufw.conf': 'ENABLED=yes',
      '/etc/ufw/sysctl.conf': 'net/ipv4/conf/all/rp_filter=0',
    },
    '0',
  ],
  [
    'ufw is off',
    { '/etc/ufw/ufw.conf': 'ENABLED=no', '/etc/ufw/sysctl.conf': 'net/ipv4/conf/all/rp_filter=0' },
    null,
  ],
])('%s', async (_, files, expected) => {
  expect(await value(files)).toBe(expected);
});

test('a link to /dev/null switches a file off', async () => {
  const files = { '/usr/lib/sysctl.d/50.conf': `${key}=2` };
  expect(await value(files, { '/etc/sysctl.d/50.conf': { readlink: '/dev/null' } })).toBeNull();
});

test('a file that may not be read leaves everything unknown', async () => {
  const files = { '/etc/sysctl.d/50.conf': `${key}=2` };
  expect(await value(files, { '/etc/sysctl.d/50.conf': { read: { unknown: 'denied', detail: 'no' } } })).toBe(
    'denied',
  );
});

test('a dot inside a name', () => {
  expect(pathOf('net.ipv4.conf.eth0/100.rp_filter')).toBe('net/ipv4/conf/eth0.100/rp_filter');
  expect(pathOf('net/ipv4/conf/eth0.100/rp_filter')).toBe('net/ipv4/conf/eth0.100/rp_filter');
});

test('any text parses without a throw', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '.', '/', '*', '[', ']', '=', '-', '#', '\n', '?', '\\') }),
      (text) => {
        const lines = parseSysctl(text, 'x');
        expect(() => configuredValue({ lines, later: [] }, 'a.a')).not.toThrow();
      },
    ),
  );
});
