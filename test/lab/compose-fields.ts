import * as fc from 'fast-check';

/** What the program under comparison knows. */
export type Generation = 'v1' | 'v2';

export type Yaml = string;
const json = (value: unknown): Yaml => JSON.stringify(value);
const variables = ['A', 'B', 'EMPTY', 'QUOTED', 'NOT_SET'] as const;

const word = fc.constantFrom('one', 'two-2', 'x.y', 'Z', '7');

/** Text with every form of substitution, nested. */
const nested: fc.Arbitrary<string> = fc.letrec<{ text: string; piece: string }>((tie) => ({
  text: fc
    .array(tie('piece'), { minLength: 1, maxLength: 3, depthIdentifier: 'text' })
    .map((all) => all.join('')),
  piece: fc.oneof(
    { depthIdentifier: 'text', maxDepth: 2 },
    { weight: 3, arbitrary: word },
    { weight: 1, arbitrary: fc.constantFrom('$$', '$${A}') },
    { weight: 1, arbitrary: fc.constantFrom(...variables).map((name) => `\${${name}}`) },
    { weight: 1, arbitrary: fc.constantFrom(...variables).map((name) => `$${name}/`) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom(...variables), fc.constantFrom(':-', '-'), tie('text'))
        .map(([name, sign, rest]) => `\${${name}${sign}${rest}}`),
    },
    { weight: 1, arbitrary: fc.constantFrom('A', 'B').map((name) => `\${${name}:?is needed}`) },
  ),
})).text;

/** 1.29 neither nests them nor knows `+`. */
const flat: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      word,
      fc.constantFrom('$$', '$${A}', '${A}', '${NOT_SET}', '$B/', '${A:?is needed}'),
      fc
        .tuple(fc.constantFrom(...variables), fc.constantFrom(':-', '-'), word)
        .map(([name, sign, rest]) => `\${${name}${sign}${rest}}`),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((all) => all.join(''));

const presence = fc
  .tuple(fc.constantFrom(...variables), fc.constantFrom(':+', '+'), word)
  .map(([name, sign, rest]) => `\${${name}${sign}${rest}}`);

const port = fc.constantFrom(80, 443, 8080, 9000);
const address = fc.constantFrom('127.0.0.1', '0.0.0.0', '10.0.0.5', '::1');
const protocol = fc.constantFrom('', '/tcp', '/udp');

const shortPort = fc
  .tuple(fc.option(address, { nil: '' }), port, port, protocol, fc.nat(6))
  .map(([ip, host, inside, proto, form]) => {
    const target = `${String(inside)}${proto}`;
    const before = ip === '' ? '' : `${ip.includes(':') ? `[${ip}]` : ip}:`;
    if (form === 0) return target;
    if (form === 1)
      return `${before}${String(host)}-${String(host + 2)}:${String(inside)}-${String(inside + 2)}${proto}`;
    if (form === 2 && ip !== '') return `${before}:${target}`;
    if (form === 3) return `${before}\${HOST_PORT:-${String(host)}}:${target}`;
    if (form === 4) return `${before}${String(host)}-${String(host + 4)}:${target}`;
    return `${before}${String(host)}:${target}`;
  });

const longPort = (generation: Generation) =>
  fc
    .record(
      {
        target: port,
        published: generation === 'v1' ? port : fc.oneof(port, port.map(String), fc.constant('8000-8010')),
        protocol: fc.constantFrom('tcp', 'udp'),
        mode: fc.constantFrom('host', 'ingress'),
        ...(generation === 'v1' ? {} : { host_ip: fc.constantFrom('127.0.0.1', '0.0.0.0') }),
      },
      { requiredKeys: ['target'] },
    )
    .map((each): unknown => each);

// One path is spelled one way: of two spellings, Compose takes the last or the first, by when it cleans which.
const target = fc.constantFrom('/data/', '/srv', '/var/lib/x', '/opt/./y');
const source = fc.constantFrom(
  './data',
  '../up',
  '/etc',
  '/var/run/docker.sock',
  'volume',
  '${DIR:-./dir}',
  './a/../b',
);
const shortVolume = fc
  .tuple(source, target, fc.constantFrom('', ':ro', ':rw', ':ro,rshared', ':z'))
  .map(([from, to, mode]) => `${from}:${to}${mode}`);
// Compose leaves the long form's target as it is, and the engine refuses one that is mounted twice.
const cleanTarget = fc.constantFrom('/long', '/srv', '/var/lib/x');
const longVolume = fc.oneof(
  fc.record({
    type: fc.constant('bind'),
    source: fc.constantFrom('./data', '/etc', '..'),
    target: cleanTarget,
    read_only: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('bind'),
    source: fc.constant('/srv'),
    target: cleanTarget,
    bind: fc.constant({ propagation: 'rshared' }),
  }),
  fc.record({ type: fc.constant('volume'), source: fc.constant('volume'), target: cleanTarget }),
  fc.record({ type: fc.constant('tmpfs'), target: cleanTarget }),
);

