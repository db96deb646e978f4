import * as z from 'zod';

/**
 * What aisec reads of a pod's spec (Kubernetes API v1, PodSpec). Of the wrong type, an API server refuses it; `null` is as
 * good as left out.
 */
const Flag = z.boolean().nullish();
const Id = z.int().nonnegative().nullish();
const Text = z.string().nullish();
/** A number where a string belongs is refused, and still says plainly what was meant. */
const Word = z.union([z.string(), z.number(), z.boolean()]).transform(String);
/** `500m`, `2`, `8Gi`. */
const Quantities = z.record(z.string(), Word).nullish();
const Resources = z.object({ limits: Quantities }).nullish();
const Reference = z.object({ name: Text, key: Text, fieldPath: Text, resource: Text }).nullish();

const Profile = z
  .object({ type: z.enum(['RuntimeDefault', 'Localhost', 'Unconfined']), localhostProfile: Text })
  .nullish();
const Windows = z.object({ hostProcess: Flag }).nullish();

const PodSecurityContext = z.object({
  runAsUser: Id,
  runAsGroup: Id,
  runAsNonRoot: Flag,
  fsGroup: Id,
  supplementalGroups: z.array(z.int()).nullish(),
  seccompProfile: Profile,
  appArmorProfile: Profile,
  windowsOptions: Windows,
});

const SecurityContext = z.object({
  runAsUser: Id,
  runAsGroup: Id,
  runAsNonRoot: Flag,
  privileged: Flag,
  allowPrivilegeEscalation: Flag,
  readOnlyRootFilesystem: Flag,
  procMount: Text,
  capabilities: z
    .object({ add: z.array(z.string()).nullish(), drop: z.array(z.string()).nullish() })
    .nullish(),
  seccompProfile: Profile,
  appArmorProfile: Profile,
  windowsOptions: Windows,
});

const Variable = z.object({
  name: z.string(),
  value: Word.nullish(),
  valueFrom: z
    .object({
      secretKeyRef: Reference,
      configMapKeyRef: Reference,
      fieldRef: Reference,
      resourceFieldRef: Reference,
    })
    .nullish(),
});

const Container = z.object({
  name: z.string(),
  image: Text,
  command: z.array(Word).nullish(),
  args: z.array(Word).nullish(),
  env: z.array(Variable).nullish(),
  envFrom: z.array(z.object({ prefix: Text, configMapRef: Reference, secretRef: Reference })).nullish(),
  ports: z
    .array(
      z.object({
        containerPort: z.int(),
        hostPort: z.int().nullish(),
        hostIP: Text,
        protocol: z.enum(['TCP', 'UDP', 'SCTP']).nullish(),
      }),
    )
    .nullish(),
  resources: Resources,
  restartPolicy: Text,
  livenessProbe: z.unknown().optional(),
  readinessProbe: z.unknown().optional(),
  securityContext: SecurityContext.nullish(),
  volumeMounts: z
    .array(
      z.object({
        name: z.string(),
        mountPath: z.string(),
        readOnly: Flag,
        recursiveReadOnly: Text,
        subPath: Text,
        subPathExpr: Text,
        mountPropagation: z.enum(['None', 'HostToContainer', 'Bidirectional']).nullish(),
      }),
    )
    .nullish(),
  volumeDevices: z.array(z.object({ name: z.string(), devicePath: z.string() })).nullish(),
});
export type Container = z.infer<typeof Container>;

const Volume = z.object({
  name: z.string(),
  hostPath: z.object({ path: z.string() }).nullish(),
  persistentVolumeClaim: z.object({ claimName: z.string(), readOnly: Flag }).nullish(),
  emptyDir: z.object({ medium: Text }).nullish(),
});
export type Volume = z.infer<typeof Volume>;

export const PodSpec = z.object({
  os: z.object({ name: Text }).nullish(),
  containers: z.array(Container).min(1),
  initContainers: z.array(Container).nullish(),
  ephemeralContainers: z.array(Container).nullish(),
  volumes: z.array(Volume).nullish(),
  securityContext: PodSecurityContext.nullish(),
  hostNetwork: Flag,
  hostPID: Flag,
  hostIPC: Flag,
  hostUsers: Flag,
  shareProcessNamespace: Flag,
  serviceAccountName: Text,
  /** The old name of `serviceAccountName`, still read. */
  serviceAccount: Text,
  automountServiceAccountToken: Flag,
  restartPolicy: z.enum(['Always', 'OnFailure', 'Never']).nullish(),
  runtimeClassName: Text,
  resources: Resources,
});
export type PodSpec = z.infer<typeof PodSpec>;
