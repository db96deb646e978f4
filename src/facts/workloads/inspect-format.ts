import * as z from 'zod';

const texts = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? []);

const Bindings = z
  .record(z.string(), z.array(z.object({ HostIp: z.string().default(''), HostPort: z.string() })).nullable())
  .nullish()
  .transform((ports) => ports ?? {});

export const InspectMount = z.object({
  Type: z.string(),
  Name: z.string().default(''),
  Source: z.string().default(''),
  Destination: z.string(),
  RW: z.boolean(),
  Propagation: z.string().default(''),
});
export type InspectMount = z.infer<typeof InspectMount>;

/** How a container asked for a mount by `--mount`: Docker's API, MountType and BindOptions. */
const AskedMount = z.object({
  Target: z.string().default(''),
  BindOptions: z
    .object({
      NonRecursive: z.boolean().default(false),
      ReadOnlyNonRecursive: z.boolean().default(false),
      ReadOnlyForceRecursive: z.boolean().default(false),
    })
    .nullish(),
});
export type AskedMount = z.infer<typeof AskedMount>;

const HostConfig = z.object({
  Privileged: z.boolean(),
  AutoRemove: z.boolean().default(false),
  CapAdd: texts,
  CapDrop: texts,
  SecurityOpt: texts,
  GroupAdd: texts,
  ReadonlyRootfs: z.boolean(),
  NetworkMode: z.string(),
  PidMode: z.string(),
  IpcMode: z.string(),
  UTSMode: z.string(),
  UsernsMode: z.string().default(''),
  CgroupnsMode: z.string().default(''),
  MaskedPaths: z.array(z.string()).nullish(),
  ReadonlyPaths: z.array(z.string()).nullish(),
  Devices: z
    .array(z.object({ PathOnHost: z.string(), PathInContainer: z.string(), CgroupPermissions: z.string() }))
    .nullish(),
  DeviceCgroupRules: texts,
  DeviceRequests: z
    .array(
      z.object({
        Driver: z.string().default(''),
        Count: z.int().default(0),
        DeviceIDs: texts,
        Capabilities: z.array(texts).nullish(),
      }),
    )
    .nullish(),
  Memory: z.number(),
  NanoCpus: z.number().default(0),
  CpuQuota: z.number().default(0),
  CpuPeriod: z.number().default(0),
  CpusetCpus: z.string().default(''),
  PidsLimit: z.number().nullish(),
  PortBindings: Bindings,
  PublishAllPorts: z.boolean().default(false),
  Mounts: z.array(AskedMount).nullish(),
  RestartPolicy: z.object({ Name: z.string() }),
  Runtime: z.string().default(''),
});
export type HostConfig = z.infer<typeof HostConfig>;

/** What an engine says of a container; the fields that a fact reads, others are let through. */
export const Inspect = z.object({
  Id: z.string(),
  Name: z.string(),
  Path: z.string().default(''),
  Args: texts,
  AppArmorProfile: z.string().default(''),
  State: z.object({ Status: z.string(), Pid: z.int().default(0) }),
  Config: z.object({
    User: z.string().default(''),
    Env: texts,
    Image: z.string(),
    Labels: z.record(z.string(), z.string()).nullish(),
    ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
    Healthcheck: z.object({ Test: texts }).nullish(),
  }),
  HostConfig,
  Mounts: z.array(InspectMount).nullish(),
  NetworkSettings: z.object({
    Ports: Bindings,
    Networks: z
      .record(
        z.string(),
        z.object({ IPAddress: z.string().nullish(), GlobalIPv6Address: z.string().nullish() }).nullish(),
      )
      .nullish(),
  }),
});
export type Inspect = z.infer<typeof Inspect>;
