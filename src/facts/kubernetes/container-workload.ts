import { parseImageReference } from '../workloads/image-reference.ts';
import type { Place, Setting } from '../workloads/setting.ts';
import { hostAddresses } from '../workloads/publishes.ts';
import type { Namespaces, Publish, Workload } from '../workloads/workload.ts';
import { commandOf, environmentOf } from './environment.ts';
import { gpuOf, limitsOf } from './limits.ts';
import type { Manifest } from './manifest.ts';
import type { Pod, PodContainer } from './pods.ts';
import type { Security } from './security.ts';
import { securityOf } from './security.ts';
import { devicesOf, mountsOf } from './volumes.ts';
import type { Path } from './yaml-text.ts';

/** A container of a pod in the common shape, with what its pod and the project's other objects give it. */
export function workloadOf(
  pod: Pod,
  container: PodContainer,
  name: string,
  manifests: readonly Manifest[],
): Workload {
  const { spec } = container;
  const security = securityOf(pod, container);
  const environment = environmentOf(pod, container, manifests);
  const { gpu, resource } = gpuOf(container, environment.values);
  const { limits, places: limitPlaces } = limitsOf(pod, container, manifests);
  const places = placesOf(pod, container, security);
  for (const [variable, place] of environment.places) places.set(`environment ${variable}`, place);
  if (limitPlaces.memory !== null) places.set('memory', limitPlaces.memory);
  if (limitPlaces.cpus !== null) places.set('cpus', limitPlaces.cpus);
  if (resource !== null) places.set('gpu', container.place(['resources', 'limits', resource]));
  return {
    source: 'kubernetes',
    name,
    origin: pod.manifest.file,
    places,
    ...{ id: null, state: 'declared', pid: null, autoRemove: false, directory: null },
    ...{ engine: null, kernel: null, unseen: [], unsettled: new Map(), mapsRoot: false },
    image: parseImageReference(spec.image ?? ''),
    ...{ privileged: security.privileged, capAdd: security.capAdd, capDrop: security.capDrop },
    securityOpt: security.options,
    confinement: security.confinement,
    user: userWord(security),
    ...(security.runAsNonRoot ? { refusesRoot: true } : {}),
    ...(pod.spec.os?.name === 'windows' ? { os: 'windows' as const } : {}),
    groupAdd: groupsOf(pod),
    readonlyRootfs: spec.securityContext?.readOnlyRootFilesystem === true,
    namespaces: namespacesOf(pod),
    mounts: mountsOf(pod, container, manifests),
    devices: devicesOf(pod, container, manifests),
    deviceRules: [],
    gpu,
    maskedProc: !security.privileged && spec.securityContext?.procMount !== 'Unmasked',
    limits,
    publishes: publishesOf(pod, container),
    ...{ networks: [], addresses: [], unpublished: [], openNetworks: [] },
    restart: restartOf(pod, container),
    // Only these are asked for as long as it runs; a HEALTHCHECK of its image is ignored.
    healthcheck: (spec.livenessProbe ?? spec.readinessProbe ?? null) === null ? null : 'set',
    environment: environment.values,
    command: commandOf(container),
    labels: pod.labels,
    runtime: pod.spec.runtimeClassName ?? null,
  };
}

function userWord({ runAsUser, runAsGroup }: Security): string {
  if (runAsUser === null) return '';
  return runAsGroup === null ? String(runAsUser) : `${String(runAsUser)}:${String(runAsGroup)}`;
}

function groupsOf({ spec: { securityContext } }: Pod): string[] {
  const { supplementalGroups, fsGroup } = securityContext ?? {};
  return [...(supplementalGroups ?? []), ...(typeof fsGroup === 'number' ? [fsGroup] : [])].map(String);
}

/** A pod on the node's network has its name too (containerd, pkg/cri: no UTS namespace with NODE network). */
function namespacesOf({ spec }: Pod): Namespaces {
  const network = spec.hostNetwork === true ? 'host' : 'private';
  return {
    network,
    pid: spec.hostPID === true ? 'host' : 'private',
    ipc: spec.hostIPC === true ? 'host' : 'private',
    uts: network,
    user: spec.hostUsers === false ? 'private' : 'default',
    cgroup: 'default',
  };
}

