import type { Host } from '../../host/host.ts';

/**
 * A sentence for every engine that left containers on disk which are not read: Podman's storage and
 * quadlets (podman-systemd.unit(5)), containerd's tasks, nerdctl's and Kubernetes' state. On a running
 * machine the processes tell what containerd runs.
 */
export async function containersLeftOnDisk(host: Host, started: ReadonlySet<string>): Promise<string[]> {
  const found = await Promise.all([
    ...['/var/lib/containers/storage', ...(await rootlessStorages(host))].map((storage) =>
      podmanStorage(host, storage),
    ),
    ...quadletDirectories.map((directory) => quadlets(host, directory, started)),
    ...Object.entries(kubernetes).map(([path, name]) => nonEmpty(host, path, name)),
    namespacesUnder(host, '/var/lib/containerd/io.containerd.runtime.v2.task', 'containerd'),
    nerdctl(host),
  ]);
  return found.flat();
}

const quadletDirectories = [
  '/etc/containers/systemd',
  '/etc/containers/systemd/users',
  '/usr/share/containers/systemd',
];

const kubernetes: Readonly<Record<string, string>> = {
  '/var/lib/kubelet/pods': 'Kubernetes',
  '/var/lib/rancher': 'Kubernetes (k3s or RKE2)',
  '/var/snap/microk8s/common/var/lib/kubelet/pods': 'Kubernetes (MicroK8s)',
};

/** Where users without root keep theirs; a home that may not be read is left to the processes. */
async function rootlessStorages(host: Host): Promise<string[]> {
  const homes = await host.list('/home');
  const users = homes.state === 'known' ? (homes.value ?? []) : [];
  const paths = users.map((user) => `/home/${user}/.local/share/containers/storage`);
  const lists = await Promise.all(paths.map((path) => host.list(path)));
  return paths.filter((_, index) => lists[index]?.state === 'known' && lists[index].value !== null);
}

async function podmanStorage(host: Host, storage: string): Promise<string[]> {
  const names = await host.list(storage);
  if (names.state === 'unknown') return [unseen(storage)];
  const drivers = (names.value ?? []).filter((name) => name.endsWith('-containers'));
  const found = await Promise.all(
    drivers.map(async (driver) => {
      const file = `${storage}/${driver}/containers.json`;
      const text = await host.read(file);
      if (text.state === 'unknown') return [unseen(file)];
      return holdsAny(text.value) ? [`containers of Podman or CRI-O are in ${storage} and are not read`] : [];
    }),
  );
  return found.flat();
}

/** What is not an empty list of containers may be one. */
function holdsAny(text: string | null): boolean {
  return text !== null && !/^\s*(?:\[\s*\]|null)?\s*$/.test(text);
}

async function quadlets(host: Host, directory: string, started: ReadonlySet<string>): Promise<string[]> {
  const names = await host.list(directory);
  if (names.state === 'unknown') return [unseen(directory)];
  return (names.value ?? [])
    .filter((name) => /\.(?:container|kube|pod)$/.test(name))
    .filter((name) => !started.has(name.replace(/\.container$/, '.service')))
    .map((name) => `${directory}/${name} makes Podman run containers and is not read`);
}

async function nonEmpty(host: Host, path: string, engine: string): Promise<string[]> {
  const names = await host.list(path);
  if (names.state === 'unknown') return [unseen(path)];
  return (names.value ?? []).length > 0 ? [`containers of ${engine} are in ${path} and are not read`] : [];
}

/** `NAMESPACE/CONTAINER`; moby is Docker's. */
async function namespacesUnder(host: Host, path: string, engine: string): Promise<string[]> {
  const names = await host.list(path);
  if (names.state === 'unknown') return host.origin.running ? [] : [unseen(path)];
  const others = (names.value ?? []).filter((name) => !/^(?:plugins\.)?moby$/.test(name));
  return (await Promise.all(others.map((name) => nonEmpty(host, `${path}/${name}`, engine)))).flat();
}

/** `HASH/containers/NAMESPACE/CONTAINER`, stopped ones too. */
async function nerdctl(host: Host): Promise<string[]> {
  const hashes = await host.list('/var/lib/nerdctl');
  if (hashes.state === 'unknown') return [unseen('/var/lib/nerdctl')];
  const paths = (hashes.value ?? []).map((hash) => `/var/lib/nerdctl/${hash}/containers`);
  return (await Promise.all(paths.map((path) => namespacesUnder(host, path, 'nerdctl')))).flat();
}

function unseen(path: string): string {
  return `${path} may not be read: run as root to see whether containers are in it`;
}
