import { describe, expect, test } from '@jest/globals';
import { gapsIn, service } from '../../harness/compose.ts';

describe('ports', () => {
  const all = (port: string) => [`0.0.0.0:${port}`, `:::${port}`];
  test.each([
    ['["80"]', all('0->80/tcp')],
    ['[80]', all('0->80/tcp')],
    ['["8080:80"]', all('8080->80/tcp')],
    ['["8080:80/UDP"]', all('8080->80/udp')],
    ['["127.0.0.1:8080:80"]', ['127.0.0.1:8080->80/tcp']],
    ['["127.0.0.1::80"]', ['127.0.0.1:0->80/tcp']],
    ['["[::1]:8080:80"]', ['::1:8080->80/tcp']],
    ['["::1:8080:80"]', ['::1:8080->80/tcp']],
    ['["127.0.0.1:8000-8001:80-81"]', ['127.0.0.1:8000->80/tcp', '127.0.0.1:8001->81/tcp']],
    ['["127.0.0.1:8000-8005:80"]', ['127.0.0.1:0->80/tcp']],
    ['[{target: 80, published: 8080, host_ip: 127.0.0.1, mode: host}]', ['127.0.0.1:8080->80/tcp']],
    ['[{target: 80, published: "8080", protocol: udp}]', all('8080->80/udp')],
    ['[{target: 80}]', all('0->80/tcp')],
    ['["80:80", "0.0.0.0:80:80"]', ['0.0.0.0:80->80/tcp']],
    [
      '[{target: 80, published: "80"}, {target: 80, published: 80, host_ip: 0.0.0.0}]',
      [...all('80->80/tcp'), '0.0.0.0:80->80/tcp'],
    ],
    ['["0:0:0:0:0:0:0:0:5433:5432", "[0:0::0]:81:80"]', [':::5433->5432/tcp', ':::81->80/tcp']],
    ['["::ffff:0.0.0.0:81:80"]', ['0.0.0.0:81->80/tcp']],
    ['[{target: 80, published: 81, host_ip: "0:0:0:0:0:0:0:0"}]', [':::81->80/tcp']],
    ['["127.0.0.1:80:80", "80:80"]', ['127.0.0.1:80->80/tcp', ...all('80->80/tcp')]],
  ])('%s', async (ports, expected) => {
    const { publishes, unsettled } = await service(`ports: ${ports}`);
    const words = publishes.map(
      (each) => `${each.hostAddress}:${String(each.hostPort)}->${String(each.containerPort)}/${each.proto}`,
    );
    expect(words.toSorted()).toEqual(expected.toSorted());
    expect(unsettled.size).toBe(0);
  });

  test.each([
    '["x:80"]',
    '["300.0.0.1:80:80"]',
    '["0:80:80"]',
    '[{target: 80, host_ip: "0"}]',
    '["80:81-82"]',
    '["99999:1"]',
    '[{published: 80}]',
    '["80/icmp"]',
  ])('%s is refused', async (ports) => {
    expect((await service(`ports: ${ports}`)).unsettled.get('ports')).toContain('compose.yml:4');
  });

  test('an address that a variable leaves open is every address', async () => {
    const { publishes, unsettled, places } = await service('ports:\n  - ${BIND}:8080:80');
    expect(publishes.map(({ hostAddress }) => hostAddress)).toEqual(['0.0.0.0', '::']);
    expect(unsettled.get('ports')).toBe(
      'compose.yml:5 leaves it to BIND, which nothing in the project sets (${BIND}:8080:80)',
    );
    expect(places.get('ports 80/tcp')).toEqual({ file: 'compose.yml', line: 5, column: 9 });
  });

  test('a port that a variable leaves open is published still', async () => {
    expect((await service('ports: ["8080:${PORT}"]')).publishes).toHaveLength(2);
    expect((await service('ports: [{target: "${PORT}"}]')).publishes).toHaveLength(2);
  });

  test('a network of the host has none, and expose publishes nothing', async () => {
    expect((await service('network_mode: host\nports: ["80:80"]')).publishes).toEqual([]);
    const { publishes, unpublished } = await service('expose: ["9000", "53/udp", 7000-7001]');
    expect(publishes).toEqual([]);
    expect(unpublished.map(({ port, proto }) => `${String(port)}/${proto}`)).toEqual([
      '9000/tcp',
      '53/udp',
      '7000/tcp',
      '7001/tcp',
    ]);
  });

  test('ranges without end are stopped', async () => {
    const { publishes, unsettled } = await service('ports: ["1-40000:1-40000", "1-40000:1-40000/udp"]');
    expect(publishes.length).toBeGreaterThan(100_000);
    expect(unsettled.get('ports')).toContain('more ports');
  });
});