/** Ports of the node that are mapped to it; on the node's network there is nothing to map. */
function publishesOf({ spec }: Pod, container: PodContainer): readonly Publish[] {
  if (spec.hostNetwork === true) return [];
  return (container.spec.ports ?? []).flatMap(({ containerPort, hostPort, hostIP, protocol }): Publish[] => {
    if (hostPort === undefined || hostPort === null || hostPort === 0) return [];
    const proto = (protocol ?? 'TCP').toLowerCase() as Publish['proto'];
    return hostAddresses(hostIP ?? '').map((hostAddress) => ({
      proto,
      hostAddress,
      hostPort,
      containerPort,
      active: false,
    }));
  });
}

/** An init container runs to its end before the others, unless it is a sidecar, which says Always. */
function restartOf({ spec }: Pod, container: PodContainer): Workload['restart'] {
  if (container.kind === 'ephemeral') return 'no';
  if (container.kind === 'init') return container.spec.restartPolicy === 'Always' ? 'always' : 'on-failure';
  return { Always: 'always', OnFailure: 'on-failure', Never: 'no' }[
    spec.restartPolicy ?? 'Always'
  ] as Workload['restart'];
}

/** Where each setting of a container stands in its own spec. */
const inContainer: Readonly<Partial<Record<Setting, Path>>> = {
  image: ['image'],
  privileged: ['securityContext', 'privileged'],
  capAdd: ['securityContext', 'capabilities', 'add'],
  capDrop: ['securityContext', 'capabilities', 'drop'],
  securityOpt: ['securityContext'],
  readOnly: ['securityContext', 'readOnlyRootFilesystem'],
  maskedPaths: ['securityContext', 'procMount'],
  mounts: ['volumeMounts'],
  propagation: ['volumeMounts'],
  devices: ['volumeDevices'],
  ports: ['ports'],
  healthcheck: ['livenessProbe'],
  environment: ['env'],
  command: ['args'],
};
const inPod: Readonly<Partial<Record<Setting, Path>>> = {
  network: ['spec', 'hostNetwork'],
  pid: ['spec', 'hostPID'],
  ipc: ['spec', 'hostIPC'],
  uts: ['spec', 'hostNetwork'],
  userns: ['spec', 'hostUsers'],
  groups: ['spec', 'securityContext', 'supplementalGroups'],
  restart: ['spec', 'restartPolicy'],
  runtime: ['spec', 'runtimeClassName'],
  labels: ['metadata', 'labels'],
};

function placesOf(pod: Pod, container: PodContainer, { userPlace, capAdd }: Security): Map<string, Place> {
  const places = new Map<string, Place>([['workload', container.place([])]]);
  for (const [setting, path] of Object.entries(inContainer)) {
    if (isSet(container.spec, path)) places.set(setting, container.place(path));
  }
  for (const [setting, path] of Object.entries(inPod)) {
    if (isSet(pod, path)) places.set(setting, pod.place(path));
  }
  if (userPlace !== null) places.set('user', userPlace);
  for (const [index, capability] of capAdd.entries()) {
    places.set(`capAdd ${capability}`, container.place(['securityContext', 'capabilities', 'add', index]));
  }
  for (const [index, { mountPath }] of (container.spec.volumeMounts ?? []).entries()) {
    const place = container.place(['volumeMounts', index]);
    places.set(`mounts ${mountPath}`, place);
    places.set(`propagation ${mountPath}`, place);
  }
  for (const [index, { containerPort, protocol }] of (container.spec.ports ?? []).entries()) {
    const key = `ports ${String(containerPort)}/${(protocol ?? 'TCP').toLowerCase()}`;
    places.set(key, container.place(['ports', index]));
  }
  return places;
}

function isSet(value: unknown, path: Path): boolean {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return false;
    at = (at as Readonly<Record<string | number, unknown>>)[step];
  }
  return at !== undefined && at !== null;
}
