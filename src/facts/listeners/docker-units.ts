import { defineFact } from '../../engine/fact.ts';
import type { Citation } from '../../engine/check.ts';
import { knownInPart } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import { assembleUnit } from '../units/assemble-unit.ts';
import { loadUnit } from '../units/load-unit.ts';
import { readManagerDefaults } from '../units/manager-defaults.ts';
import { parseUnitFile } from '../units/unit-file.ts';
import { readUnitTree, searchPath } from '../units/unit-tree.ts';
import type { EngineOptions } from '../workloads/engine-options.ts';
import { optionsOfArguments } from '../workloads/engine-options.ts';

/** What Docker's units tell dockerd and systemd to listen on when they are started next. */
export interface DockerUnits {
  /** Flags of ExecStart= in docker.service. */
  readonly options: EngineOptions;
  /** ListenStream= of docker.socket, as written: `/run/docker.sock`, `2375`, `0.0.0.0:2375`. */
  readonly streams: readonly { readonly value: string; readonly citation: Citation }[];
}

/** docker.service and docker.socket with their drop-ins; nothing of either where there is none. */
export const dockerUnitsFact = defineFact<DockerUnits>({
  id: 'docker-units',
  kinds: ['live', 'rootfs', 'snapshot'],
  gather: async (host) => {
    const [service, socket] = await Promise.all([readService(host), readSocket(host)]);
    const value = { options: service.options, streams: socket.streams };
    return knownInPart(value, 'docker.service and docker.socket', [...service.gaps, ...socket.gaps]);
  },
});

async function readService(host: Host) {
  const [tree, defaults] = await Promise.all([readUnitTree(host), readManagerDefaults(host)]);
  const loaded = await loadUnit(host, tree, 'docker.service');
  const machine = { hostname: null, machineId: null, kernel: null };
  const unit = await assembleUnit(host, loaded, { machine, defaults });
  const command = loaded.state === 'masked' ? undefined : unit.execStart.at(-1);
  return {
    options: command === undefined ? {} : optionsOfArguments(command.argv, command.citation.source),
    gaps: [
      ...tree.gaps,
      ...(unit.unread.length === 0 ? [] : [`${unit.unread.join(', ')} could not be read`]),
    ],
  };
}

async function readSocket(host: Host) {
  const lists = await Promise.all(searchPath.map((path) => host.list(`${path}/docker.socket.d`)));
  const dropIns = new Map<string, string>();
  for (const [index, list] of lists.entries()) {
    const names = list.state === 'known' ? (list.value ?? []) : [];
    for (const name of names.filter((each) => each.endsWith('.conf'))) {
      if (!dropIns.has(name)) dropIns.set(name, `${searchPath[index] ?? ''}/docker.socket.d/${name}`);
    }
  }
  const ordered = [...dropIns].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
  const fragments = searchPath.map((path) => `${path}/docker.socket`);
  const found = await Promise.all(fragments.map((path) => host.read(path)));
  const fragment = fragments.find(
    (_, index) => found[index]?.state === 'known' && found[index].value !== null,
  );
  const masked = (await Promise.all(fragments.map((path) => host.readlink(path)))).some(
    (link) => link.state === 'known' && link.value === '/dev/null',
  );
  const paths = masked ? [] : [...(fragment === undefined ? [] : [fragment]), ...ordered];
  const texts = await Promise.all(paths.map((path) => host.read(path)));
  let streams: DockerUnits['streams'] = [];
  for (const [index, text] of texts.entries()) {
    if (text.state === 'unknown') continue;
    for (const { section, key, value, line } of parseUnitFile(text.value ?? '')) {
      if (section !== 'Socket' || key !== 'ListenStream') continue;
      const citation = { source: paths[index] ?? '', line, excerpt: `ListenStream=${value}` };
      streams = value === '' ? [] : [...streams, { value, citation }];
    }
  }
  const gaps = [...lists, ...found, ...texts].flatMap((one) => (one.state === 'unknown' ? [one.detail] : []));
  return { streams, gaps };
}
