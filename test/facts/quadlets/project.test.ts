import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { factReader } from '../../../src/engine/fact.ts';
import { workloadsFact } from '../../../src/facts/workloads/workloads.ts';
import { directoryHost } from '../../../src/host/directory.ts';
import { temporaryDirectory } from '../../harness/temporary-directory.ts';

const root = temporaryDirectory();

test('a repository’s quadlets: each folder by itself, drop-ins and places included', async () => {
  const files = {
    'a/web.container': '[Unit]\nDescription=x\n[Container]\nImage=img\nVolume=data.volume:/d\n',
    'a/web.container.d/user.conf': '[Container]\nUser=1000\n',
    'a/data.volume': '[Volume]\nDevice=/etc\n',
    'b/db.container': '[Container]\nImage=pg\nVolume=data.volume:/d\n',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const found = await factReader(directoryHost('project', root, new Date(0)))(workloadsFact);
  expect(found).toMatchObject({
    value: [
      { name: 'systemd-db', mounts: [{ type: 'volume' }] },
      { name: 'systemd-web', user: '1000', mounts: [{ type: 'bind', source: '/etc' }] },
    ],
  });
  const places =
    found.state === 'known' ? found.value.map((workload) => workload.places.get('workload')) : [];
  expect(places).toEqual([
    { file: '/b/db.container', line: 2, column: 1 },
    { file: '/a/web.container', line: 4, column: 1 },
  ]);
});
