import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { factReader } from '../../../src/engine/fact.ts';
import { debianVersionCompare } from '../../../src/facts/packages/debian-version.ts';
import { packagesFact, parseDpkgStatus } from '../../../src/facts/packages/packages.ts';
import { memoryHost } from '../../harness/memory-host.ts';

test.each([
  ['1:9.2p1-2+deb12u3', '1:9.2p1-2+deb12u2', 1],
  ['1:9.2p1-2+deb12u2', '1:9.2p1-2+deb12u10', -1],
  ['1.0~rc1', '1.0', -1],
  ['1.0', '1.0+b1', -1],
  ['1:1.0', '2.0', 1],
  ['1.0-1', '1.0-1', 0],
  ['1.0a', '1.0+', -1],
  ['007', '7', 0],
])('%s against %s', (a, b, sign) => {
  expect(Math.sign(debianVersionCompare(a, b))).toBe(sign);
});

test('the order is an order', () => {
  const version = fc.string({ unit: fc.constantFrom('0', '1', '.', '~', 'a', '-', ':', '+') });
  fc.assert(
    fc.property(version, version, (a, b) => {
      expect(Math.sign(debianVersionCompare(a, b)) + Math.sign(debianVersionCompare(b, a))).toBe(0);
    }),
  );
});

const status = `Package: a
Status: deinstall ok config-files
Version: 1

Package: openssh-server
Status: install ok installed
Architecture: amd64
Source: openssh (1:9)
Version: 1:9.2p1-2
Description: x
 Version: 7
`;

test('stanzas', async () => {
  const host = await memoryHost({ files: { '/var/lib/dpkg/status': status } });
  const evidence = await factReader(host)(packagesFact);
  const packages = evidence.state === 'known' ? evidence.value : null;
  expect(packages?.get('openssh-server')).toMatchObject({
    version: '1:9.2p1-2',
    status: 'installed',
    source: 'openssh',
  });
  expect(packages?.get('a')?.status).toBe('config-files');
});

test('no dpkg is knowledge, a database that may not be read is not', async () => {
  const read = factReader(await memoryHost({}));
  expect(await read(packagesFact)).toMatchObject({ state: 'known', value: null });
  const denied = { read: { unknown: 'denied', detail: 'no' } };
  const refused = factReader(await memoryHost({ recording: { '/var/lib/dpkg/status': denied } }));
  expect(await refused(packagesFact)).toMatchObject({ state: 'unknown', why: 'denied' });
});

test('any bytes are a database', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(parseDpkgStatus(text)).toBeInstanceOf(Map);
    }),
  );
});
