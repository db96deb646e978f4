import { describe, expect, test } from '@jest/globals';
import { propertyNames } from '../../../src/facts/units/settings.ts';
import { readUnit, readUnits } from './read-units.ts';

const etc = '/etc/systemd/system';
const usr = '/usr/lib/systemd/system';
const ollama = '[Service]\nExecStart=/usr/local/bin/ollama serve\n';

describe('units from files', () => {
  test('a drop-in overrides the fragment, and its line is cited', async () => {
    const unit = await readUnit({
      [`${usr}/ollama.service`]: `${ollama}MemoryMax=8G\nUser=ollama\n`,
      [`${etc}/ollama.service.d/50-memory.conf`]: '# lifted\n[Service]\nMemoryMax=infinity\n',
    });
    expect(unit).toMatchObject({
      name: 'ollama.service',
      service: 'ollama',
      active: null,
      enabled: false,
      files: [`${usr}/ollama.service`, `${etc}/ollama.service.d/50-memory.conf`],
      settings: {
        MemoryMax: { value: 'infinity', source: `${etc}/ollama.service.d/50-memory.conf`, line: 3 },
        User: { value: 'ollama', source: `${usr}/ollama.service`, line: 4 },
        TasksMax: { value: '15%' },
        Slice: { value: 'system.slice' },
      },
    });
  });

  test('an invalid MemoryMax= keeps the earlier value', async () => {
    const unit = await readUnit({
      [`${etc}/ollama.service`]: `${ollama}MemoryMax=8G\nMemoryMax=8GB\nMemoryMax=0\n`,
    });
    expect(unit.settings.MemoryMax?.value).toBe(String(8 * 1024 ** 3));
  });

  test('DynamicUser= gives an account and a sandbox, and leaves a named account in force', async () => {
    const read = async (text: string) =>
      (await readUnit({ [`${etc}/ollama.service`]: `${ollama}DynamicUser=yes\n${text}` })).settings;
    expect(await read('ProtectSystem=yes\n')).toMatchObject({
      User: { value: 'ollama' },
      ProtectSystem: { value: 'strict' },
      ProtectHome: { value: 'read-only' },
      PrivateTmp: { value: 'yes' },
      NoNewPrivileges: { value: 'yes' },
    });
    expect(await read('User=root\nProtectHome=yes\n')).toMatchObject({
      User: { value: 'root' },
      ProtectHome: { value: 'yes' },
    });
  });

  test('a drop-in in /etc masks one of the same name for a shorter prefix in /usr, and service.d ranks last', async () => {
    const files = {
      [`${usr}/vllm-main.service`]: '[Service]\nExecStart=/usr/bin/vllm serve\n',
      [`${usr}/vllm-main.service.d/10-a.conf`]: '[Service]\nUser=nobody\n',
      [`${etc}/vllm-.service.d/10-a.conf`]: '[Service]\nUser=root\n',
      [`${etc}/service.d/20-b.conf`]: '[Service]\nProtectHome=yes\n',
      [`${usr}/vllm-main.service.d/20-b.conf`]: '[Service]\nProtectHome=no\n',
    };
    const unit = await readUnit(files);
    expect(unit.settings.User?.value).toBe('root');
    expect(unit.settings.ProtectHome?.value).toBe('no');
  });

  test.each([
    ['a link to /dev/null', { recording: { [`${etc}/ollama.service`]: { readlink: '/dev/null' } } }, {}],
    ['an empty file', {}, { [`${etc}/ollama.service`]: '' }],
  ])('a unit masked by %s is none', async (_, more, files) => {
    const { value } = await readUnits({ files: { [`${usr}/ollama.service`]: ollama, ...files }, ...more });
    expect(value).toEqual([]);
  });

  test('an instance is known by what wants it, and sits in a slice of its own', async () => {
    const unit = await readUnit({
      [`${etc}/vllm@.service`]: '[Service]\nExecStart=/usr/bin/vllm serve %i --name=%I-%p\n',
      [`${etc}/multi-user.target.wants/vllm@org-llama.service`]: '',
      [`${etc}/system-vllm.slice.d/limit.conf`]: '[Slice]\nMemoryMax=20G\n',
    });
    expect(unit).toMatchObject({
      name: 'vllm@org-llama.service',
      enabled: true,
      execStart: [{ argv: ['/usr/bin/vllm', 'serve', 'org-llama', '--name=org/llama-vllm'] }],
      slices: [
        { name: 'system-vllm.slice', settings: { MemoryMax: { value: String(20 * 1024 ** 3) } } },
        { name: 'system.slice', settings: { MemoryMax: { value: 'infinity' } } },
      ],
    });
  });

  test('a template that nobody instantiates is no unit', async () => {
    const { value } = await readUnits({
      files: { [`${etc}/vllm@.service`]: '[Service]\nExecStart=/usr/bin/vllm serve\n' },
    });
    expect(value).toEqual([]);
  });

  test('an alias is another name of the same unit, and its drop-ins count', async () => {
    const { value } = await readUnits({
      files: {
        [`${usr}/models.service`]: ollama,
        [`${etc}/ai.service.d/a.conf`]: '[Service]\nUser=ai\n',
      },
      recording: { [`${etc}/ai.service`]: { readlink: `${usr}/models.service` } },
    });
    expect(value).toMatchObject([
      { name: 'models.service', aliases: ['ai.service'], settings: { User: { value: 'ai' } } },
    ]);
  });

  test('lists are reset, files win over Environment=, and UnsetEnvironment= comes last', async () => {
    const unit = await readUnit({
      [`${etc}/ollama.service`]: [
        '[Service]',
        'Environment=GONE=1',
        'Environment=',
        'Environment="A=one two" B=\\x62 \\',
        '# between',
        '  C=%n',
        'EnvironmentFile=-/etc/missing',
        'EnvironmentFile=/etc/ollama.env',
        'UnsetEnvironment=D',
        'ExecStart=/bin/false',
        'ExecStart=',
        'ExecStart=-/usr/bin/ollama serve $OPTS ${A} $$x',
      ].join('\n'),
      '/etc/ollama.env': '# x\nB="from file"\nD=1\nOPTS=--port 1 "--name a"\n',
    });
    expect(
      Object.fromEntries(Object.entries(unit.environment).map(([name, { value }]) => [name, value])),
    ).toEqual({
      A: 'one two',
      B: 'from file',
      C: 'ollama.service',
      OPTS: '--port 1 "--name a"',
    });
    expect(unit.environmentFiles).toEqual(['/etc/ollama.env']);
    expect(unit.execStart).toMatchObject([
      { prefixes: '-', argv: ['/usr/bin/ollama', 'serve', '--port', '1', '--name a', 'one two', '$x'] },
    ]);
  });

  test('an EnvironmentFile= that may not be read is named, and what it may set stays unresolved', async () => {
    const { value } = await readUnits({
      files: {
        [`${etc}/ollama.service`]:
          '[Service]\nEnvironmentFile=/etc/secret.env\nExecStart=/bin/ollama $OPTS\n',
      },
      recording: {
        '/etc/secret.env': { read: { unknown: 'denied', detail: '/etc/secret.env may not be read' } },
      },
    });
    expect(value).toMatchObject([
      { unread: ['/etc/secret.env'], unseen: null, execStart: [{ argv: ['/bin/ollama', '$OPTS'] }] },
    ]);
  });

  test.each([
    [
      'a loop',
      '/etc/secret.env',
      { '/etc/secret.env': { read: { unknown: 'unsupported', detail: 'a loop' } } },
      'a loop',
    ],
    [
      'a closed file',
      '/etc/secret.env',
      { '/etc/secret.env': { read: { unknown: 'denied', detail: 'no' } } },
      undefined,
    ],
    [
      'a pattern of directories',
      '/etc/*/secret.env',
      {},
      'the files that /etc/*/secret.env matches were not read',
    ],
  ])('an EnvironmentFile= that is %s', async (_, path, recording, unreadable) => {
    const { value } = await readUnits({
      files: {
        [`${etc}/ollama.service`]: `[Service]\nEnvironmentFile=${path}\nExecStart=/bin/ollama serve\n`,
      },
      recording,
    });
    expect(value[0]?.unreadable).toEqual(unreadable === undefined ? [] : [unreadable]);
  });

  test('where system.conf.d may not be listed, the bound on tasks is not known', async () => {
    const { value } = await readUnits({
      files: { [`${etc}/ollama.service`]: '[Service]\nExecStart=/bin/ollama serve\n' },
      recording: { '/etc/systemd/system.conf.d': { list: { unknown: 'denied', detail: 'denied' } } },
    });
    expect(value[0]?.settings.TasksMax).toBeUndefined();
  });

  test('a unit file that may not be read leaves its settings unseen', async () => {
    const { value } = await readUnits({
      recording: {
        [`${etc}/ollama.service`]: {
          read: { unknown: 'denied', detail: 'denied' },
          stat: { type: 'file', mode: 0o600, uid: 0, gid: 0, size: 1, mtime: 0 },
        },
      },
    });
    expect(value).toMatchObject([
      { name: 'ollama.service', unseen: `${etc}/ollama.service could not be read` },
    ]);
  });

  test('a directory that may not be listed is a gap', async () => {
    const evidence = await readUnits({
      recording: { [etc]: { list: { unknown: 'denied', detail: `${etc} may not be read` } } },
    });
    expect(evidence.gaps).toEqual([`${etc} may not be read`]);
  });

  test('other units are left alone, and one that starts nothing too', async () => {
    const { value } = await readUnits({
      files: {
        [`${usr}/cron.service`]: '[Service]\nExecStart=/usr/sbin/cron -f\n',
        [`${usr}/backup.service`]: '[Service]\nExecStart=/usr/bin/tar -c /usr/share/ollama\n',
        [`${usr}/postgresql.service`]: '[Service]\nType=oneshot\nExecStart=/bin/true\nRemainAfterExit=on\n',
      },
    });
    expect(value).toEqual([]);
  });

  test('a unit that starts a container has the container that its arguments describe', async () => {
    const unit = await readUnit({
      [`${etc}/chat.service`]:
        '[Service]\nExecStart=/usr/bin/docker run --rm --name chat --privileged -v /:/host -p 3000:8080 ghcr.io/open-webui/open-webui:main\n',
    });
    expect(unit).toMatchObject({
      service: 'open-webui',
      startsContainers: [
        {
          source: 'docker',
          name: 'chat',
          privileged: true,
          mounts: [{ source: '/', target: '/host', writable: true }],
          publishes: [
            { hostAddress: '0.0.0.0', hostPort: 3000 },
            { hostAddress: '::', hostPort: 3000 },
          ],
        },
      ],
    });
  });

  test('a unit that starts several has each of them', async () => {
    const run = (rest: string) => `ExecStart=/usr/bin/docker run -d ${rest}\n`;
    const commands = `${run('redis:7')}${run('--name chat ollama/ollama')}${run('--privileged alpine')}`;
    const unit = await readUnit({
      [`${etc}/stack.service`]: `[Service]\nType=oneshot\n${commands}`,
    });
    expect(unit.startsContainers).toMatchObject([
      { name: 'stack.service', privileged: false },
      { name: 'chat' },
      { name: 'stack.service (3)', privileged: true },
    ]);
  });
});

