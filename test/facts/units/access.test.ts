import { expect, test } from '@jest/globals';
import { factReader } from '../../../src/engine/fact.ts';
import { unitAccessFact } from '../../../src/facts/units/access.ts';
import { memoryHost } from '../../harness/memory-host.ts';

const stat = (mode: number, type = 'file', uid = 0) => ({ type, mode, uid, gid: 0, size: 1, mtime: 0 });

test('programs are followed through links, with every directory on the way', async () => {
  const host = await memoryHost({
    files: {
      '/proc/1/cmdline': 'init\0',
      '/etc/passwd': 'root:x:0:0::/root:/bin/sh\nai:x:900:900::/srv/ai:/bin/false\n',
      '/etc/group': 'root:x:0:\nai:x:900:\n',
      '/etc/systemd/system/vllm.service':
        '[Service]\nUser=ai\nEnvironmentFile=/etc/vllm.env\nExecStart=/usr/bin/python3 -u /srv/ai/run.py\n',
      '/etc/vllm.env': 'A=1\n',
      '/opt/py/bin/python3': '',
      '/srv/ai/run.py': '',
    },
    recording: {
      '/usr/bin/python3': { readlink: '../../opt/py/bin/python3' },
      '/srv/ai/run.py': { stat: stat(0o755, 'file', 900) },
      '/etc/vllm.env': { stat: stat(0o640) },
    },
  });
  const evidence = await factReader(host)(unitAccessFact);
  const unit = evidence.state === 'known' ? evidence.value.units[0] : undefined;
  expect(unit).toMatchObject({
    unit: 'vllm.service',
    uid: 900,
    environmentFiles: [{ path: '/etc/vllm.env', stat: { value: { mode: 0o640 } } }],
  });
  const named = (role: string) => unit?.paths.filter((each) => each.role === role).map(({ path }) => path);
  expect(named('unit file')).toEqual(['/etc/systemd/system/vllm.service']);
  expect(named('program')).toEqual(['/opt/py/bin/python3', '/srv/ai/run.py']);
  expect(named('directory')).toEqual([
    ...[
      '/',
      '/etc',
      '/etc/systemd',
      '/etc/systemd/system',
      '/usr',
      '/usr/bin',
      '/opt',
      '/opt/py',
      '/opt/py/bin',
      '/srv',
      '/srv/ai',
    ],
  ]);
});

test.each([
  ['/usr/bin/python3 main.py', ['/usr/bin/python3', '/opt/app/main.py']],
  ['/usr/bin/env A=b python3 -u main.py', ['/usr/bin/env', '/opt/app/main.py']],
  ['/usr/bin/python3 -m vllm.entrypoints', ['/usr/bin/python3']],
  [`/bin/sh -c "cd /x; exec /opt/app/start.sh --all"`, ['/bin/sh', '/opt/app/start.sh']],
  ['/usr/bin/nice -n 10 /opt/app/serve', ['/usr/bin/nice', '/opt/app/serve']],
])('what %s runs', async (line, programs) => {
  const host = await memoryHost({
    files: {
      '/proc/1/cmdline': 'init\0',
      '/etc/passwd': 'root:x:0:0::/root:/bin/sh\n',
      '/etc/group': 'root:x:0:\n',
      '/etc/systemd/system/vllm.service': `[Service]\nWorkingDirectory=-/opt/app\nExecStart=${line}\n`,
    },
  });
  const evidence = await factReader(host)(unitAccessFact);
  const paths = evidence.state === 'known' ? evidence.value.units[0]?.paths : undefined;
  expect(paths?.filter(({ role }) => role === 'program').map(({ path }) => path)).toEqual(programs);
});
