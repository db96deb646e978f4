import type { Host } from '../../host/host.ts';
import { homesOf } from '../homes.ts';

/**
 * A sentence for every engine that left containers on disk which are not read: containerd's tasks, nerdctl's and Kubernetes' state, Docker Engines
 * without root and that of snap. On a running machine the processes tell what containerd runs.
 *
 * @param dataRoots - where the engines that are read keep their containers
 */
export async function containersLeftOnDisk(host: Host, dataRoots: readonly string[]): Promise<string[]> {
  const found = await Promise.all([
    leftInHomes(host, dataRoots),
    dataRoots.includes(snapRoot) ? [] : nonEmpty(host, `${snapRoot}/containers`, 'the snap’s Docker Engine'),
    ...Object.entries(kubernetes).map(([path, name]) => nonEmpty(host, path, name)),
    namespacesUnder(host, '/var/lib/containerd/io.containerd.runtime.v2.task', 'containerd'),
    nerdctl(host),
  ]);
  return found.flat();
}

/** Where the snap docker has its data, whatever daemon.json of /etc says. */
const snapRoot = '/var/snap/docker/common/var-lib-docker';

const kubernetes: Readonly<Record<string, string>> = {
  '/var/lib/kubelet/pods': 'Kubernetes',
  '/var/lib/k0s/kubelet/pods': 'Kubernetes (k0s)',
  '/var/lib/rancher': 'Kubernetes (k3s or RKE2)',
  '/var/snap/microk8s/common/var/lib/kubelet/pods': 'Kubernetes (MicroK8s)',
};

/** Where users keep theirs without root. Homes that may not be entered are said in one sentence. */
async function leftInHomes(host: Host, dataRoots: readonly string[]): Promise<string[]> {
  const homes = await homesOf(host);
  if (homes.state === 'unknown') return [unseen('/home')];
  const closed: string[] = [];
  const found = await Promise.all(
    homes.value.map(async (home) => {
      const [storage, docker] = [`${home}/.local/share/containers/storage`, `${home}/.local/share/docker`];
      if ((await host.list(storage)).state === 'unknown') {
        closed.push(home);
        return [];
      }
      return dataRoots.includes(docker)
        ? []
        : nonEmpty(host, `${docker}/containers`, 'a rootless Docker Engine');
    }),
  );
  return [...found.flat(), ...(closed.length === 0 ? [] : [unseen(closed.toSorted().join(', '))])];
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
