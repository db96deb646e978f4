/**
 * What a workload's settings are called where they are written: by `docker inspect` and `podman inspect`, in a
 * compose file (compose-spec), in a pod's or container's spec (Kubernetes API v1).
 */
export const settingNames = {
  image: { engine: 'Config.Image', compose: 'image', kubernetes: 'image' },
  user: { engine: 'Config.User', compose: 'user', kubernetes: 'securityContext.runAsUser' },
  groups: { engine: 'HostConfig.GroupAdd', compose: 'group_add', kubernetes: 'supplementalGroups' },
  privileged: {
    engine: 'HostConfig.Privileged',
    compose: 'privileged',
    kubernetes: 'securityContext.privileged',
  },
  capAdd: { engine: 'HostConfig.CapAdd', compose: 'cap_add', kubernetes: 'securityContext.capabilities.add' },
  capDrop: {
    engine: 'HostConfig.CapDrop',
    compose: 'cap_drop',
    kubernetes: 'securityContext.capabilities.drop',
  },
  securityOpt: { engine: 'HostConfig.SecurityOpt', compose: 'security_opt', kubernetes: 'securityContext' },
  readOnly: {
    engine: 'HostConfig.ReadonlyRootfs',
    compose: 'read_only',
    kubernetes: 'securityContext.readOnlyRootFilesystem',
  },
  network: { engine: 'HostConfig.NetworkMode', compose: 'network_mode', kubernetes: 'hostNetwork' },
  pid: { engine: 'HostConfig.PidMode', compose: 'pid', kubernetes: 'hostPID' },
  ipc: { engine: 'HostConfig.IpcMode', compose: 'ipc', kubernetes: 'hostIPC' },
  uts: { engine: 'HostConfig.UTSMode', compose: 'uts', kubernetes: 'hostNetwork' },
  userns: { engine: 'HostConfig.UsernsMode', compose: 'userns_mode', kubernetes: 'hostUsers' },
  cgroup: { engine: 'HostConfig.CgroupnsMode', compose: 'cgroup', kubernetes: 'cgroup' },
  mounts: { engine: 'Mounts', compose: 'volumes', kubernetes: 'volumeMounts' },
  propagation: { engine: 'Mounts[].Propagation', compose: 'volumes', kubernetes: 'mountPropagation' },
  maskedPaths: {
    engine: 'HostConfig.MaskedPaths',
    compose: 'security_opt',
    kubernetes: 'securityContext.procMount',
  },
  devices: { engine: 'HostConfig.Devices', compose: 'devices', kubernetes: 'volumeDevices' },
  deviceRules: {
    engine: 'HostConfig.DeviceCgroupRules',
    compose: 'device_cgroup_rules',
    kubernetes: 'device_cgroup_rules',
  },
  gpu: { engine: 'HostConfig.DeviceRequests', compose: 'deploy.resources', kubernetes: 'resources.limits' },
  memory: { engine: 'HostConfig.Memory', compose: 'mem_limit', kubernetes: 'resources.limits.memory' },
  cpus: {
    engine: 'HostConfig.NanoCpus, CpuQuota, CpusetCpus',
    compose: 'cpus',
    kubernetes: 'resources.limits.cpu',
  },
  pids: { engine: 'HostConfig.PidsLimit', compose: 'pids_limit', kubernetes: 'podPidsLimit' },
  ports: { engine: 'HostConfig.PortBindings', compose: 'ports', kubernetes: 'hostPort' },
  networks: { engine: 'NetworkSettings.Networks', compose: 'networks', kubernetes: 'NetworkPolicy' },
  restart: { engine: 'HostConfig.RestartPolicy.Name', compose: 'restart', kubernetes: 'restartPolicy' },
  healthcheck: { engine: 'Config.Healthcheck', compose: 'healthcheck', kubernetes: 'livenessProbe' },
  environment: { engine: 'Config.Env', compose: 'environment', kubernetes: 'env' },
  command: { engine: 'Args', compose: 'command', kubernetes: 'args' },
  labels: { engine: 'Config.Labels', compose: 'labels', kubernetes: 'metadata.labels' },
  buildArguments: { engine: 'build.args', compose: 'build.args', kubernetes: 'build.args' },
  configs: { engine: 'configs', compose: 'configs', kubernetes: 'configs' },
  runtime: { engine: 'HostConfig.Runtime', compose: 'runtime', kubernetes: 'runtimeClassName' },
} as const;

export type Setting = keyof typeof settingNames;

/** A place in a file, to edit: lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Where a workload's settings are written. The key is a {@link Setting}, or one and an entry of it:
 * `mounts /data` and `propagation /data` (by its target), `ports 80/tcp` (by the container's port), `environment NAME`,
 * `capAdd SYS_ADMIN`, `devices /dev/kvm`, `networks NAME`, `labels NAME`,
 * `buildArguments NAME`, `configs NAME`. `workload` is where it begins.
 */
export type Places = ReadonlyMap<string, Place>;
