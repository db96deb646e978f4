import * as fc from 'fast-check';

/** A service and the files that make it; a value that starts with `->` is a symbolic link. */
export interface RandomUnit {
  /** What systemctl is asked for. */
  readonly name: string;
  /** Text by absolute path. */
  readonly files: Readonly<Record<string, string>>;
}

const directories = ['/etc/systemd/system', '/usr/local/lib/systemd/system', '/usr/lib/systemd/system'];

const booleans = ['yes', 'no', 'TRUE', 'off', '1', '0', 'maybe', '', 'on ', 't'];

const values: Readonly<Record<string, readonly string[]>> = {
  User: ['www-data', 'root', '', 'daemon', '%p', '0', 'games'],
  Group: ['daemon', '', 'root', 'www-data'],
  DynamicUser: ['yes', 'no', 'no', 'bogus'],
  NoNewPrivileges: booleans,
  PrivateTmp: booleans,
  PrivateDevices: booleans,
  ProtectKernelTunables: booleans,
  ProtectKernelModules: booleans,
  ProtectControlGroups: booleans,
  ProtectClock: booleans,
  RestrictRealtime: booleans,
  RestrictSUIDSGID: booleans,
  LockPersonality: booleans,
  MemoryDenyWriteExecute: booleans,
  ProtectSystem: ['yes', 'full', 'strict', 'no', 'Full', '', 'true', 'nonsense'],
  ProtectHome: ['yes', 'read-only', 'tmpfs', 'no', 'readonly', ''],
  ProtectProc: ['invisible', 'noaccess', 'default', 'x', 'ptraceable'],
  RestrictAddressFamilies: [
    'AF_INET AF_UNIX',
    '~AF_INET',
    '',
    'none',
    'AF_INET6',
    '~AF_UNIX AF_NETLINK',
    'AF_NOPE AF_UNIX',
  ],
  MemoryMax: [
    ...[
      '8G',
      '1.5G',
      '512M',
      'infinity',
      '',
      '1G 500M',
      '8GB',
      '0',
      '-1',
      '12345',
      '50%',
      '12.5%',
      '200%',
      '1K 1G',
    ],
    ...['infinite', '8 G', '1.G', '.5G', '2T', '99E'],
  ],
  MemoryHigh: ['1G', 'infinity', '', '10%', 'nope'],
  CPUQuota: ['80%', '150%', '', '0%', '12.5%', '50', 'infinity', '5‰', '1.234%', '-5%'],
  TasksMax: ['4096', 'infinity', '', '50%', '0', '10.5%', '120%', 'lots', '18446744073709551615'],
  Restart: ['always', 'on-failure', 'no', 'never', '', 'on-abnormal', 'Always'],
  Type: ['simple', 'exec', 'notify', 'notify', 'Simple'],
  Slice: ['ai.slice', 'ai-models.slice', 'bogus', '', '%p.slice', 'user.slice'],
  LimitCORE: ['0', 'infinity', '1M', '1M:2M', '2M:1M', '1M:infinity', 'x', '0:1G'],
  WorkingDirectory: ['/srv/%i', '-/var/lib/x', '~', '', '/opt//a/./b/'],
  Environment: [
    ...[
      'A=1',
      '"B=two words" C=3',
      '',
      "'D=it''s' E=\"x y\"",
      'F=%i-%p-%% G=%n',
      'H=a\\x41b I=\\101',
      'J="quoted"tail',
    ],
    ...[
      '"K=open',
      'L=$HOME',
      '=novalue M=ok',
      '1N=bad O=1',
      'P=\\u00e9',
      'Q=a\\sb',
      'R=bad\\qescape S=1',
      'T=%j:%N:%I',
    ],
    'A=later "U=tab\\there"',
  ],
  UnsetEnvironment: ['A', 'B C', '', 'A=1'],
  ExecStart: [
    ...[
      '/bin/sleep 1',
      '',
      '/bin/sleep "a b" \'c\'',
      '-/bin/true --x=%i',
      '+/bin/sleep %%',
      '@/bin/sleep zz 1',
    ],
    ...[
      ':/bin/echo $X ${Y}',
      '!!/bin/true',
      '/bin/echo a\\x20b \\; c',
      '//bin/./echo x',
      'sleep 5',
      '-+/bin/true',
    ],
    ...[
      '/bin/echo un\\known',
      '/bin/echo "a" ""',
      '/bin/%p x',
      '/bin/echo "open',
      '!/bin/true \\u00e9',
      '/bin/echo a;b',
    ],
  ],
};

