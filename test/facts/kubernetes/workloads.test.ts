import { describe, expect, test } from '@jest/globals';
import { deployment, documents, readManifests, readProject } from '../../harness/manifests.ts';

async function only(container: object = {}, pod: object = {}, metadata: object = {}) {
  const { workloads, gaps } = await readManifests(deployment(container, pod, metadata));
  expect(gaps).toEqual([]);
  const [workload] = workloads;
  if (workload === undefined) throw new Error('no workload');
  return workload;
}

describe('a container', () => {
  test('that says nothing has the defaults of Kubernetes', async () => {
    expect(await only()).toMatchObject({
      ...{ source: 'kubernetes', name: 'app/main', origin: 'k8s.yaml', state: 'declared' },
      ...{ privileged: false, capAdd: [], capDrop: [], user: '', readonlyRootfs: false, maskedProc: true },
      confinement: { noNewPrivileges: false, seccomp: 'default', appArmor: 'default' },
      namespaces: { network: 'private', pid: 'private', ipc: 'private', uts: 'private', user: 'default' },
      ...{ mounts: [], devices: [], gpu: null, publishes: [], restart: 'always', healthcheck: null },
      limits: { memoryBytes: null, cpus: null, pids: null },
      ...{ environment: {}, command: [], labels: { app: 'app' }, runtime: null },
    });
    expect(await only()).not.toHaveProperty('refusesRoot');
  });

  test.each([
    [
      'null is not set',
      { securityContext: { privileged: null, runAsUser: null } },
      {},
      { privileged: false, user: '' },
    ],
    ['the pod’s user', {}, { securityContext: { runAsUser: 1000, runAsGroup: 7 } }, { user: '1000:7' }],
    [
      'its own user wins',
      { securityContext: { runAsUser: 0 } },
      { securityContext: { runAsUser: 1000 } },
      { user: '0' },
    ],
    ['the pod’s runAsNonRoot', {}, { securityContext: { runAsNonRoot: true } }, { refusesRoot: true }],
    [
      'groups',
      {},
      { securityContext: { supplementalGroups: [1, 2], fsGroup: 3 } },
      { groupAdd: ['1', '2', '3'] },
    ],
    [
      'capabilities',
      { securityContext: { capabilities: { add: ['cap_net_admin'], drop: ['all'] } } },
      {},
      { capAdd: ['NET_ADMIN'], capDrop: ['ALL'] },
    ],
    ['privileged', { securityContext: { privileged: true } }, {}, { privileged: true, maskedProc: false }],
    ['HostProcess', {}, { securityContext: { windowsOptions: { hostProcess: true } } }, { privileged: true }],
    ['procMount', { securityContext: { procMount: 'Unmasked' } }, {}, { maskedProc: false }],
    ['a read-only root', { securityContext: { readOnlyRootFilesystem: true } }, {}, { readonlyRootfs: true }],
    [
      'the node’s network',
      { ports: [{ containerPort: 1, hostPort: 1 }] },
      { hostNetwork: true },
      {
        publishes: [],
        namespaces: {
          network: 'host',
          uts: 'host',
          pid: 'private',
          ipc: 'private',
          user: 'default',
          cgroup: 'default',
        },
      },
    ],
    [
      'the node’s processes and memory',
      {},
      { hostPID: true, hostIPC: true, hostUsers: false },
      {
        namespaces: {
          network: 'private',
          uts: 'private',
          pid: 'host',
          ipc: 'host',
          user: 'private',
          cgroup: 'default',
        },
      },
    ],
    [
      'limits',
      { resources: { limits: { memory: '1Gi', cpu: '1500m' } } },
      {},
      { limits: { memoryBytes: 2 ** 30, cpus: 1.5, pids: null } },
    ],
    [
      'a limit of zero is none',
      { resources: { limits: { memory: 0, cpu: '0' } } },
      {},
      { limits: { memoryBytes: null, cpus: null, pids: null } },
    ],
    [
      'limits of the pod',
      {},
      { resources: { limits: { memory: '64M', cpu: 2 } } },
      { limits: { memoryBytes: 64e6, cpus: 2, pids: null } },
    ],
    [
      'GPUs',
      { resources: { limits: { 'nvidia.com/gpu': '2' } } },
      {},
      { gpu: { count: 2, ids: [], by: 'device-request' } },
    ],
    [
      'Intel GPUs',
      { resources: { limits: { 'gpu.intel.com/i915': 1 } } },
      {},
      { gpu: { count: 1, ids: [], by: 'device-request' } },
    ],
    [
      'every GPU by its environment',
      { env: [{ name: 'NVIDIA_VISIBLE_DEVICES', value: 'all' }] },
      {},
      { gpu: { count: 'all', by: 'environment' } },
    ],
    [
      'no GPU',
      {
        env: [{ name: 'NVIDIA_VISIBLE_DEVICES', value: 'void' }],
        resources: { limits: { 'amd.com/gpu': 0 } },
      },
      {},
      { gpu: null },
    ],
    [
      'a port of the node',
      {
        ports: [
          { containerPort: 80, hostPort: 8080, hostIP: '127.0.0.1', protocol: 'UDP' },
          { containerPort: 81 },
        ],
      },
      {},
      {
        publishes: [
          { proto: 'udp', hostAddress: '127.0.0.1', hostPort: 8080, containerPort: 80, active: false },
        ],
      },
    ],
    [
      'a port of every address',
      { ports: [{ containerPort: 80, hostPort: 80 }] },
      {},
      { publishes: [{ hostAddress: '0.0.0.0' }, { hostAddress: '::' }] },
    ],
    [
      'a port of every address, spelled out',
      { ports: [{ containerPort: 80, hostPort: 80, hostIP: '0:0:0:0:0:0:0:0' }] },
      {},
      { publishes: [{ hostAddress: '::' }] },
    ],
    ['a liveness probe', { livenessProbe: { exec: {} } }, {}, { healthcheck: 'set' }],
    ['a readiness probe', { readinessProbe: { exec: {} } }, {}, { healthcheck: 'set' }],
    ['a startup probe, which is asked once', { startupProbe: { exec: {} } }, {}, { healthcheck: null }],
    ['restart', {}, { restartPolicy: 'Never' }, { restart: 'no' }],
    ['runtime', {}, { runtimeClassName: 'nvidia' }, { runtime: 'nvidia' }],
    ['command and arguments', { command: ['a'], args: ['b', 8080] }, {}, { command: ['a', 'b', '8080'] }],
  ])('%s', async (_, container, pod, expected) => {
    expect(await only(container, pod)).toMatchObject(expected);
  });

  test.each([
    ['allowed by default', {}, false],
    ['forbidden', { allowPrivilegeEscalation: false }, true],
    ['privileged comes first', { allowPrivilegeEscalation: false, privileged: true }, false],
    [
      'SYS_ADMIN comes first',
      { allowPrivilegeEscalation: false, capabilities: { add: ['CAP_SYS_ADMIN'] } },
      false,
    ],
  ])('privilege escalation: %s', async (_, securityContext, noNewPrivileges) => {
    expect((await only({ securityContext })).confinement).toMatchObject({ noNewPrivileges });
  });

  const seccomp = 'seccomp.security.alpha.kubernetes.io/pod';
  const appArmor = 'container.apparmor.security.beta.kubernetes.io/main';
  test.each([
    [{ seccompProfile: { type: 'RuntimeDefault' } }, {}, {}, { seccomp: 'profile' }],
    [{}, { seccompProfile: { type: 'RuntimeDefault' } }, {}, { seccomp: 'profile' }],
    [
      { seccompProfile: { type: 'Unconfined' } },
      { seccompProfile: { type: 'RuntimeDefault' } },
      {},
      { seccomp: 'off' },
    ],
    [{ seccompProfile: { type: 'Localhost', localhostProfile: 'x' } }, {}, {}, { seccomp: 'unreadable' }],
    // Kubernetes 1.27 and newer ignore the annotation.
    [{}, {}, { [seccomp]: 'runtime/default' }, { seccomp: 'default' }],
    [{}, {}, { [seccomp]: 'unconfined' }, { seccomp: 'off' }],
    [{}, {}, { [appArmor]: 'unconfined' }, { appArmor: 'off' }],
    [{}, {}, { [appArmor]: 'runtime/default' }, { appArmor: 'profile' }],
    [
      { appArmorProfile: { type: 'RuntimeDefault' } },
      {},
      { [appArmor]: 'unconfined' },
      { appArmor: 'profile' },
    ],
    [{}, { appArmorProfile: { type: 'Unconfined' } }, {}, { appArmor: 'off' }],
    [{}, { appArmorProfile: { type: 'RuntimeDefault' } }, { [appArmor]: 'unconfined' }, { appArmor: 'off' }],
    [
      {},
      { appArmorProfile: { type: 'Unconfined' } },
      { [appArmor]: 'runtime/default' },
      { appArmor: 'profile' },
    ],
  ])('profiles: %j, pod %j, annotations %j', async (own, shared, annotations, expected) => {
    const workload = await only({ securityContext: own }, { securityContext: shared }, { annotations });
    expect(workload.confinement).toMatchObject(expected);
  });
});

