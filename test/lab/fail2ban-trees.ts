import * as fc from 'fast-check';

/** Text of the files of an /etc/fail2ban by path below it. */
export type Fail2banTree = Readonly<Record<string, string>>;

const durations = [
  '600',
  '10m',
  '1h',
  '1d 12h',
  '2w',
  '-1',
  '1d12h',
  '90 min',
  '1mo',
  '24*60*60',
  '1year-6mo',
  '0.5h',
];
const option = fc.oneof(
  fc.tuple(
    fc.constant('enabled'),
    fc.constantFrom('true', 'True', 'on', 'yes', '1', 'true # no', 'true ; yes', 'false', 'maybe'),
  ),
  fc.tuple(
    fc.constant('maxretry'),
    fc.constantFrom('3', ' 7 ', '%(known/maxretry)s', '%(default/maxretry)s', '1_0', '%(tries)s'),
  ),
  fc.tuple(
    fc.constantFrom('bantime', 'findtime'),
    fc.constantFrom(...durations, '%(known/bantime)s', '%(findtime)s', '%(sshd/span)s'),
  ),
  fc.tuple(fc.constant('bantime.increment'), fc.constantFrom('true', 'false', 'yes')),
  fc.tuple(
    fc.constant('ignoreip'),
    fc.constantFrom(
      '127.0.0.1/8 ::1',
      '10.0.0.0/8, 192.0.2.7',
      '127.0.0.1\n  10.1.1.0/24\n\n  # a comment\n  ::1',
      '%(known/ignoreip)s 192.0.2.0/24',
      '0.0.0.0/0',
    ),
  ),
  fc.tuple(fc.constant('port'), fc.constantFrom('ssh', '2222', 'ssh,2222', '0:65535', '%(known/port)s,99')),
  fc.tuple(
    fc.constant('backend'),
    fc.constantFrom('auto', 'systemd', '%(sshd_backend)s', '%(DEFAULT/backend)s'),
  ),
  fc.tuple(
    fc.constantFrom('tries', 'span', 'sshd_backend', 'mode'),
    fc.constantFrom('4', '2h', '%%', 'a%(__name__)sb', '%(missing)s', 'polling'),
  ),
  fc.tuple(fc.constant('filter'), fc.constantFrom('one', 'one[x=1]', 'none', '%(__name__)s', 'two [x=1]')),
  fc.tuple(
    fc.constant('action'),
    fc.constantFrom(
      'ban[port="%(port)s", chain="INPUT"]',
      'ban\n  tell[x="a, b"]',
      'nothing',
      'ban[a=1][b=2] tell',
      "tell[x='q]r', y=z]",
    ),
  ),
);

/** Written as people and fail2ban's own files write it, with the traps of configparser. */
const line = fc
  .record({
    option,
    equals: fc.constantFrom(' = ', '=', ': ', ' : '),
    upper: fc.boolean(),
    tail: fc.constantFrom('', '', '', ' ; comment', '   ', ' # text', ';glued'),
    indent: fc.constantFrom('', '', '', '', '  '),
  })
  .map(
    ({ option: [name, value], equals, upper, tail, indent }) =>
      `${indent}${upper ? name.toUpperCase() : name}${equals}${value}${tail}`,
  );

const sectionName = fc.constantFrom('DEFAULT', 'DEFAULT', 'sshd', 'sshd', 'web', 'Web', 'web?x', 'web]y');
const section = fc
  .tuple(
    sectionName,
    fc.array(line, { maxLength: 4 }),
    fc.constantFrom('', '# comment', ';[gone]', '\t', 'junk'),
    fc.nat(30),
  )
  // Junk ends the whole start: rare, or nothing else would be tried.
  .map(
    ([name, lines, extra, dice]) =>
      `[${name}]\n${[...lines, extra === 'junk' && dice > 0 ? '' : extra].join('\n')}\n`,
  );

const include = fc
  .tuple(
    fc.constantFrom('before', 'after', 'Before'),
    fc.constantFrom(
      'x.conf',
      'x.conf\n  y.conf',
      'missing.conf',
      'jail.conf',
      '%(fail2ban_confpath)s/y.conf',
      'y.local',
    ),
  )
  .map(([name, files]) => `[INCLUDES]\n${name} = ${files}\n`);

const file = fc
  .tuple(
    fc.option(include, { freq: 3 }),
    fc.uniqueArray(section, { maxLength: 3, selector: (text) => text.split('\n')[0] }),
  )
  .map(([head, sections]) => [head ?? '', ...sections].join('\n'));

const base = `[DEFAULT]
maxretry = 5
findtime = 10m
bantime = 10m
ignoreip =
backend = auto
sshd_backend = %(default/backend)s
port = 0:65535
filter = one
action = ban[port="%(port)s"]
tries = 6
span = 1h
[sshd]
enabled = true
port = ssh
`;

/** Trees around a working jail.conf; some of them stop fail2ban, as real ones do. */
export const fail2banTree: fc.Arbitrary<Fail2banTree> = fc
  .record({
    head: fc.option(include, { freq: 2 }),
    files: fc.dictionary(
      fc.constantFrom(
        'jail.local',
        'jail.d/a.conf',
        'jail.d/b.conf',
        'jail.d/a.local',
        'jail.d/z.local',
        'jail.d/.hidden.conf',
        'x.conf',
        'x.local',
        'y.conf',
        'y.local',
      ),
      file,
      { maxKeys: 5 },
    ),
  })
  .map(({ head, files }) => ({ 'jail.conf': `${head ?? ''}\n${base}`, ...files }));