const noise = [
  '# a comment',
  '; another',
  '',
  '   ',
  'NoEquals',
  '=x',
  'X-Own=1',
  'Description=in the wrong section',
];

const setting = fc
  .constantFrom(...Object.keys(values))
  .chain((key) => fc.tuple(fc.constant(key), fc.constantFrom(...(values[key] ?? []))));

const line = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .tuple(setting, fc.constantFrom('=', ' = ', '= ', ' ='), fc.constantFrom('', '  ', '\t'))
      .map(([[key, value], equals, indent]) => `${indent}${key}${equals}${value}`),
  },
  { weight: 2, arbitrary: fc.constantFrom(...noise) },
  {
    weight: 1,
    arbitrary: setting.map(([key, value]) => `${key}=${value.replaceAll(' ', ' \\\n  # between\n ')}`),
  },
  { weight: 1, arbitrary: fc.constantFrom('[Unit]', '[Service]', '[Service]', '[Service]', '[X-Other]') },
);

const body = fc
  .tuple(fc.array(line, { minLength: 1, maxLength: 9 }), fc.constantFrom('\n', '\n', '\r\n'))
  .map(([lines, end]) => ['[Service]', ...lines].join(end) + end);

const dropIn = fc.record({
  directory: fc.constantFrom(...directories),
  level: fc.nat({ max: 4 }),
  file: fc.constantFrom('10-a.conf', '50-b.conf', '65-global.conf', '90-c.conf', 'zz.conf', 'ignored.txt'),
  text: fc.oneof(
    { weight: 8, arbitrary: body },
    { weight: 1, arbitrary: fc.constantFrom('', '->/dev/null') },
  ),
});

const shape = fc.constantFrom(
  '.service',
  '-web.service',
  '-a-b.service',
  '@x.service',
  '-web@in-st\\x2fance.service',
);

/**
 * A unit whose names all begin with `uN`, so that many of them live on one machine.
 *
 * @param number - the N
 */
export function randomUnit(number: number): fc.Arbitrary<RandomUnit> {
  return fc
    .record({
      shape,
      fragment: fc.tuple(fc.constantFrom(...directories), body),
      other: fc.option(fc.tuple(fc.constantFrom(...directories), body), { freq: 4 }),
      dropIns: fc.array(dropIn, { maxLength: 5 }),
      alias: fc.boolean(),
    })
    .map(({ shape: ending, fragment, other, dropIns, alias }) => {
      const name = `u${String(number)}${ending}`;
      const template = name.replace(/@.*(?=\.service$)/, '@');
      const levels = [name, template, ...dashed(template), name, template];
      const files: Record<string, string> = {};
      for (const [directory, text] of [fragment, ...(other === null ? [] : [other])]) {
        // Every unit needs a command, and a bad one later in the file may still spoil it.
        files[`${directory}/${template}`] = text.replace('[Service]', '[Service]\nExecStart=/bin/sleep 9');
      }
      for (const { directory, level, file, text } of dropIns) {
        files[`${directory}/${levels[level] ?? name}.d/${file}`] = text;
      }
      if (alias) files[`/etc/systemd/system/alias-${template}`] = `->${fragment[0]}/${template}`;
      const asked = alias ? `alias-${name}` : name;
      return { name: asked, files };
    });
}

function dashed(name: string): string[] {
  const [, prefix = '', rest = ''] = /^([^@.]*)(.*)$/.exec(name) ?? [];
  return [`${prefix.slice(0, prefix.lastIndexOf('-') + 1) || prefix}${rest}`];
}