describe('which pods', () => {
  const template = { spec: { containers: [{ name: 'c', image: 'i' }] } };
  test.each([
    ['v1', 'Pod', template],
    ['v1', 'ReplicationController', { spec: { template } }],
    ['apps/v1', 'StatefulSet', { spec: { template } }],
    ['apps/v1', 'DaemonSet', { spec: { template } }],
    ['apps/v1', 'ReplicaSet', { spec: { template } }],
    ['batch/v1', 'Job', { spec: { template } }],
    ['batch/v1', 'CronJob', { spec: { jobTemplate: { spec: { template } } } }],
  ])('%s %s', async (apiVersion, kind, rest) => {
    const { workloads } = await readManifests(
      JSON.stringify({ apiVersion, kind, metadata: { name: 'x' }, ...rest }),
    );
    expect(workloads.map(({ name, image }) => [name, image.reference])).toEqual([['x/c', 'i']]);
  });

  test('init, sidecar and ephemeral containers', async () => {
    const { workloads } = await readManifests(
      deployment(
        {},
        {
          initContainers: [
            { name: 'init', image: 'i' },
            { name: 'sidecar', image: 'i', restartPolicy: 'Always' },
          ],
          ephemeralContainers: [{ name: 'debug', image: 'i' }],
        },
      ),
    );
    expect(workloads.map(({ name, restart }) => [name, restart])).toEqual([
      ['app/main', 'always'],
      ['app/init', 'on-failure'],
      ['app/sidecar', 'always'],
      ['app/debug', 'no'],
    ]);
  });

  test('names are unique, however little sets them apart', async () => {
    const { workloads, pods } = await readProject({
      'a.yaml': documents(deployment(), deployment({}, {}, { namespace: 'n' }), deployment()),
      'b.yaml': documents(deployment().replace('Deployment', 'StatefulSet'), deployment()),
    });
    expect(workloads.map(({ name }) => name)).toEqual([
      'a.yaml:1: Deployment app/main',
      'n/app/main',
      'a.yaml:5: Deployment app/main',
      'StatefulSet app/main',
      'b.yaml: Deployment app/main',
    ]);
    expect(new Set(pods.map(({ name }) => name)).size).toBe(5);
  });
});

