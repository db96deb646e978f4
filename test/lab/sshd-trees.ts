import * as fc from 'fast-check';

/** A random sshd configuration, and connections to ask it for. */
export interface SshdTree {
  /** Text by path below the tree's own directory, which stands as `@` in Include lines. */
  readonly files: Readonly<Record<string, string>>;
  readonly connections: readonly {
    readonly user: string;
    readonly host: string;
    readonly address: string;
    readonly localAddress: string;
    readonly localPort: number;
  }[];
}

const flag = fc.constantFrom('yes', 'no', 'Yes', 'NO');
const user = fc.constantFrom('root', 'daemon', 'bin', 'www-data', 'nosuch');

const options = fc.oneof(
  fc.tuple(
    fc.constantFrom(
      'PasswordAuthentication',
      'passwordauthentication',
      'PERMITEMPTYPASSWORDS',
      'KbdInteractiveAuthentication',
      'HostbasedAuthentication',
      'X11Forwarding',
      'AllowAgentForwarding',
      'DisableForwarding',
    ),
    flag,
  ),
  fc.tuple(
    fc.constant('PermitRootLogin'),
    fc.constantFrom('yes', 'no', 'prohibit-password', 'without-password', 'Forced-Commands-Only'),
  ),
  fc.tuple(fc.constant('AllowTcpForwarding'), fc.constantFrom('yes', 'no', 'local', 'remote', 'all')),
  fc.tuple(fc.constant('GatewayPorts'), fc.constantFrom('yes', 'no', 'clientspecified')),
  fc.tuple(fc.constant('PermitTunnel'), fc.constantFrom('yes', 'no', 'ethernet', 'point-to-point')),
  fc.tuple(fc.constant('IgnoreRhosts'), fc.constantFrom('yes', 'no', 'shosts-only')),
  fc.tuple(fc.constant('ClientAliveInterval'), fc.constantFrom('0', '300', '5m', '1h30m', '2M10s', '1d')),
  fc.tuple(fc.constant('ClientAliveCountMax'), fc.constantFrom('0', '3', '010')),
  fc.tuple(fc.constantFrom('MaxAuthTries', 'MaxSessions'), fc.constantFrom('1', '4', '20')),
  fc.tuple(
    fc.constant('AuthorizedKeysFile'),
    fc.constantFrom('none', '.ssh/a', '.ssh/a /etc/keys/%u', '"a b" c'),
  ),
  fc.tuple(
    fc.constantFrom('AllowUsers', 'DenyUsers', 'AllowGroups', 'AcceptEnv'),
    fc.constantFrom('a', 'b c', '"d e" f', 'root w*', 'x # y'),
  ),
  fc.tuple(fc.constant('AuthenticationMethods'), fc.constantFrom('publickey', 'publickey,password', 'any')),
  fc.tuple(fc.constantFrom('ForceCommand', 'forcecommand'), fc.constantFrom('/bin/true', 'echo "a b" # c')),
  fc.tuple(fc.constant('Banner'), fc.constantFrom('none', '/etc/issue')),
  fc.tuple(fc.constant('LogLevel'), fc.constantFrom('info', 'VERBOSE')),
);

const globals = fc.oneof(
  fc.tuple(fc.constant('LoginGraceTime'), fc.constantFrom('0', '60', '2m', '1h')),
  fc.tuple(fc.constant('MaxStartups'), fc.constantFrom('5', '10:30:60', '3:50:9')),
  fc.tuple(fc.constantFrom('UsePAM', 'StrictModes', 'UseDNS'), flag),
  fc.tuple(fc.constant('PermitUserEnvironment'), fc.constantFrom('no', 'yes', 'No', 'LANG,LC_*')),
  fc.tuple(fc.constant('Port'), fc.constantFrom('22', '2222')),
  fc.tuple(
    fc.constant('HostKey'),
    fc.constantFrom('/etc/ssh/ssh_host_rsa_key', '/etc/ssh/ssh_host_ed25519_key'),
  ),
  fc.tuple(
    fc.constantFrom('Ciphers', 'ciphers'),
    fc.constantFrom(
      'aes256-ctr',
      '+aes128-cbc',
      '-chacha20*',
      '^aes256-ctr',
      '-aes*,chacha20-poly1305@openssh.com,x',
    ),
  ),
  fc.tuple(fc.constant('MACs'), fc.constantFrom('-hmac-sha1*', 'hmac-sha2-512,hmac-sha1', '+hmac-md5')),
  fc.tuple(
    fc.constant('KexAlgorithms'),
    fc.constantFrom('-ecdh-*', '+diffie-hellman-group14-sha1', 'curve25519-sha256'),
  ),
  fc.tuple(fc.constant('HostKeyAlgorithms'), fc.constantFrom('+ssh-rsa', 'ssh-ed25519', '-ecdsa*')),
  fc.tuple(fc.constant('ChallengeResponseAuthentication'), flag),
);

