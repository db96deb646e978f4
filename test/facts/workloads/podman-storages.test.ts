import { describe, expect, test } from '@jest/globals';
import { storagesOf } from '../../../src/facts/workloads/podman-storages.ts';
import { factReader } from '../../../src/engine/fact.ts';
import { workloadsFact } from '../../../src/facts/workloads/workloads.ts';
import { memoryHost } from '../../harness/memory-host.ts';

const passwd = { '/etc/passwd': 'ai:x:1000:1000::/home/ai:/bin/sh\n', '/home/ai/.profile': '' };
const noEngine = { '/proc/1/cmdline': 'init\0', '/proc/1/status': 'Name:\tinit\nUid:\t0\t0\t0\t0\n' };
const etc = '/etc/containers/storage.conf';
const vendor = '/usr/share/containers/storage.conf';
const own = '/home/ai/.config/containers/storage.conf';
const usual = '/var/lib/containers/storage';

/** As Fedora ships it, but for the place. */
const moved = (graphroot: string) => `# graphroot = "/commented/out"
[storage]
driver = "overlay"
runroot = "/run/containers/storage"
graphroot = "${graphroot}"
[storage.options]
additionalimagestores = [
]
pull_options = {enable_partial_images = "true", ostree_repos=""}
`;

async function storages(files: Readonly<Record<string, string>>) {
  return storagesOf(await memoryHost({ files: { ...passwd, ...files } }), []);
}

describe('where Podman keeps containers', () => {
  test.each<[string, Readonly<Record<string, string>>, readonly [string, number, boolean][]]>([
    ['usually', {}, [[usual, 0, true]]],
    [
      'moved',
      { [etc]: moved('/data/c') },
      [
        ['/data/c', 0, true],
        [usual, 0, false],
      ],
    ],
    [
      'moved by the distribution',
      { [vendor]: moved('/data/c') },
      [
        ['/data/c', 0, true],
        [usual, 0, false],
      ],
    ],
    [
      'moved by both',
      { [etc]: moved('/data/c'), [vendor]: moved('/data/old') },
      [
        ['/data/c', 0, true],
        ['/data/old', 0, false],
        [usual, 0, false],
      ],
    ],
    [
      'moved for users',
      { [etc]: '[storage]\nrootless_storage_path = "/data/$USER/${UID}$HOME"\n' },
      [
        [usual, 0, true],
        ['/data/ai/1000/home/ai', 1000, true],
      ],
    ],
    [
      'moved by a user',
      { [etc]: '[storage]\nrootless_storage_path = "/data/$USER"\n', [own]: moved('$HOME/c') },
      [
        [usual, 0, true],
        ['/home/ai/c', 1000, true],
      ],
    ],
    [
      'moved for one user by the name that is for all',
      { [own]: '[storage]\nrootless_storage_path = "/data/of-ai/"\n' },
      [
        [usual, 0, true],
        ['/data/of-ai', 1000, true],
      ],
    ],
  ])('%s', async (_, files, expected) => {
    const found = await storages(files);
    expect(found.storages.map(({ path, uid, usual: isUsual }) => [path, uid, isUsual])).toEqual(expected);
    expect(found.gaps).toEqual([]);
  });

  test.each([
    [{ [etc]: '[storage]\ngraphroot = "/data\\u0020c"\n' }, 'graphroot'],
    [{ [etc]: 'storage.rootless_storage_path = "/data"\n' }, 'rootless_storage_path'],
    [{ [own]: '[storage]\n"graph\\u0072oot" = "/data"\n' }, 'name with escapes'],
    [{ [own]: '[storage]\ngraphroot = "$XDG_DATA_HOME/c"\n' }, '$XDG_DATA_HOME/c'],
  ])('what is not understood is a gap: %j', async (files, words) => {
    expect(await storages(files)).toMatchObject({ gaps: [expect.stringContaining(words)] });
  });

  test.each([etc, vendor, own])('%s that may not be read is a gap', async (file) => {
    const recording = { [file]: { read: { unknown: 'denied', detail: 'no' } } };
    const { gaps } = await storagesOf(await memoryHost({ files: passwd, recording }), []);
    expect(gaps).toEqual([`${file} may not be read: where Podman keeps containers is not known`]);
  });
});

test.each([
  ['root’s', { [etc]: moved('/data/c') }],
  ['a user’s', { [own]: moved('/data/c') }],
])('stopped containers in %s moved storage are told of', async (_, conf) => {
  const entries = JSON.stringify([{ id: 'c'.repeat(64), names: ['stopped'] }]);
  const files = { ...noEngine, ...passwd, ...conf, '/data/c/overlay-containers/containers.json': entries };
  expect(await factReader(await memoryHost({ files }))(workloadsFact)).toMatchObject({
    gaps: [expect.stringContaining('container stopped')],
  });
});

test('a moved storage that may not be listed is a gap', async () => {
  const recording = { '/data/c': { list: { unknown: 'denied', detail: 'no' } } };
  const host = await memoryHost({ files: { ...noEngine, [etc]: moved('/data/c') }, recording });
  expect(await factReader(host)(workloadsFact)).toMatchObject({ gaps: [expect.stringContaining('/data/c')] });
});