describe('mounts', () => {
  const mounted = async (volume: object, mount: object = {}, ...others: object[]) => {
    const { workloads } = await readManifests(
      documents(
        deployment(
          { volumeMounts: [{ name: 'v', mountPath: '/m', ...mount }] },
          { volumes: [{ name: 'v', ...volume }] },
        ),
        ...others,
      ),
    );
    return workloads[0]?.mounts[0];
  };
  const hostPath = (path: string) => ({ hostPath: { path } });

  test.each([
    [
      'hostPath',
      hostPath('/a/'),
      {},
      { type: 'bind', source: '/a/', real: '/a', target: '/m', writable: true, propagation: 'private' },
    ],
    ['/var/run is a link', hostPath('/var/run/docker.sock'), {}, { real: '/run/docker.sock' }],
    ['read-only', hostPath('/a'), { readOnly: true }, { writable: false }],
    [
      'read-only with what is below',
      hostPath('/a'),
      { readOnly: true, recursiveReadOnly: 'Enabled' },
      { writable: false, submounts: 'read-only' },
    ],
    ['subPath', hostPath('/a'), { subPath: 'b' }, { real: '/a/b' }],
    ['Bidirectional', hostPath('/a'), { mountPropagation: 'Bidirectional' }, { propagation: 'rshared' }],
    ['HostToContainer', hostPath('/a'), { mountPropagation: 'HostToContainer' }, { propagation: 'rslave' }],
    ['emptyDir', { emptyDir: {} }, {}, { type: 'volume' }],
    ['emptyDir in memory', { emptyDir: { medium: 'Memory' } }, {}, { type: 'tmpfs' }],
    ['configMap', { configMap: { name: 'x' } }, {}, { type: 'volume' }],
    [
      'a claim',
      { persistentVolumeClaim: { claimName: 'c', readOnly: true } },
      {},
      { type: 'volume', writable: false },
    ],
  ])('%s', async (_, volume, mount, expected) => {
    expect(await mounted(volume, mount)).toMatchObject(expected);
  });

  const claim = (spec: object) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'c' },
    spec,
  });
  const volume = (spec: object) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'p' },
    spec: { ...hostPath('/etc'), ...spec },
  });
  test.each([
    ['by name', claim({ volumeName: 'p' }), volume({}), 'bind'],
    ['kept for it', claim({}), volume({ claimRef: { name: 'c' } }), 'bind'],
    ['by class', claim({ storageClassName: 'manual' }), volume({ storageClassName: 'manual' }), 'bind'],
    ['local', claim({ volumeName: 'p' }), volume({ hostPath: null, local: { path: '/etc' } }), 'bind'],
    [
      'of another class',
      claim({ storageClassName: 'fast' }),
      volume({ storageClassName: 'manual' }),
      'volume',
    ],
    [
      'kept for another',
      claim({ storageClassName: 'manual' }),
      volume({ storageClassName: 'manual', claimRef: { name: 'd' } }),
      'volume',
    ],
    ['of the default class', claim({}), volume({ storageClassName: 'manual' }), 'volume'],
  ])('a path of the node through a claim: %s', async (_, one, other, type) => {
    const mount = await mounted({ persistentVolumeClaim: { claimName: 'c' } }, {}, one, other);
    expect(mount).toMatchObject(type === 'bind' ? { type, source: '/etc' } : { type });
  });
});

