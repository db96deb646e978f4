import { expect, test } from '@jest/globals';
import { ufwLogging } from '../../../src/checks/network/ufw-logging.ts';
import { unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { configurationOf, ufwFiles } from '../../harness/firewall.ts';

test.each([
  ['pass', ufwFiles()],
  ['fail', ufwFiles({ logging: 'off' })],
  ['not-applicable', ufwFiles({ enabled: false, logging: 'off' })],
  ['not-applicable', {}],
])('%s', async (outcome, files) => {
  const configuration = await configurationOf(files);
  expect(evaluate(ufwLogging, { configuration })[0]).toMatchObject({ outcome });
});

test('undetermined', async () => {
  const configuration = { ...(await configurationOf({})), ufw: unknown('denied', 'not root', 'x') };
  expect(evaluate(ufwLogging, { configuration })[0]).toMatchObject({ outcome: 'undetermined' });
});
