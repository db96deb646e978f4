import type { Host } from '../../host/host.ts';
import type { AiService } from './ai-services.ts';

/**
 * Adds to each service that runs on the host itself which of the files that could hold its settings do
 * not exist, so that a setting which is in neither arguments nor environment is known to be absent.
 */
export async function withAbsentPlaces(host: Host, services: readonly AiService[]): Promise<AiService[]> {
  if (services.every(({ workload }) => workload !== null)) return [...services];
  const passwd = await host.read('/etc/passwd');
  const accounts =
    passwd.state === 'known' ? (passwd.value ?? '').split('\n').map((line) => line.split(':')) : [];
  return Promise.all(
    services.map(async (service) => {
      if (service.by === 'port' || hasOwnRoot(service)) return service;
      const home = homeOf(service, accounts);
      const places = placesOf(service);
      const absent = await Promise.all(places.map((place) => isAbsent(host, place, home)));
      return { ...service, absentPlaces: places.filter((_, index) => absent[index] === true) };
    }),
  );
}

/** Paths that the catalogue names for the service's settings, each once, in a fixed order. */
function placesOf({ service: { auth, dangerous, bind, elsewhere: always } }: AiService): string[] {
  const settings = [
    ...bind.settings,
    ...[...auth.enabledBy.flat(), ...auth.disabledBy.flat(), ...dangerous].map(({ setting }) => setting),
  ];
  const places = [...always, ...settings.flatMap(({ elsewhere }) => elsewhere)].filter((place) =>
    /^~?\//.test(place),
  );
  return [...new Set(places)].toSorted();
}

async function isAbsent(host: Host, place: string, home: string | null): Promise<boolean> {
  if (place.startsWith('~') && home === null) return false;
  const stat = await host.stat(place.startsWith('~') ? `${home ?? ''}${place.slice(1)}` : place);
  return stat.state === 'known' && stat.value === null;
}

/** Whether its paths are not this machine's: in a container, of whatever engine, or in another root. */
function hasOwnRoot({ workload, unit, processes }: AiService): boolean {
  const { RootDirectory, RootImage } = unit?.settings ?? {};
  const isElsewhere = [RootDirectory, RootImage].some((setting) => (setting?.value ?? '') !== '');
  return workload !== null || isElsewhere || processes.some(({ containerId }) => containerId !== null);
}

/** $HOME, else the home directory of the account that it runs as; `null` where that is not known. */
function homeOf(service: AiService, accounts: readonly string[][]): string | null {
  const home = service.environment.HOME ?? accountHomeOf(service, accounts);
  return home.startsWith('/') ? home.replace(/\/+$/, '') : null;
}

function accountHomeOf({ unit, processes }: AiService, accounts: readonly string[][]): string {
  const uid = processes[0]?.uid;
  const user =
    uid === undefined ? (unit === null ? null : (unit.settings.User?.value ?? 'root')) : String(uid);
  const account = accounts.find(
    ([name, , id]) => user !== null && user !== '' && (id === user || name === user),
  );
  return account?.[5] ?? '';
}