describe('volumes', () => {
  test.each([
    ['["/etc:/x"]', 'bind /etc /x rw  /etc'],
    ['["/etc/:/x:ro,rshared"]', 'bind /etc/ /x ro rshared /etc/'],
    ['["./data:/x/"]', 'bind ./data /x rw  ./data'],
    ['["../up:/x"]', 'bind ../up /x rw  /up'],
    ['["../..:/x"]', 'bind ../.. /x rw  null'],
    [
      '["../../../../var/run/docker.sock:/x"]',
      'bind ../../../../var/run/docker.sock /x rw  /run/docker.sock',
    ],
    ['["empty:/x"]', 'bind /etc /x rw  /etc'],
    ['[".:/x"]', 'bind ./ /x rw  ./'],
    ['["~/.ollama:/x"]', 'bind ~/.ollama /x rw  null'],
    ['["${DATA}:/x"]', 'bind ${DATA} /x rw  null'],
    ['["${DATA:-/etc}:/x"]', 'bind /etc /x rw  /etc'],
    ['["${DATA:?not: here}:/x:ro"]', 'bind ${DATA:?not: here} /x ro  null'],
    ['["/var/../etc:/x"]', 'bind /etc /x rw  /etc'],
    ['["/var/run/docker.sock:/x"]', 'bind /var/run/docker.sock /x rw  /run/docker.sock'],
    ['["v:/x"]', 'volume v /x rw  v'],
    ['["/x"]', 'volume  /x rw  '],
    ['["device:/x"]', 'bind /dev/sda /x rw  /dev/sda'],
    ['["here:/x"]', 'bind ./vol /x rw  ./vol'],
    ['["nfs:/x"]', 'volume nfs /x rw  nfs'],
    [
      '[{type: bind, source: /etc, target: /x, read_only: true, bind: {propagation: shared}}]',
      'bind /etc /x ro shared /etc',
    ],
    ['[{type: volume, source: v, target: /x}]', 'volume v /x rw  v'],
    ['[{type: tmpfs, target: /x}]', 'tmpfs  /x rw  '],
    ['["/a:/x", "/b:/x:ro"]', 'bind /b /x ro  /b'],
  ])('%s', async (volumes, expected) => {
    const top =
      'volumes:\n  v:\n  device: {driver_opts: {type: ext4, device: /dev/sda}}\n' +
      '  empty: {driver: "", driver_opts: {o: bind, device: /etc}}\n' +
      '  here: {driver: local, driver_opts: {o: bind, type: none, device: ./vol}}\n' +
      '  nfs: {driver_opts: {type: nfs, o: addr=10.0.0.1, device: ":/x"}}';
    const { mounts } = await service(`volumes: ${volumes}`, { top });
    const words = mounts.map(
      ({ type, source, target, writable, propagation, real }) =>
        `${type} ${source} ${target} ${writable ? 'rw' : 'ro'} ${propagation} ${String(real)}`,
    );
    expect(words).toEqual([expected]);
  });

  test.each(['["a:b:c:d"]', '[":/x"]', '[{type: bind, target: /x}]', '[{type: volume}]'])(
    '%s is refused',
    async (volumes) => {
      const { unsettled, mounts } = await service(`volumes: ${volumes}`);
      expect(unsettled.get('mounts')).toContain('compose.yml:4');
      expect(mounts).toEqual([]);
    },
  );

  test('an overlay is its layers', async () => {
    const { mounts } = await service('volumes: ["v:/x"]', {
      top: 'volumes: {v: {driver_opts: {type: overlay, device: overlay, o: "lowerdir=/etc:/usr,upperdir=/root,workdir=/w"}}}',
    });
    expect(mounts.map(({ type, real, writable }) => `${type} ${String(real)} ${String(writable)}`)).toEqual([
      'bind /etc false',
      'bind /usr false',
      'bind /root true',
    ]);
  });

  test.each([
    ['{driver: "${D}"}', 'D'],
    ['{external: true}', 'any directory'],
    ['{external: "${E}"}', 'E'],
    ['{driver_opts: {type: "${T}", device: x}}', 'T'],
    ['{driver_opts: {o: "${O}", device: ./x}}', 'O'],
    ['{driver: local-persist, driver_opts: {mountpoint: /etc}}', 'not Docker’s own'],
  ])('a volume %s leaves open what is mounted', async (volume, reason) => {
    const { unsettled } = await service('volumes: ["v:/x"]', { top: `volumes: {v: ${volume}}` });
    expect(unsettled.get('mounts')).toContain('compose.yml:5 ');
    expect(unsettled.get('mounts')).toContain(reason);
  });

  test.each([
    ['["/a:/b:${O}"]', ['mounts', 'propagation']],
    ['[{type: bind, source: /a, target: /b, bind: {propagation: "${P}"}}]', ['propagation']],
  ])('%s leaves open how it is mounted', async (volumes, settings) => {
    expect([...(await service(`volumes: ${volumes}`)).unsettled.keys()]).toEqual(settings);
  });

  test('a device by a roundabout path', async () => {
    const { devices } = await service('devices: ["/dev/dri/../sda", "/dev/./sdb:/x"]');
    expect(devices.map(({ host }) => host)).toEqual(['/dev/sda', '/dev/sdb']);
  });

  test('tmpfs, secrets and configs that are files, and the engine’s socket', async () => {
    const { mounts } = await service(
      'tmpfs: [/run:size=1m]\nsecrets: [s]\nconfigs: [{source: c, target: /etc/c}]\nuse_api_socket: true',
      {
        top: 'secrets:\n  s: {file: ./s.txt}\nconfigs:\n  c: {file: ./c.txt}',
      },
    );
    expect(mounts.map(({ type, source, target }) => `${type} ${source} ${target}`)).toEqual([
      'bind ./c.txt /etc/c',
      'tmpfs  /run',
      'bind ./s.txt /run/secrets/s',
      'bind /var/run/docker.sock /var/run/docker.sock',
    ]);
  });

  test('what volumes_from names is mounted too', async () => {
    const { mounts } = await service('volumes_from: [other]\nvolumes: ["/mine:/b"]', {
      top: '  other: {image: x, volumes: ["/etc:/a", "/theirs:/b"], volumes_from: [web]}',
    });
    expect(mounts.map(({ source, target }) => `${source} ${target}`)).toEqual(['/etc /a', '/mine /b']);
  });
});

