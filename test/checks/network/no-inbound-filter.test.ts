import { describe, expect, test } from '@jest/globals';
import { noInboundFilter } from '../../../src/checks/network/no-inbound-filter.ts';
import { unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';
import {
  configurationOf,
  eth0,
  filterTable,
  listener,
  nativeTable,
  filterNow,
  rulesetOf,
  ufwFiles,
  ufwTable,
} from '../../harness/firewall.ts';

const exposed = { listening: 'beyond-loopback' };
const idle = { listening: 'nothing' };
const ssh = listener();
const local = listener({ address: '127.0.0.1' });
const unclear = filterTable('ip', 'ACCEPT', ['-m bpf --bytecode x -j DROP']);
const dockerOnly = filterTable('ip', 'ACCEPT', ['-A FORWARD -j DROP']);
const banned = filterTable('ip', 'ACCEPT', ['-j f2b-sshd', '-A f2b-sshd -s 9.9.9.9/32 -j REJECT']);

async function judge(tables: ReturnType<typeof filterTable>[], params: unknown, listeners: unknown = [ssh]) {
  const given = {
    filter: filterNow([eth0], ...tables),
    listeners,
    configuration: await configurationOf({}),
    doors: [
      { port: 22, address: '0.0.0.0' },
      { port: 2222, address: '::' },
    ],
  };
  return evaluate(noInboundFilter, given, params)[0];
}

describe('no-inbound-filter', () => {
  test.each([
    ['pass', [ufwTable('ip', 'DROP')], exposed, [ssh]],
    ['pass', [nativeTable('drop')], exposed, [ssh]],
    ['pass', [nativeTable('accept', [{ drop: null }])], exposed, [ssh]],
    ['pass', [nativeTable('drop')], idle, [local]],
    ['fail', [], exposed, [ssh]],
    ['fail', [dockerOnly], exposed, [ssh]],
    ['fail', [banned], exposed, [ssh]],
    ['fail', [], idle, [local]],
    ['not-applicable', [], idle, [ssh]],
    ['not-applicable', [], exposed, [local]],
    ['not-applicable', [], exposed, [listener({ proto: 'udp', port: 68 })]],
    ['undetermined', [unclear], exposed, [ssh]],
    ['undetermined', [], exposed, unknown('denied', 'not root', 'ss')],
  ] as const)('%s', async (outcome, tables, params, listeners) => {
    expect(await judge([...tables], params, listeners)).toMatchObject({ outcome });
  });

  test('names what is open, and the SSH ports to keep', async () => {
    const verdict = await judge([], exposed);
    expect(verdict).toMatchObject({ message: 'none', data: { interface: 'eth0', sshPorts: '22,2222' } });
  });

  test('offers no command while the SSH ports are unknown', async () => {
    const given = {
      filter: filterNow([eth0]),
      listeners: [ssh],
      configuration: await configurationOf({}),
      doors: unknown('denied', 'not root', 'ss'),
    };
    const [verdict] = evaluate(noInboundFilter, given, exposed);
    expect(verdict).not.toHaveProperty('data.sshPorts');
  });

  test('UFW that somebody flushed says ENABLED=yes, and is not believed', async () => {
    const configuration = await configurationOf(ufwFiles(), 'ufw.service');
    const given = {
      filter: filterNow([eth0], nativeTable('accept')),
      listeners: [ssh],
      configuration,
    };
    const [verdict] = evaluate(noInboundFilter, { ...given, doors: [] }, exposed);
    expect(verdict).toMatchObject({ outcome: 'fail', message: 'flushed' });
  });

  test.each([
    ['pass', filterTable('ip', 'DROP', []), ''],
    ['undetermined', filterTable('ip', 'ACCEPT', []), 'nftables refuses nothing by default at boot'],
    ['undetermined', unclear, 'whether something listens'],
  ])('from files: %s', async (outcome, tables, because) => {
    const filter = { when: 'boot', ruleset: rulesetOf(tables), loaders: ['nftables'] };
    const listeners = unknown('unsupported', 'files alone do not show who listens', 'ss');
    const given = { filter, listeners, configuration: await configurationOf({}), doors: [] };
    const [verdict] = evaluate(noInboundFilter, given, exposed);
    expect(verdict).toMatchObject({ outcome });
    expect(verdict?.outcome === 'undetermined' ? verdict.because : '').toContain(because);
  });
});