const show = (properties: string, ...names: string[]) => [
  'systemctl',
  'show',
  '--no-pager',
  `--property=${properties}`,
  '--',
  ...names,
];

describe('units as the running manager has them', () => {
  const files = { [`${etc}/ollama.service`]: `${ollama}User=ollama\nMemoryMax=50%\nTasksMax=infinity\n` };
  const identity = 'Id,Names,LoadState,ActiveState,UnitFileState,NeedDaemonReload';
  const asked = [identity, 'Environment,ExecStart', ...propertyNames('service')].join(',');
  const slices = [identity, ...propertyNames('slice')].join(',');

  test('its values count; the line is cited where the files say the same', async () => {
    const shown =
      'Id=ollama.service\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled\nUser=root\nMemoryMax=8589934592\n' +
      'TasksMax=infinity\nCPUQuotaPerSecUSec=1min 1.500000s\nSlice=ai.slice\n';
    const { value, gaps } = await readUnits({
      files,
      commands: [
        { argv: show(asked, 'ollama.service'), stdout: shown },
        { argv: show(slices, 'ai.slice'), stdout: 'Id=ai.slice\nMemoryMax=1024\n' },
      ],
    });
    expect(gaps).toBeUndefined();
    expect(value).toMatchObject([
      {
        active: true,
        enabled: true,
        settings: {
          User: { value: 'root', source: 'systemctl show ollama.service', line: null },
          MemoryMax: { value: '8589934592', source: `${etc}/ollama.service`, line: 4 },
          CPUQuotaPerSecUSec: { value: '61500000' },
        },
        slices: [{ name: 'ai.slice', settings: { MemoryMax: { value: '1024' } } }],
      },
    ]);
  });

  test('where it fails to answer, the files count and the gap is told', async () => {
    const { value, gaps } = await readUnits({
      files,
      commands: [{ argv: show(asked, 'ollama.service'), exitCode: 1, stderr: 'Failed to connect to bus' }],
    });
    expect(value).toMatchObject([{ active: null, settings: { User: { value: 'ollama' } } }]);
    expect(gaps).toEqual([
      'systemctl show failed: Failed to connect to bus: unit settings are those of the files',
    ]);
  });
});
