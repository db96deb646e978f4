import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { JailConfiguration } from '../../../src/facts/fail2ban/configuration.ts';
import { readJails } from '../../../src/facts/fail2ban/configuration.ts';
import { parseIni } from '../../../src/facts/fail2ban/ini.ts';
import { memoryHost } from '../../harness/memory-host.ts';

const at = '/etc/fail2ban';
const base = `[DEFAULT]
enabled = false
maxretry = 5
bantime = 10m
findtime = 10m
banaction = iptables-multiport
action = %(banaction)s[port="%(port)s", chain="<known/chain>"]
port = 0:65535
[sshd]
port = ssh
filter = %(__name__)s[mode=normal]
`;

async function read(files: Readonly<Record<string, string>>): Promise<JailConfiguration> {
  const paths = Object.entries({
    'jail.conf': base,
    'filter.d/sshd.conf': '',
    'action.d/iptables-multiport.conf': '',
    ...files,
  });
  const host = await memoryHost({
    files: Object.fromEntries(paths.map(([name, text]) => [`${at}/${name}`, text])),
  });
  const evidence = await readJails(host, at);
  if (evidence.state === 'unknown' || evidence.value === null) throw new Error(JSON.stringify(evidence));
  return evidence.value;
}

async function sshd(files: Readonly<Record<string, string>>) {
  const { jails } = await read(files);
  return jails.find(({ name }) => name === 'sshd');
}

describe('the merged jail', () => {
  test('jail.conf < jail.d/*.conf < jail.local < jail.d/*.local, and the deciding line is known', async () => {
    const files = {
      'jail.d/a.conf': '[sshd]\nenabled = true\nmaxretry = 1\nfindtime = 1h\n',
      'jail.local': '[sshd]\nmaxretry = 2\nbantime = 1d\n',
      'jail.d/z.local': '\n[sshd]\nmaxretry = 3\n',
    };
    expect(await sshd(files)).toMatchObject({
      enabled: true,
      maxRetry: { value: 3, citation: { source: `${at}/jail.d/z.local`, line: 3 } },
      findTime: { value: 3600, citation: { source: `${at}/jail.d/a.conf`, line: 4 } },
      banTime: { value: 86_400, citation: { source: `${at}/jail.local`, line: 3 } },
      filter: 'sshd',
      bans: [{ action: 'iptables-multiport', where: 'input', ports: [{ from: 22, to: 22 }] }],
    });
  });

  test.each([
    ['enabled = true # yes', false],
    ['enabled = true ; yes', true],
    ['ENABLED: Yes', true],
    ['enabled = true;yes', false],
    ['enabled =\n  true', false],
  ])('%j', async (line, enabled) => {
    expect(await sshd({ 'jail.local': `[sshd]\n${line}\n` })).toMatchObject({ enabled });
  });

  test('known/ is the value of the setter before', async () => {
    const files = {
      'jail.d/a.local': '[sshd]\nenabled = true\nignoreip = 192.0.2.1\n',
      'jail.d/b.local': '[sshd]\nignoreip = %(known/ignoreip)s 192.0.2.2\n',
    };
    expect(await sshd(files)).toMatchObject({ ignored: { value: ['192.0.2.1', '192.0.2.2'] } });
  });

  test.each([
    ['a reference to nothing', '[sshd]\nenabled = %(nothing)s\n', 2],
    ['an option twice', '[sshd]\nenabled = true\nenabled = true\n', 3],
    ['no section', 'enabled = true\n', 1],
  ])('fail2ban does not start over %s', async (_, text, line) => {
    expect(await read({ 'jail.local': text })).toMatchObject({
      invalid: { source: `${at}/jail.local`, line },
    });
  });

  test('an include that includes itself without end is refused', async () => {
    const circle = { 'jail.local': '[INCLUDES]\nbefore = jail.conf\n' };
    expect(await read(circle)).toMatchObject({ invalid: { reason: expect.stringContaining('without end') } });
  });

  test('a jail whose filter is missing is skipped', async () => {
    const files = { 'jail.local': '[sshd]\nenabled = true\nfilter = other\n' };
    expect(await sshd(files)).toMatchObject({ enabled: true, problem: expect.stringContaining('other') });
  });

  test('a file that may not be read leaves everything unknown', async () => {
    const host = await memoryHost({
      files: { [`${at}/jail.conf`]: base },
      recording: { [`${at}/jail.local`]: { read: { unknown: 'denied', detail: 'may not be read' } } },
    });
    expect(await readJails(host, at)).toMatchObject({ state: 'unknown', why: 'denied' });
  });
});

test('any text parses, or is refused, without a throw', () => {
  const lines = fc.array(
    fc.oneof(fc.string(), fc.constantFrom('[a]', 'x = 1', ' y', '%(x)s', '; c', '=', '[')),
  );
  fc.assert(
    fc.property(lines, (texts) => {
      expect(typeof parseIni(texts.join('\n'), 'x').ok).toBe('boolean');
    }),
  );
});

test('any tree is read without a throw', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), fc.string({ unit: 'binary' }), async (text, rest) => {
      const files = { 'jail.local': `[sshd]\nenabled = true\naction = ${text}\nbantime=${text}\n${rest}` };
      expect((await read(files)).files.length).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('a project’s drop-ins are read without the jail.conf below them', async () => {
  const host = await memoryHost({
    files: { '/deploy/jail.local': '[sshd]\nmaxretry = 50\nlogpath = %(sshd_log)s\n' },
  });
  const evidence = await readJails(host, '/deploy');
  expect(evidence).toMatchObject({
    value: { jails: [{ name: 'sshd', enabled: true, maxRetry: { value: 50 } }] },
  });
});
