import { expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { factReader } from '../../../src/engine/fact.ts';
import { unitsFact } from '../../../src/facts/units/units.ts';
import { directoryHost } from '../../../src/host/directory.ts';

test('a repository’s units: each folder by itself, templates and lone drop-ins included', async () => {
  const root = await mkdtemp(join(tmpdir(), 'units-'));
  const files = {
    'deploy/vllm@.service': '[Service]\nExecStart=/usr/bin/vllm serve %i\n',
    'deploy/vllm@.service.d/limit.conf': '[Service]\nMemoryMax=8G\n',
    'other/ollama.service.d/override.conf': '[Service]\nEnvironment=OLLAMA_HOST=0.0.0.0\n',
    'other/cron.service': '[Service]\nExecStart=/usr/sbin/cron\n',
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const evidence = await factReader(directoryHost('project', root, new Date(0)))(unitsFact);
  await rm(root, { recursive: true });
  expect(evidence).toMatchObject({
    state: 'known',
    value: [
      {
        name: 'vllm@.service',
        enabled: null,
        unseen: null,
        settings: { MemoryMax: { value: '8589934592', source: '/deploy/vllm@.service.d/limit.conf' } },
      },
      {
        name: 'ollama.service',
        environment: { OLLAMA_HOST: { value: '0.0.0.0' } },
        unseen: 'the unit file of ollama.service could not be read',
      },
    ],
  });
});
