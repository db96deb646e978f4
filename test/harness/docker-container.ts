/** A container as `docker inspect` prints it, Engine 20.10; the fields that facts read. */
export function dockerContainer(
  name: string,
  changes: {
    readonly host?: object;
    readonly config?: object;
    readonly state?: object;
    readonly network?: object;
    readonly mounts?: readonly object[];
    readonly other?: object;
  } = {},
) {
  return {
    Id: idOf(name),
    Name: `/${name}`,
    Path: 'sleep',
    Args: ['infinity'],
    AppArmorProfile: '',
    State: { Status: 'running', Pid: 299, StartedAt: '2026-11-21T01:18:36Z', ...changes.state },
    Config: {
      User: '',
      Env: null,
      Cmd: ['sleep', 'infinity'],
      Entrypoint: null,
      Image: 'bb:1',
      Labels: {},
      ...changes.config,
    },
    HostConfig: {
      Binds: null,
      NetworkMode: 'default',
      PortBindings: {},
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
      CapAdd: null,
      CapDrop: null,
      CgroupnsMode: 'private',
      GroupAdd: null,
      IpcMode: 'private',
      PidMode: '',
      Privileged: false,
      PublishAllPorts: false,
      ReadonlyRootfs: false,
      SecurityOpt: null,
      UTSMode: '',
      UsernsMode: '',
      Runtime: 'runc',
      Memory: 0,
      NanoCpus: 0,
      CpuPeriod: 0,
      CpuQuota: 0,
      CpusetCpus: '',
      Devices: [],
      DeviceCgroupRules: null,
      DeviceRequests: null,
      PidsLimit: null,
      MaskedPaths: ['/proc/asound', '/proc/acpi', '/proc/kcore', '/proc/keys'],
      ReadonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
      ...changes.host,
    },
    Mounts: changes.mounts ?? [],
    NetworkSettings: { Ports: {}, Networks: { bridge: {} }, ...changes.network },
    ...changes.other,
  };
}

/** 64 hexadecimal digits that follow from the name. */
export function idOf(name: string): string {
  return Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64);
}
