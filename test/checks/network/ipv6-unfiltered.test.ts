import { expect, test } from '@jest/globals';
import { ipv6Unfiltered } from '../../../src/checks/network/ipv6-unfiltered.ts';
import { evaluate } from '../../harness/evaluate.ts';
import {
  configurationOf,
  eth0,
  eth0WithIpv6,
  filterTable,
  nativeTable,
  filterNow,
  rulesetOf,
  ufwTable,
} from '../../harness/firewall.ts';

const closed = filterTable('ip', 'DROP', []);
const unclear = filterTable('ip6', 'ACCEPT', ['-m bpf --bytecode x -j DROP']);

test.each([
  ['pass', [closed, filterTable('ip6', 'DROP', [])], eth0WithIpv6],
  ['pass', [nativeTable('drop')], eth0WithIpv6],
  ['fail', [closed], eth0WithIpv6],
  ['fail', [ufwTable('ip', 'DROP'), filterTable('ip6', 'ACCEPT', [])], eth0WithIpv6],
  ['not-applicable', [closed], eth0],
  ['not-applicable', [], eth0WithIpv6],
  ['undetermined', [closed, unclear], eth0WithIpv6],
] as const)('%s', async (outcome, tables, link) => {
  const given = {
    filter: filterNow([link], ...tables),
    configuration: await configurationOf({}),
    doors: [],
  };
  expect(evaluate(ipv6Unfiltered, given)[0]).toMatchObject({ outcome });
});

test.each([
  ['pass', [closed, filterTable('ip6', 'DROP', [])]],
  ['not-applicable', []],
  ['undetermined', [closed]],
  ['undetermined', [closed, unclear]],
] as const)('from files: %s', async (outcome, tables) => {
  const given = { configuration: await configurationOf({}), doors: [] };
  const filter = { when: 'boot', ruleset: rulesetOf(...tables), loaders: ['nftables'] };
  expect(evaluate(ipv6Unfiltered, { filter, ...given })[0]).toMatchObject({ outcome });
});
