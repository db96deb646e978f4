import { expect, test } from '@jest/globals';
import { factReader } from '../../../src/engine/fact.ts';
import { diskUsageFact } from '../../../src/facts/disk-usage.ts';
import { automaticUpdatesFact } from '../../../src/facts/updates/automatic-updates.ts';
import { rebootFact } from '../../../src/facts/updates/reboot.ts';
import { memoryHost } from '../../harness/memory-host.ts';

const installed = (name: string) => `Package: ${name}\nStatus: install ok installed\nVersion: 1\n`;
const dpkg = { '/var/lib/dpkg/status': [installed('apt'), installed('unattended-upgrades')].join('\n') };
const timers = {
  argv: [
    'systemctl',
    'show',
    'apt-daily.timer',
    'apt-daily-upgrade.timer',
    '--property=Id,ActiveState,UnitFileState',
  ],
  stdout:
    'Id=apt-daily.timer\nActiveState=active\nUnitFileState=enabled\n\nId=apt-daily-upgrade.timer\nActiveState=inactive\nUnitFileState=masked\n',
};

test('automatic updates: files in order of name, timers that fire', async () => {
  const files = {
    ...dpkg,
    '/etc/apt/apt.conf.d/20auto': 'APT::Periodic::Unattended-Upgrade "1";\n',
    '/etc/apt/apt.conf.d/99off': 'APT::Periodic::Unattended-Upgrade "0";\n',
    '/etc/apt/apt.conf.d/99off.bak': 'APT::Periodic::Unattended-Upgrade "7";\n',
  };
  expect(
    await factReader(await memoryHost({ files, commands: [timers] }))(automaticUpdatesFact),
  ).toMatchObject({
    value: {
      installed: true,
      settings: [{ value: '1' }, { value: '0', source: '/etc/apt/apt.conf.d/99off', line: 1 }],
      unitsOff: { value: ['apt-daily-upgrade.timer'] },
    },
  });
});

test('automatic updates: systemctl that does not answer says nothing of timers', async () => {
  const commands = [
    { ...timers, stdout: '', exitCode: 1, stderr: 'System has not been booted with systemd' },
  ];
  expect(await factReader(await memoryHost({ files: dpkg, commands }))(automaticUpdatesFact)).toMatchObject({
    value: { unitsOff: { state: 'unknown' } },
  });
});

test('automatic updates: apt’s own answer wins, and the file’s line is shown', async () => {
  const dump = { argv: ['apt-config', 'dump'], stdout: 'APT::Periodic::Enable "1";\n' };
  const files = { ...dpkg, '/etc/apt/apt.conf.d/20auto': '\nAPT { Periodic { Enable "1"; }; };\n' };
  expect(
    await factReader(await memoryHost({ files, commands: [timers, dump] }))(automaticUpdatesFact),
  ).toMatchObject({
    value: { settings: [{ source: '/etc/apt/apt.conf.d/20auto', line: 2 }] },
  });
});

test('automatic updates: a masked service is not started by its timer', async () => {
  const path = '/etc/systemd/system/apt-daily-upgrade.service';
  const active = timers.stdout.replace('inactive', 'active').replace('masked', 'enabled');
  const host = await memoryHost({
    files: { ...dpkg, [path]: '' },
    recording: { [path]: { readlink: '/dev/null' } },
    commands: [{ ...timers, stdout: active }],
  });
  expect(await factReader(host)(automaticUpdatesFact)).toMatchObject({
    value: { unitsOff: { value: ['apt-daily-upgrade.service'] } },
  });
});

test.each([
  ['dots in a name', { '/etc/apt/apt.conf.d/50my.site.conf': 'A "1";\n' }, [{ value: '1' }]],
  ['another extension', { '/etc/apt/apt.conf.d/50my.site.bak': 'A "1";\n' }, []],
  [
    'what a later file clears',
    {
      '/etc/apt/apt.conf.d/50a': 'A { "x"; "y"; }; AB "z";\n',
      '/etc/apt/apt.conf.d/60b': '#clear A;\nA:: "w";\n',
    },
    [{ value: 'z' }, { value: 'w' }],
  ],
])('automatic updates, files alone: %s', async (_, files, settings) => {
  const host = await memoryHost({ files: { ...dpkg, ...files }, commands: [timers] });
  expect(await factReader(host)(automaticUpdatesFact)).toMatchObject({ value: { settings } });
});

test('automatic updates, files alone: what another file includes is not known', async () => {
  const files = { ...dpkg, '/etc/apt/apt.conf.d/50a': '#include "/srv/apt.conf";\n' };
  const host = await memoryHost({ files, commands: [timers] });
  expect(await factReader(host)(automaticUpdatesFact)).toMatchObject({ state: 'unknown' });
});

test('automatic updates: no dpkg', async () => {
  expect(await factReader(await memoryHost({ commands: [timers] }))(automaticUpdatesFact)).toMatchObject({
    value: null,
  });
});

test('reboot: the flag, its packages, and the kernels in /boot', async () => {
  const host = await memoryHost({
    files: {
      '/run/reboot-required': '',
      '/run/reboot-required.pkgs': 'libc6\nlibc6\n',
      '/proc/sys/kernel/osrelease': '6.1.0-9-amd64\n',
      '/boot/vmlinuz-6.1.0-26-amd64': '',
      '/boot/config-6.1.0-26-amd64': '',
    },
  });
  expect(await factReader(host)(rebootFact)).toMatchObject({
    value: {
      flaggedBy: ['libc6'],
      running: '6.1.0-9-amd64',
      installed: ['6.1.0-26-amd64'],
      container: false,
    },
  });
});

const mounts = [
  '/dev/sda1 / ext4 rw 0 0',
  '/dev/sdb1 /srv/my\\040models ext4 rw 0 0',
  '/dev/sr0 /media iso9660 ro 0 0',
  '/dev/sda1 /bind ext4 rw 0 0',
  'overlay /var/lib/docker/overlay2/x/merged overlay rw 0 0',
].join('\n');
const df = (rows: string) => ({
  argv: ['df', '-P', '-k'],
  stdout: `Filesystem 1024-blocks Used Available Capacity Mounted on\n${rows}\n`,
});

test('disks: storage that can fill up, each once', async () => {
  const rows = [
    '/dev/sda1 100 90 10 90% /',
    'tmpfs 100 100 0 100% /run',
    '/dev/sdb1 100 10 90 10% /srv/my models',
    '/dev/sr0 100 100 0 100% /media',
    '/dev/sda1 100 90 10 90% /bind',
    'overlay 100 90 10 90% /var/lib/docker/overlay2/x/merged',
  ].join('\n');
  const evidence = await factReader(
    await memoryHost({ files: { '/proc/mounts': mounts }, commands: [df(rows)] }),
  )(diskUsageFact);
  expect(evidence).toMatchObject({
    value: [
      { mountPoint: '/', usedPercent: 90, freeBytes: 10_240 },
      { mountPoint: '/srv/my models', usedPercent: 10 },
    ],
  });
});

test.each([['nonsense'], ['tmpfs 1 1 1 1% /run']])('disks: %j is not known', async (rows) => {
  const host = await memoryHost({ files: { '/proc/mounts': mounts }, commands: [df(rows)] });
  expect(await factReader(host)(diskUsageFact)).toMatchObject({ state: 'unknown' });
});