describe('environment', () => {
  const map = (data: object, name = 'm') => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data,
  });

  test('values, references and ConfigMaps; env wins, and the last of a name', async () => {
    const env = [
      { name: 'A', value: '1' },
      { name: 'A', value: '2' },
      { name: 'B', valueFrom: { configMapKeyRef: { name: 'm', key: 'b' } } },
      { name: 'S', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
      { name: 'F', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      { name: 'G', valueFrom: { configMapKeyRef: { name: 'gone', key: 'b' } } },
      { name: 'E' },
    ];
    const envFrom = [{ prefix: 'P_', configMapRef: { name: 'm' } }, { secretRef: { name: 's' } }];
    const { workloads } = await readManifests(
      documents(deployment({ env, envFrom }), map({ b: 'from map', A: 'no' })),
    );
    expect(workloads[0]?.environment).toEqual({
      ...{ P_b: 'from map', P_A: 'no', A: '2', B: 'from map', E: '', F: '$(status.podIP)' },
      ...{ S: '$(secretKeyRef s/k)', G: '$(configMapKeyRef gone/b)' },
    });
  });

  test('a ConfigMap of another namespace is none of its own', async () => {
    const envFrom = [{ configMapRef: { name: 'm' } }];
    const { workloads } = await readManifests(
      documents(deployment({ envFrom }, {}, { namespace: 'x' }), map({ b: '1' })),
    );
    expect(workloads[0]?.environment).toEqual({});
  });

  test('secrets are masked, wherever name and value stand', async () => {
    const { workloads } = await readManifests(
      `apiVersion: v1
kind: Pod
metadata: {name: x}
spec:
  containers:
    - name: c
      image: i
      args:
        - --api-key
        - Tr0ub4dor
        - --port
        - "80"
      env:
        - value: hunter two
          name: DB_PASSWORD
        - name: API_KEY
          value: |
            Tr0ub4dor
        - name: ADMIN_PASSWORD
          value: changeme
`,
    );
    expect(workloads[0]).toMatchObject({
      command: ['--api-key', '<masked>', '--port', '80'],
      environment: {
        DB_PASSWORD: '<masked>',
        API_KEY: '<masked>',
        ADMIN_PASSWORD: '<masked:well-known><placeholder>',
      },
    });
  });
});