/** Ways to write one line; a few keywords must not be followed by `=`. */
function written(line: fc.Arbitrary<[string, string]>): fc.Arbitrary<string> {
  return fc
    .tuple(
      line,
      fc.constantFrom(' ', '\t', '   ', ' = ', '='),
      fc.constantFrom('', '  ', '\t'),
      fc.boolean(),
      fc.boolean(),
    )
    .map(([[keyword, value], between, indent, quoted, comment]) => {
      const word = quoted && /^[\w:,.@/*-]+$/.test(value) ? `"${value}"` : value;
      const tail = comment && !/^forcecommand$/i.test(keyword) ? ' # why' : '';
      return `${indent}${keyword}${between}${word}${tail}`;
    });
}

const criterion = fc.oneof(
  fc.tuple(
    fc.constantFrom('User', 'user'),
    fc.constantFrom('root', 'root,daemon', 'd*', '*,!root', '!root', 'w??-data'),
  ),
  fc.tuple(fc.constant('Group'), fc.constantFrom('root', 'daemon,bin', '*,!root', 'www*')),
  fc.tuple(fc.constant('Host'), fc.constantFrom('*.example.com', 'A.example.com', '*,!bad.example.com')),
  fc.tuple(
    fc.constant('Address'),
    fc.constantFrom('10.0.0.0/8', '192.0.2.1', '10.1.*,fe80::/10', '!10.0.0.0/8,*', '2001:db8::/32'),
  ),
  fc.tuple(fc.constant('LocalAddress'), fc.constantFrom('192.0.2.1', '192.0.2.0/24')),
  fc.tuple(fc.constant('LocalPort'), fc.constantFrom('22', '2222')),
);

const match = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom('Match all', 'match ALL # everyone') },
  {
    weight: 5,
    arbitrary: fc
      .array(criterion, { minLength: 1, maxLength: 2 })
      .map((criteria) => `Match ${criteria.map(([name, pattern]) => `${name} ${pattern}`).join(' ')}`),
  },
);

const block = fc
  .tuple(match, fc.array(written(options), { maxLength: 4 }))
  .map(([head, lines]) => [head, ...lines].join('\n'));

const include = fc.constantFrom(
  'Include @/d/*.conf',
  'Include @/e/1.conf @/none/*',
  'include "@/d/[12]*.conf"',
);
const global = fc.oneof(
  { weight: 6, arbitrary: written(options) },
  { weight: 3, arbitrary: written(globals) },
  { weight: 1, arbitrary: fc.constantFrom('', '# nothing', '   # nothing', 'UsePrivilegeSeparation yes') },
);

const main = fc
  .tuple(
    fc.array(fc.oneof({ weight: 5, arbitrary: global }, { weight: 1, arbitrary: include }), { maxLength: 8 }),
    fc.array(
      fc
        .tuple(block, fc.option(include, { freq: 4 }))
        .map(([text, after]) => (after === null ? text : `${text}\n${after}`)),
      { maxLength: 4 },
    ),
  )
  .map(([lines, blocks]) => [...lines, ...blocks, ''].join('\n'));

/** A file that may be included within a block has no global-only keyword. */
const dropIn = fc
  .tuple(fc.array(written(options), { maxLength: 4 }), fc.array(block, { maxLength: 2 }))
  .map(([lines, blocks]) => [...lines, ...blocks, ''].join('\n'));

const connection = fc.record({
  user,
  host: fc.constantFrom('a.example.com', 'bad.example.com', 'elsewhere.test'),
  address: fc.constantFrom('10.1.2.3', '192.0.2.1', '198.51.100.9', '2001:db8::7', 'fe80::1'),
  localAddress: fc.constantFrom('192.0.2.1', '203.0.113.1'),
  localPort: fc.constantFrom(22, 2222),
});

export const sshdTree: fc.Arbitrary<SshdTree> = fc.record({
  files: fc.record({
    'main.conf': main,
    'd/1.conf': dropIn,
    'd/20.conf': dropIn,
    'd/.hidden.conf': dropIn,
    'e/1.conf': dropIn,
  }),
  connections: fc.array(connection, { minLength: 3, maxLength: 3 }),
});
