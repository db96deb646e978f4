import type { Citation } from '../../engine/check.ts';
import { defineFact } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { known } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
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
  /** Other programs that keep the log: `rsyslogd`; `null` when that cannot be told. */
  readonly others: readonly string[] | null;
}

const storages = ['auto', 'persistent', 'volatile', 'none'] as const;
const keepers = ['rsyslogd', 'syslog-ng', 'vector', 'promtail', 'alloy', 'fluent-bit', 'fluentd', 'filebeat'];
const directories = ['/etc/systemd', '/run/systemd', '/usr/local/lib/systemd', '/usr/lib/systemd'];

/** journald's storage; `null` where there is no systemd. See journald.conf(5). */
export const journalFact = defineFact<Journal | null>({
  id: 'journal',
  gather: async (host, read) => {
    const [program, directory, processes, wants] = await Promise.all([
      host.stat('/usr/lib/systemd/systemd-journald'),
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
    const names = host.origin.running ? runningNames(processes) : startedNames(wants);
    const others = names === null ? null : keepers.filter((keeper) => names.includes(keeper));
    return known(
      { storage, citation, directory: directory.value?.type === 'directory', others },
      citation.source,
    );
  },
});

function runningNames(processes: Evidence<readonly Process[]>): readonly string[] | null {
  return processes.state === 'known' ? processes.value.map(({ name }) => name) : null;
}

/** Programs by the units that boot starts. */
function startedNames(wants: Evidence<readonly string[] | null>): readonly string[] | null {
  if (wants.state === 'unknown') return null;
  const units = (wants.value ?? []).map((name) => name.replace(/\.service$/, ''));
  return units.map((name) => (name === 'rsyslog' ? 'rsyslogd' : name));
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