test.each<[string, object[], object]>([
  ['its default', [{ type: 'Container', default: { memory: '1Mi', cpu: '2' } }], { cpus: 2 }],
  ['none of a pod', [{ type: 'Pod', default: { cpu: 9 }, max: { cpu: 9 } }], { cpus: null }],
  ['its maximum without a default', [{ type: 'Container', max: { memory: '1Gi', cpu: '1' } }], { cpus: 1 }],
  [
    'its default before its maximum',
    [{ type: 'Container', default: { cpu: 2 }, max: { cpu: 4 } }],
    { cpus: 2 },
  ],
  [
    'the maximum of what has no default',
    [{ type: 'Container', default: { memory: 1 }, max: { cpu: 4 } }],
    { cpus: 4 },
  ],
])('a LimitRange of the namespace gives what is not set: %s', async (_, limits, expected) => {
  const range = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'r' }, spec: { limits } };
  const own = deployment({ resources: { limits: { memory: '2Mi' } } });
  const { workloads } = await readManifests(documents(own, range));
  expect(workloads[0]?.limits).toEqual({ memoryBytes: 2 ** 21, pids: null, ...expected });
});

test('block devices of the node, through a claim', async () => {
  const { workloads } = await readManifests(
    documents(
      deployment(
        { volumeDevices: [{ name: 'v', devicePath: '/dev/x' }] },
        { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] },
      ),
      {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: 'p' },
        spec: { local: { path: '/dev/sdb' }, claimRef: { name: 'c' } },
      },
    ),
  );
  expect(workloads[0]?.devices).toEqual([
    { host: '/dev/sdb', container: '/dev/x', permissions: 'rw', type: 'block' },
  ]);
});

test('places are the lines to edit, through anchors, merges and lists', async () => {
  const { workloads } = await readManifests(`apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata: {name: x}
  spec:
    hostPID: true
    securityContext:
      runAsUser: 0
    containers:
    - name: c
      image: i
      securityContext: &s
        privileged: true
        capabilities:
          add:
          - SYS_ADMIN
      env:
      - {name: A, value: b}
      volumeMounts:
      - {name: v, mountPath: /m}
    - name: d
      image: i
      securityContext:
        <<: *s
        readOnlyRootFilesystem: true
`);
  const lines = workloads.map(({ places }) =>
    Object.fromEntries([...places].map(([key, { line }]) => [key, line])),
  );
  expect(lines).toMatchObject([
    {
      ...{ workload: 12, image: 13, pid: 8, user: 10, privileged: 15, capAdd: 17, 'capAdd SYS_ADMIN': 18 },
      ...{ environment: 19, 'environment A': 20, mounts: 21, 'mounts /m': 22, securityOpt: 14 },
    },
    { workload: 23, privileged: 15, readOnly: 27 },
  ]);
  expect(workloads[1]).toMatchObject({ privileged: true, readonlyRootfs: true });
  expect([...(workloads[0]?.places.values() ?? [])].every(({ file }) => file === 'k8s.yaml')).toBe(true);
});

test('kubectl’s YAML: 1.1, and the last of a key', async () => {
  const { workloads } = await readManifests(`apiVersion: v1
kind: Pod
metadata: {name: x}
spec:
  hostNetwork: yes
  hostPID: off
  containers: [{name: c, image: a, image: b, env: [{name: E, value: e2}, {name: T, value: 1:30}, {name: D, value: 2001-01-01}]}]
`);
  expect(workloads[0]).toMatchObject({
    namespaces: { network: 'host', pid: 'private' },
    image: { reference: 'b' },
    environment: { E: 'e2', T: '1:30', D: '2001-01-01' },
  });
});
