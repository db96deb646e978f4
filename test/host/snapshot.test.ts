import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { pack } from 'tar-stream';
import type { Host } from '../../src/host/host.ts';
import { liveHost } from '../../src/host/live.ts';
import { recordHost } from '../../src/host/record.ts';
import { openSnapshotStore, writeSnapshot } from '../../src/host/snapshot-store.ts';
import { snapshotHost } from '../../src/host/snapshot.ts';
import { memoryHost, storeOf } from '../harness/memory-host.ts';
import { temporaryDirectory } from '../harness/temporary-directory.ts';

const directory = temporaryDirectory();
const at = (name: string) => join(directory, name);
const long = `${'d'.repeat(120)}.conf`;
mkdirSync(at('etc'));
writeFileSync(at('etc/a.conf'), 'A_PASSWORD=hunter2\nb\0c\u001b[31m\n');
writeFileSync(at(`etc/${long}`), 'long');
symlinkSync('a.conf', at('etc/link'));

/** Every kind of question, answered and not. */
async function questions(host: Host) {
  return {
    text: await host.read(at('etc/a.conf')),
    long: await host.read(at(`etc/${long}`)),
    absent: await host.read(at('etc/absent')),
    notAFile: await host.read(at('etc')),
    names: await host.list(at('etc')),
    noNames: await host.list(at('none')),
    stat: await host.stat(at('etc/a.conf')),
    link: await host.readlink(at('etc/link')),
    noLink: await host.readlink(at('etc/a.conf')),
    command: await host.run(['sh', '-c', 'echo out; echo err >&2; exit 3']),
    silent: await host.run(['true']),
    missing: await host.run(['aisec-no-such-program']),
    noSocket: await host.get(at('no.sock'), '/info'),
  };
}

describe('a snapshot', () => {
  test.each(['snapshot', 'snapshot.tar.gz'])('in %s replays what was recorded', async (name) => {
    const now = new Date('2026-11-21T00:00:00Z');
    const recorder = recordHost(liveHost(now));
    const live = await questions(recorder.host);
    await writeSnapshot(recorder.files('a test'), at(name), now);
    const replayed = await snapshotHost(await openSnapshotStore(at(name)));
    expect(await questions(replayed)).toEqual(live);
    expect(replayed.origin).toMatchObject({ kind: 'snapshot', collectedAt: now.toISOString() });
  });

  test('holds no secret', async () => {
    const recorder = recordHost(liveHost(new Date()));
    await questions(recorder.host);
    expect(JSON.stringify([...recorder.files('a test')])).not.toContain('hunter2');
  });

  test('does not know what was not asked', async () => {
    const recorder = recordHost(liveHost(new Date()));
    const replayed = await snapshotHost(storeOf(recorder.files('a test')));
    for (const evidence of Object.values(await questions(replayed))) {
      expect(evidence).toMatchObject({ state: 'unknown', why: 'unsupported' });
    }
  });

  test('overwrites nothing', async () => {
    writeFileSync(at('there.tar.gz'), '');
    await expect(writeSnapshot(new Map(), at('there.tar.gz'), new Date())).rejects.toThrow('EEXIST');
    await expect(writeSnapshot(new Map(), at('etc'), new Date())).rejects.toThrow('EEXIST');
  });
});

describe('a host written by hand', () => {
  test('has what its files and its recording say, and nothing else', async () => {
    const host = await memoryHost({
      files: { '/etc/ssh/sshd_config': 'Port 22\n' },
      recording: {
        '/dev/nvidia0': { stat: { type: 'char', mode: 0o666, uid: 0, gid: 0, size: 0, mtime: 0 } },
      },
    });
    expect(await host.list('/')).toMatchObject({ value: ['dev', 'etc'] });
    expect(await host.list('/dev')).toMatchObject({ value: ['nvidia0'] });
    expect(await host.list('/etc/ssh')).toMatchObject({ value: ['sshd_config'] });
    expect(await host.list('/etc/ssh/sshd_config')).toMatchObject({ value: null });
    expect(await host.read('/etc/ssh/sshd_config')).toMatchObject({ value: 'Port 22\n' });
    expect(await host.read('/etc/ssh')).toMatchObject({ value: null });
    expect(await host.stat('/etc/ssh')).toMatchObject({ value: { type: 'directory' } });
    expect(await host.run(['sshd', '-T'])).toMatchObject({ state: 'unknown', why: 'tool-missing' });
  });
});

describe('what is no snapshot', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ['without a header', {}, /no host\.yaml/],
    ['with a header that is not one', { 'host.yaml': 'schema: other' }, /host\.yaml is not what/],
    [
      'with a broken recording',
      {
        'host.yaml':
          '{schema: aisec/snapshot/v1, name: a, collectedAt: "2026-11-21T00:00:00Z", privileged: true, how: h}',
        'recording.json': '{',
      },
      /recording\.json is not what/,
    ],
  ])('%s is refused, naming the file', async (_, files, message) => {
    await expect(snapshotHost(storeOf(new Map(Object.entries(files))))).rejects.toThrow(message);
  });

  test('a file that is no archive is refused, naming it', async () => {
    writeFileSync(at('plain.json'), '{"a": 1}\n'.repeat(100));
    await expect(openSnapshotStore(at('plain.json'))).rejects.toThrow(/plain\.json is neither a snapshot's/);
  });

  test('an archive whose members lead out of it writes nothing and is refused', async () => {
    const archive = pack();
    archive.entry({ name: '../../evil' }, 'evil');
    archive.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of archive) chunks.push(chunk as Buffer);
    await writeFile(at('evil.tar'), Buffer.concat(chunks));
    await expect(openSnapshotStore(at('evil.tar')).then(snapshotHost)).rejects.toThrow('no host.yaml');
  });
});
