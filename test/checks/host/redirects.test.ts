import { describe, expect, test } from '@jest/globals';
import { redirects } from '../../../src/checks/host/redirects.ts';
import { factReader } from '../../../src/engine/fact.ts';
import { redirectsFact } from '../../../src/facts/sysctl/redirects.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { memoryHost } from '../../harness/memory-host.ts';

/** Settings of `all`, `default` and eth0; what is not given is 0. */
function tree(values: Readonly<Record<string, string>>) {
  const settings = {
    ipv4: ['accept_redirects', 'send_redirects', 'forwarding'],
    ipv6: ['accept_redirects', 'forwarding'],
  };
  const files = Object.entries(settings).flatMap(([family, names]) =>
    ['all', 'default', 'eth0'].flatMap((name) =>
      names.map((setting): [string, string] => {
        const path = `${family}/${name}/${setting}`;
        return [`/proc/sys/net/${family}/conf/${name}/${setting}`, `${values[path] ?? '0'}\n`];
      }),
    ),
  );
  return Object.fromEntries(files);
}

async function outcomes(files: Readonly<Record<string, string>>, recording = {}) {
  const evidence = await factReader(await memoryHost({ files, recording }))(redirectsFact);
  if (evidence.state === 'unknown') return evidence.detail;
  return evaluate(redirects, { redirects: evidence.value }).map(({ outcome }) => outcome);
}

describe('redirects', () => {
  test.each([
    ['all off', {}, ['pass', 'pass', 'pass']],
    [
      'one interface takes them though all says no',
      { 'ipv4/eth0/accept_redirects': '1' },
      ['fail', 'pass', 'pass'],
    ],
    [
      'while forwarding both must agree',
      { 'ipv4/eth0/accept_redirects': '1', 'ipv4/eth0/forwarding': '1' },
      ['pass', 'pass', 'pass'],
    ],
    [
      'while forwarding both agree',
      { 'ipv4/eth0/accept_redirects': '1', 'ipv4/all/accept_redirects': '1', 'ipv4/eth0/forwarding': '1' },
      ['fail', 'pass', 'pass'],
    ],
    ['one interface sends them', { 'ipv4/eth0/send_redirects': '1' }, ['pass', 'fail', 'pass']],
    ['new interfaces will send them', { 'ipv4/default/send_redirects': '1' }, ['pass', 'fail', 'pass']],
    ['IPv6, by interface', { 'ipv6/eth0/accept_redirects': '1' }, ['pass', 'pass', 'fail']],
    ['IPv6 has no say of all', { 'ipv6/all/accept_redirects': '1' }, ['pass', 'pass', 'pass']],
    [
      'IPv6 takes none while forwarding',
      { 'ipv6/eth0/accept_redirects': '1', 'ipv6/eth0/forwarding': '1' },
      ['pass', 'pass', 'pass'],
    ],
  ])('%s', async (_, values, expected) => {
    expect(await outcomes(tree(values))).toEqual(expected);
  });

  test('a kernel without IPv6', async () => {
    const files = Object.entries(tree({})).filter(([path]) => !path.includes('ipv6'));
    expect(await outcomes(Object.fromEntries(files))).toEqual(['pass', 'pass', 'not-applicable']);
  });

  test('a setting that cannot be read is not off', async () => {
    const path = '/proc/sys/net/ipv4/conf/eth0/send_redirects';
    const denied = { [path]: { read: { unknown: 'denied', detail: 'denied' } } };
    expect(await outcomes(tree({}), denied)).toBe(`${path} could not be read`);
  });
});