test('what the model runner and other providers run is a gap', async () => {
  const text =
    'services:\n  a: {image: x, models: [m]}\n  b: {provider: {type: model}}\nmodels: {m: {model: ai/x}}\n';
  const gaps = await gapsIn({ '/compose.yml': text });
  expect(gaps.join('\n')).toContain('compose.yml:2: service a uses models');
  expect(gaps.join('\n')).toContain('compose.yml:3: service b is made by a provider');
});

describe('guards and limits', () => {
  test.each([
    ['privileged: true', { privileged: true, maskedProc: false }],
    ['privileged: "yes"', { privileged: true }],
    ['post_start: [{command: x}, {command: x, privileged: true}]', { privileged: true }],
    ['privileged: false\npre_stop: [{command: x, privileged: true}]', { privileged: true }],
    ['privileged: "${P:-true}"', { privileged: true }],
    ['read_only: true', { readonlyRootfs: true }],
    ['cap_add: [cap_sys_admin, SYS_ADMIN, net_admin]', { capAdd: ['SYS_ADMIN', 'SYS_ADMIN', 'NET_ADMIN'] }],
    ['cap_drop: [all]', { capDrop: ['ALL'] }],
    ['user: "1000:1000"', { user: '1000:1000' }],
    ['user: 0', { user: '0' }],
    ['group_add: [44, video]', { groupAdd: ['44', 'video'] }],
    [
      'security_opt: ["no-new-privileges:true"]',
      { confinement: { noNewPrivileges: true, seccomp: 'default', appArmor: 'default' } },
    ],
    [
      'security_opt: [no-new-privileges, "apparmor:unconfined", "seccomp=unconfined"]',
      { confinement: { noNewPrivileges: true, seccomp: 'off', appArmor: 'off' } },
    ],
    ['security_opt: ["systempaths=unconfined"]', { maskedProc: false, securityOpt: [] }],
    [
      'security_opt: ["seccomp:./open.json"]',
      { confinement: { noNewPrivileges: 'default', seccomp: 'off', appArmor: 'default' } },
    ],
    [
      'security_opt: ["seccomp=./tight.json"]',
      { confinement: { noNewPrivileges: 'default', seccomp: 'profile', appArmor: 'default' } },
    ],
    [
      'security_opt: ["seccomp=./few.json"]',
      { confinement: { noNewPrivileges: 'default', seccomp: 'unreadable', appArmor: 'default' } },
    ],
    [
      'security_opt: ["seccomp=./none.json"]',
      { confinement: { noNewPrivileges: 'default', seccomp: 'unreadable', appArmor: 'default' } },
    ],
    [
      'pid: host\nipc: host\nuts: host\nuserns_mode: host\ncgroup: host',
      {
        namespaces: {
          network: 'project_default',
          pid: 'host',
          ipc: 'host',
          uts: 'host',
          user: 'host',
          cgroup: 'host',
        },
      },
    ],
    [
      'mem_limit: 512m\ncpus: 1.5\npids_limit: 100',
      { limits: { memoryBytes: 536_870_912, cpus: 1.5, pids: 100 } },
    ],
    [
      'deploy: {resources: {limits: {memory: 1g, cpus: "0.5", pids: 7}}}',
      { limits: { memoryBytes: 1_073_741_824, cpus: 0.5, pids: 7 } },
    ],
    ['cpu_quota: 50000\ncpuset: "0-3"', { limits: { memoryBytes: null, cpus: 0.5, pids: null } }],
    ['cpuset: "0-3"\npids_limit: -1\nmem_limit: 0', { limits: { memoryBytes: null, cpus: 4, pids: null } }],
    [
      'devices: ["/dev/kvm", "/dev/a:/dev/b:r"]',
      {
        devices: [
          { host: '/dev/kvm', container: '/dev/kvm', permissions: 'rwm', type: null },
          { host: '/dev/a', container: '/dev/b', permissions: 'r', type: null },
        ],
      },
    ],
    ['device_cgroup_rules: ["a *:* rwm"]', { deviceRules: ['a *:* rwm'] }],
    [
      'runtime: nvidia\nenvironment: [NVIDIA_VISIBLE_DEVICES=all]',
      { runtime: 'nvidia', gpu: { count: 'all', ids: ['all'], by: 'runtime' } },
    ],
    ['gpus: all', { gpu: { count: 'all', ids: [], by: 'device-request' } }],
    ['gpus: [{count: 2}]', { gpu: { count: 2, ids: [], by: 'device-request' } }],
    [
      'deploy: {resources: {reservations: {devices: [{driver: nvidia, capabilities: [gpu]}]}}}',
      { gpu: { count: 'all', ids: [], by: 'device-request' } },
    ],
    [
      'deploy: {resources: {reservations: {devices: [{device_ids: ["0"], capabilities: [gpu]}]}}}',
      { gpu: { count: 1, ids: ['0'], by: 'device-request' } },
    ],
    [
      'devices: ["nvidia.com/gpu=all"]',
      { gpu: { count: 'all', ids: ['nvidia.com/gpu=all'], by: 'cdi' }, devices: [] },
    ],
    ['restart: always', { restart: 'always' }],
    ['restart: "on-failure:3"', { restart: 'on-failure' }],
    ['restart: "no"\ndeploy: {restart_policy: {condition: any}}', { restart: 'always' }],
    ['healthcheck: {test: "curl x"}', { healthcheck: 'set' }],
    ['healthcheck: {test: [NONE]}', { healthcheck: 'disabled' }],
    ['healthcheck: {disable: true}', { healthcheck: 'disabled' }],
    ['healthcheck: {interval: 1m}', { healthcheck: null }],
    ['command: serve --name "a b" \'c d\'', { command: ['serve', '--name', 'a b', 'c d'] }],
    ['entrypoint: [/x, -y]\ncommand: [z]', { command: ['/x', '-y', 'z'] }],
    ['labels: {a: 1, b: "x"}', { labels: { a: '1', b: 'x' } }],
    ['labels: ["a=1", "b"]', { labels: { a: '1', b: '' } }],
    [
      'environment: {A: 1, B: true, C: 1.10, D: null, __proto__: x}',
      { environment: expect.objectContaining({ A: '1', B: 'true', C: '1.1', D: '' }) },
    ],
    ['environment: [A=1, "B=x=y", C]', { environment: { A: '1', B: 'x=y', C: '' } }],
    ['container_name: mine', { name: 'mine' }],
    [
      'image: x:1@sha256:ab',
      { image: { reference: 'x:1@sha256:ab', repository: 'x', tag: '1', digest: 'sha256:ab', built: false } },
    ],
  ])('%s', async (lines, expected) => {
    const files = {
      '/few.json': '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"action": "SCMP_ACT_ERRNO"}]}',
      '/open.json': '{"defaultAction": "SCMP_ACT_ALLOW"}',
      '/tight.json': '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"action": "SCMP_ACT_ALLOW"}]}',
    };
    // Of two keys the later text is the test's own.
    const found = await service(lines.startsWith('image:') ? `x-a: 1` : lines, {
      files: lines.startsWith('image:')
        ? { ...files, '/compose.yml': `services:\n  web:\n    ${lines}\n` }
        : files,
    });
    expect(found).toMatchObject({
      source: 'compose',
      state: 'declared',
      origin: 'compose.yml',
      id: null,
      ...expected,
    });
  });

  test.each([
    ['privileged: ${PRIV}', 'privileged', { privileged: false }],
    ['privileged: maybe', 'privileged', { privileged: false }],
    ['user: ${UID}:${GID}', 'user', { user: '' }],
    ['read_only: ${RO}', 'readOnly', { readonlyRootfs: false }],
    ['mem_limit: ${MEM}', 'memory', { limits: { memoryBytes: null } }],
    ['mem_limit: lots', 'memory', { limits: { memoryBytes: null } }],
    ['cap_add: ["${CAP}", CHOWN]', 'capAdd', { capAdd: ['CHOWN'] }],
    ['network_mode: ${MODE}', 'network', { networks: ['project_default'] }],
    ['networks: ["${NET}"]', 'network', {}],
    ['networks: ["${NET}"]', 'networks', {}],
    ['post_start: [{command: x, privileged: "${P}"}]', 'privileged', { privileged: false }],
    ['pid: ${PID_MODE}', 'pid', { namespaces: { pid: 'private' } }],
    ['security_opt: ["${OPTION}"]', 'securityOpt', {}],
    ['devices: ["${DEVICE}"]', 'devices', { devices: [{ host: '${DEVICE}' }] }],
    ['env_file: absent.env', 'environment', {}],
    ['env_file: "${FILE}"', 'environment', {}],
    ['user: "{{ user }}"', 'user', { user: '' }],
    ['user: {a: 1}', 'user', { user: '' }],
  ])('%s is not known', async (lines, setting, expected) => {
    const found = await service(lines);
    expect(found).toMatchObject(expected);
    expect(found.unsettled.get(setting)).toContain('compose.yml:4');
  });

  test('a network of another project by a name that is not known', async () => {
    const { unsettled } = await service('networks: [a]', {
      top: 'networks: {a: {external: true, name: "${NET}"}}',
    });
    expect([...unsettled.keys()]).toEqual(['networks', 'network']);
  });

  test('a hook as root', async () => {
    const { unsettled } = await service('user: "1000"\npost_start: [{command: x, user: root}]');
    expect(unsettled.get('user')).toContain('compose.yml:5 runs a hook as root');
  });

  test('a group that is not known leaves the user known', async () => {
    const { user, unsettled } = await service('user: 1000:${GID}');
    expect([user, unsettled.size]).toEqual(['1000:', 0]);
  });

  test('where each setting is written', async () => {
    const { places } = await service(
      'privileged: true\ncap_add:\n  - SYS_ADMIN\nvolumes:\n  - /etc:/x\nenvironment:\n  A: 1\ndevices: [/dev/kvm]\nlabels: {l: 1}',
    );
    const words = [...places].map(([key, { line, column }]) => `${key} ${String(line)}:${String(column)}`);
    expect(words).toEqual(
      expect.arrayContaining([
        ...[
          'workload 2:3',
          'image 3:5',
          'privileged 4:5',
          'capAdd 5:5',
          'capAdd SYS_ADMIN 6:9',
          'mounts 7:5',
        ],
        ...[
          'mounts /x 8:9',
          'environment 9:5',
          'environment A 10:7',
          'devices /dev/kvm 11:15',
          'labels l 12:14',
        ],
      ]),
    );
  });
});