const list = <T>(each: fc.Arbitrary<T>, most = 3) => fc.array(each, { minLength: 1, maxLength: most });
const someOf = (each: fc.Arbitrary<string>) => fc.uniqueArray(each, { minLength: 1, maxLength: 3 });
const device = fc.constantFrom('/dev/kvm', '/dev/a:/dev/b', '/dev/c:/dev/b:r');
/** Of two for one path in the container v2 keeps the last, and 1.29 hands both to the engine. */
const devices = (generation: Generation) =>
  generation === 'v1'
    ? fc.uniqueArray(device, { minLength: 1, maxLength: 3, selector: (each) => each.split(':')[1] ?? each })
    : list(device);
const flag = fc.constantFrom<Yaml>('true', 'false', '"true"', '"${FLAG:-false}"', '"${ON}"');
const name = fc.constantFrom('A', 'FOO', 'BAR', 'B_1');

const assignments = (value: fc.Arbitrary<string>) =>
  fc.oneof(
    list(
      fc.oneof(
        fc.tuple(name, value).map(([key, each]) => `${key}=${each}`),
        name,
      ),
    ).map(json),
    fc
      .dictionary(name, fc.oneof(value, fc.integer({ min: 0, max: 9 }), fc.constant(null)), { minKeys: 1 })
      .map(json),
  );
const labels = (value: fc.Arbitrary<string>) =>
  fc.oneof(
    list(fc.tuple(name, value).map(([key, each]) => `${key}=${each}`)).map(json),
    fc.dictionary(name, value, { minKeys: 1 }).map(json),
  );

const capability = fc.constantFrom('SYS_ADMIN', 'NET_ADMIN', 'ALL', 'CHOWN');

/** What a service may say, as YAML by key. */
export function fields(generation: Generation): Record<string, fc.Arbitrary<Yaml>> {
  const value =
    generation === 'v1'
      ? flat
      : fc.oneof({ weight: 4, arbitrary: nested }, { weight: 1, arbitrary: presence });
  const modern: Record<string, fc.Arbitrary<Yaml>> = {
    cgroup: fc.constantFrom('"host"', '"private"'),
    uts: fc.constant('"host"'),
    // 1.29 replaces it instead of adding.
    group_add: fc.constantFrom('["docker"]', '[44, "video"]'),
    gpus: fc.constantFrom('all', '[{"count": 1}, {"device_ids": ["0", "2"]}]'),
    env_file: fc.constantFrom(
      '"one.env"',
      '["one.env", "two.env"]',
      '[{"path": "two.env"}, {"path": "absent.env", "required": false}, "one.env"]',
    ),
  };
  return {
    ports: list(fc.oneof(shortPort, longPort(generation), port as fc.Arbitrary<unknown>)).map(json),
    expose: list(port.map(String)).map(json),
    volumes: list(fc.oneof(shortVolume, longVolume as fc.Arbitrary<unknown>)).map(json),
    tmpfs: fc.constantFrom('"/run"', '["/run", "/tmp"]'),
    privileged: flag,
    read_only: flag,
    pid: fc.constant('"host"'),
    ipc: fc.constantFrom('"host"', '"shareable"'),
    userns_mode: fc.constant('"host"'),
    cap_add: someOf(capability).map(json),
    cap_drop: someOf(capability).map(json),
    user: fc.constantFrom('"1000"', '"0:0"', '"${A:-5}:${B-6}"', 'root', '"1001"'),
    mem_limit: fc.constantFrom('512m', '1g', '"1.5gb"', '1048576', '"${MEMORY:-64M}"'),
    cpus: fc.constantFrom('1', '0.5', '"1.5"'),
    pids_limit: fc.constantFrom('100', '"${PIDS:-7}"'),
    environment: assignments(value),
    // 1.29 reads a file as often as it is named.
    env_file: fc.constant('["one.env", "two.env"]'),
    labels: labels(value),
    command: fc.oneof(
      fc.constantFrom('"run --it \'a b\' \\"c d\\" e\\\\ f"', 'simple'),
      list(value).map(json),
    ),
    entrypoint: fc.constantFrom('["/entry", "-x"]', '"/entry -y"'),
    restart: fc.constantFrom('always', '"no"', 'unless-stopped', '"on-failure:3"'),
    security_opt: someOf(
      fc.constantFrom('no-new-privileges:true', 'apparmor=unconfined', 'seccomp=unconfined'),
    ).map(json),
    devices: devices(generation).map(json),
    networks: fc.constantFrom(
      '["front"]',
      '["front", "default"]',
      '{"back": {"aliases": ["x"]}}',
      '{"front": null}',
    ),
    profiles: fc.constantFrom('["p1"]', '["p1", "p2"]'),
    healthcheck: fc.constantFrom(
      '{"test": "curl -f x"}',
      '{"test": ["CMD", "a"]}',
      '{"disable": true}',
      '{"test": ["NONE"]}',
    ),
    ...(generation === 'v1' ? {} : modern),
  };
}
