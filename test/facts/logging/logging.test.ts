import { expect, test } from '@jest/globals';
import { factReader } from '../../../src/engine/fact.ts';
import { auditDaemonFact } from '../../../src/facts/logging/audit-daemon.ts';
import { journalFact } from '../../../src/facts/logging/journal.ts';
import { memoryHost } from '../../harness/memory-host.ts';

const process = (pid: number, name: string) => ({
  [`/proc/${String(pid)}/cmdline`]: `${name}\0`,
  [`/proc/${String(pid)}/status`]: `Name:\t${name}\n`,
});
const systemd = { ...process(1, 'systemd'), '/usr/lib/systemd/systemd-journald': '' };

async function journal(files: Readonly<Record<string, string>>) {
  const evidence = await factReader(await memoryHost({ files: { ...systemd, ...files } }))(journalFact);
  return evidence.state === 'known' ? evidence.value : evidence;
}

test.each([
  ['nothing set', {}, { storage: 'auto', directory: false, others: [] }],
  [
    'the main file',
    { '/etc/systemd/journald.conf': '[Journal]\n#Storage=auto\nStorage=volatile\n' },
    { storage: 'volatile', citation: { line: 3 } },
  ],
  [
    'a drop-in wins',
    {
      '/etc/systemd/journald.conf': '[Journal]\nStorage=volatile\n',
      '/usr/lib/systemd/journald.conf.d/a.conf': '[Journal]\nStorage=persistent\n',
    },
    { storage: 'persistent' },
  ],
  [
    '/etc masks the same name',
    {
      '/etc/systemd/journald.conf.d/a.conf': '',
      '/usr/lib/systemd/journald.conf.d/a.conf': '[Journal]\nStorage=none\n',
    },
    { storage: 'auto' },
  ],
  [
    'an unknown value is ignored',
    { '/etc/systemd/journald.conf': '[Journal]\nStorage=volatile\nStorage=disk\n' },
    { storage: 'volatile' },
  ],
  ['another section', { '/etc/systemd/journald.conf': '[Other]\nStorage=volatile\n' }, { storage: 'auto' }],
  ['its directory', { '/var/log/journal/x': '' }, { directory: true }],
  ['another store', process(7, 'rsyslogd'), { others: ['rsyslogd'] }],
  ['a shipper may ship other logs', process(7, 'vector'), { others: [], shippers: ['vector'] }],
  [
    'a store in a container',
    { ...process(7, 'rsyslogd'), '/proc/7/cgroup': `0::/docker/${'a'.repeat(64)}\n` },
    { others: [] },
  ],
])('journal: %s', async (_, files, expected) => {
  expect(await journal(files)).toMatchObject(expected);
});

test('journal: where /lib is no link', async () => {
  const files = { ...process(1, 'systemd'), '/lib/systemd/systemd-journald': '' };
  const host = await memoryHost({ files });
  expect(await factReader(host)(journalFact)).toMatchObject({ value: { storage: 'auto' } });
});

const hidden = { '/proc/9/cmdline': { read: { unknown: 'denied', detail: 'denied' } } };

test('a process that may not be seen may be the store, or the recorder', async () => {
  const files = { ...systemd, ...process(9, 'x') };
  const host = await memoryHost({ files, recording: hidden });
  expect(await factReader(host)(journalFact)).toMatchObject({ value: { others: null } });
  expect(await factReader(host)(auditDaemonFact)).toMatchObject({ state: 'unknown' });
});

test('what is seen needs no more', async () => {
  const files = { ...systemd, ...process(9, 'x'), ...process(7, 'rsyslogd'), ...process(8, 'falco') };
  const host = await memoryHost({ files, recording: hidden });
  expect(await factReader(host)(journalFact)).toMatchObject({ value: { others: ['rsyslogd'] } });
  expect(await factReader(host)(auditDaemonFact)).toMatchObject({
    value: { running: 'falco', ownRules: true },
  });
});

test('journal: none without systemd', async () => {
  expect(await factReader(await memoryHost({ files: process(1, 'init') }))(journalFact)).toMatchObject({
    value: null,
  });
});

test('audit: what the kernel holds wins over the file', async () => {
  const files = {
    ...process(1, 'systemd'),
    ...process(5, 'auditd'),
    '/etc/audit/audit.rules': '-D\n-w /etc/passwd\n',
  };
  const commands = [{ argv: ['auditctl', '-l'], stdout: 'No rules\n' }];
  const read = async (has: object) => factReader(await memoryHost({ files, ...has }))(auditDaemonFact);
  expect(await read({ commands })).toMatchObject({ value: { running: 'auditd', rules: { value: [] } } });
  expect(await read({ commands, privileged: false })).toMatchObject({
    value: {
      rules: {
        source: '/etc/audit/audit.rules',
        value: [{ text: '-D' }, { text: '-w /etc/passwd', line: 2 }],
      },
    },
  });
});

test('drop-ins that may not be listed may say anything', async () => {
  const recording = { '/etc/systemd/journald.conf.d': { list: { unknown: 'denied', detail: 'denied' } } };
  const host = await memoryHost({ files: systemd, recording });
  expect(await factReader(host)(journalFact)).toMatchObject({ state: 'unknown', why: 'denied' });
});

test.each([
  ['enabled 1\nfailure 1\n', { value: true }],
  ['enabled 0\nfailure 1\n', { value: false }],
  ['AUDIT_STATUS: enabled=0 flag=1 pid=7\n', { value: false }],
  ['', { state: 'unknown' }],
])('auditctl -s says %j', async (stdout, enabled) => {
  const commands = [
    { argv: ['auditctl', '-l'], stdout: '-w /etc/passwd -p wa\n' },
    { argv: ['auditctl', '-s'], stdout },
  ];
  const host = await memoryHost({ files: systemd, commands });
  expect(await factReader(host)(auditDaemonFact)).toMatchObject({ value: { enabled } });
});
