import type { Citation } from '../../engine/check.ts';
import { defineFact } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { gapsOf, known } from '../../host/evidence.ts';
import type { FileStat, Host } from '../../host/host.ts';
import type { Process } from '../processes.ts';
import { processesFact } from '../processes.ts';

/** Where this machine's log goes. */
export interface Journal {
  /** journald's effective Storage=. */
  readonly storage: 'auto' | 'persistent' | 'volatile' | 'none';
  /** The line that set it; the directory that decides where it is `auto`. */
  readonly citation: Citation;
  /** Whether /var/log/journal exists: with `auto` that makes it persistent. */
  readonly directory: boolean;
  /** Other programs that store what reaches the journal: `rsyslogd`; `null` when that cannot be told. */
  readonly others: readonly string[] | null;
  /** Programs that ship logs: which ones is a matter of their configuration, which was not read. */
  readonly shippers: readonly string[];
}

const storages = ['auto', 'persistent', 'volatile', 'none'] as const;
const keepers = ['rsyslogd', 'syslog-ng'];
const shippers = ['vector', 'promtail', 'alloy', 'fluent-bit', 'fluentd', 'filebeat'];
const directories = ['/etc/systemd', '/run/systemd', '/usr/local/lib/systemd', '/usr/lib/systemd'];
/** The second where /lib is no link to /usr/lib: Debian before 12, upgraded or not. */
const programs = ['/usr/lib/systemd/systemd-journald', '/lib/systemd/systemd-journald'] as const;

/** journald's storage; `null` where there is no systemd. See journald.conf(5). */
export const journalFact = defineFact<Journal | null>({
  id: 'journal',
  gather: async (host, read) => {
    const [program, directory, processes, wants] = await Promise.all([
      programStat(host),
      host.stat('/var/log/journal'),
      read(processesFact),
      host.list('/etc/systemd/system/multi-user.target.wants'),
    ]);
    if (program.state === 'unknown') return program;
    if (directory.state === 'unknown') return directory;
    if (program.value === null) return known(null, program.source);
    const files = await configurationFiles(host);
    if (files.state === 'unknown') return files;
    let [storage, citation]: [Journal['storage'], Citation] = [
      'auto',
      { source: directory.source, line: null, excerpt: null },
    ];
    for (const path of files.value) {
      const text = await host.read(path);
      if (text.state === 'unknown') return text;
      for (const set of parseStorage(text.value ?? '')) {
        storage = set.storage;
        citation = { source: path, line: set.line, excerpt: `Storage=${set.storage}` };
      }
    }
    const { names, whole } = host.origin.running ? runningNames(processes) : startedNames(wants);
    const among = (programs: readonly string[]) => programs.filter((name) => names.includes(name));
    const others = among(keepers);
    return known(
      {
        storage,
        citation,
        directory: directory.value?.type === 'directory',
        others: others.length === 0 && !whole ? null : others,
        shippers: among(shippers),
      },
      citation.source,
    );
  },
});

async function programStat(host: Host): Promise<Evidence<FileStat | null>> {
  const merged = await host.stat(programs[0]);
  return merged.state === 'known' && merged.value === null ? host.stat(programs[1]) : merged;
}

interface Names {
  readonly names: readonly string[];
  /** Whether a name that is not there belongs to no program. */
  readonly whole: boolean;
}

/** A log store in a container stores that container's log. */
function runningNames(processes: Evidence<readonly Process[]>): Names {
  const own = (processes.state === 'known' ? processes.value : []).filter(
    ({ containerId }) => containerId === null,
  );
  return { names: own.map(({ name }) => name), whole: gapsOf(processes).length === 0 };
}

/** Programs by the units that boot starts. */
function startedNames(wants: Evidence<readonly string[] | null>): Names {
  const links = wants.state === 'known' ? (wants.value ?? []) : [];
  const units = links.map((name) => name.replace(/\.service$/, ''));
  return {
    names: units.map((name) => (name === 'rsyslog' ? 'rsyslogd' : name)),
    whole: wants.state === 'known',
  };
}

/** The main file, then drop-ins by name, of which the first directory's counts. */
async function configurationFiles(host: Host): Promise<Evidence<readonly string[]>> {
  const mains = await Promise.all(directories.map((directory) => host.stat(`${directory}/journald.conf`)));
  const main = directories.find((_, index) => {
    const stat = mains[index];
    return stat?.state === 'unknown' || stat?.value?.type === 'file';
  });
  const lists = await Promise.all(directories.map((directory) => host.list(`${directory}/journald.conf.d`)));
  const unseen = lists.find(({ state }) => state === 'unknown');
  if (unseen?.state === 'unknown') return unseen;
  const dropIns = new Map<string, string>();
  for (const [index, directory] of directories.entries()) {
    const list = lists[index];
    for (const name of (list?.state === 'known' ? list.value : null) ?? []) {
      if (name.endsWith('.conf') && !dropIns.has(name))
        dropIns.set(name, `${directory}/journald.conf.d/${name}`);
    }
  }
  const sorted = [...dropIns].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
  return known([...(main === undefined ? [] : [`${main}/journald.conf`]), ...sorted], 'journald.conf');
}

/** `Storage=` lines of [Journal]; journald ignores a value that it does not know. */
function parseStorage(text: string): readonly { storage: Journal['storage']; line: number }[] {
  let section = '';
  return text.split('\n').flatMap((raw, index) => {
    const line = raw.trim();
    section = /^\[(.*)\]$/.exec(line)?.[1] ?? section;
    const value = /^Storage\s*=\s*(.*)$/.exec(line)?.[1];
    if (section !== 'Journal' || value === undefined) return [];
    const storage = value === '' ? 'auto' : storages.find((each) => each === value);
    return storage === undefined ? [] : [{ storage, line: index + 1 }];
  });
}
