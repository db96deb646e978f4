import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { describeLab } from '../prerequisites.ts';
import type { Tally } from './compare.ts';
import { disagreements } from './compare.ts';
import { dockerRules, loadDocker } from './docker-rules.ts';
import { firewalldRoot, firewalldRules, loadFirewalld } from './firewalld-rules.ts';
import { ipSets, iptablesRules } from './iptables-rules.ts';
import { nftRules } from './nft-rules.ts';
import { queries } from './queries.ts';
import type { Topology } from './topology.ts';
import { buildTopology, towards } from './topology.ts';
import { loadUfw, ufwRules } from './ufw-rules.ts';

/** `AISEC_LAB_RUNS=2000 SEED=7 npm run test:lab -- truth`: a longer run. */
const longer = process.env.AISEC_LAB_RUNS;
const questions = 70;

/** The kernel's own switches, at random too. */
const switches = fc.record({
  forward: fc.constantFrom(1, 1, 1, 0),
  forward6: fc.constantFrom(1, 1, 0),
  filter: fc.constantFrom(0, 0, 1, 2),
  localnet: fc.constantFrom(0, 0, 1),
});

type Switches = Readonly<Record<'forward' | 'forward6' | 'filter' | 'localnet', number>>;

async function set(topology: Topology, { forward, forward6, filter, localnet }: Switches): Promise<void> {
  await topology.server([
    'sysctl',
    '-qw',
    `net.ipv4.ip_forward=${String(forward)}`,
    `net.ipv6.conf.all.forwarding=${String(forward6)}`,
    'net.ipv4.conf.all.rp_filter=0',
    ...Object.values(towards).flatMap((name) => [
      `net.ipv4.conf.${name}.rp_filter=${String(filter)}`,
      `net.ipv4.conf.${name}.route_localnet=${String(localnet)}`,
    ]),
  ]);
}

describeLab('what the engine says, against what gets through', () => {
  let topology: Topology;
  beforeAll(async () => {
    topology = await buildTopology(`aisec${String(process.pid)}`);
  });
  afterAll(async () => {
    await topology.close();
  });

  async function hold(load: (rules: string) => Promise<unknown>, rules: fc.Arbitrary<string>, runs = 75) {
    const tally: Tally = { queries: 0, unknown: 0, reachable: 0 };
    await fc.assert(
      fc.asyncProperty(switches, rules, queries(questions), async (machine, text, asked) => {
        await set(topology, machine);
        await load(text);
        expect(await disagreements(topology, asked, tally)).toEqual([]);
      }),
      {
        numRuns: Number(longer ?? runs),
        endOnFailure: true,
        interruptAfterTimeLimit: 3_000_000,
        markInterruptAsFailure: true,
      },
    );
    process.stderr.write(`truth: ${JSON.stringify(tally)}\n`);
    expect(tally.unknown / tally.queries).toBeLessThanOrEqual(0.01);
    expect(tally.reachable / tally.queries).toBeGreaterThan(0.05);
  }

  test('iptables', async () => {
    const both = fc.tuple(iptablesRules('ip'), iptablesRules('ip6')).map((files) => files.join('\n---\n'));
    await topology.server(['ipset', 'restore'], ipSets);
    await hold(async (text) => {
      const [four = '', six = ''] = text.split('\n---\n');
      await topology.server(['iptables-restore'], four);
      await topology.server(['ip6tables-restore'], six);
    }, both);
  }, 3_600_000);

  test('nftables', async () => {
    await topology.server(
      ['iptables-restore'],
      '*filter\nCOMMIT\n*nat\nCOMMIT\n*raw\nCOMMIT\n*mangle\nCOMMIT\n',
    );
    await hold(async (text) => {
      try {
        await topology.server(['nft', '-f', '-'], text);
      } catch (error) {
        // Some conditions exclude each other, and nft says so.
        if (!/conflicting|Invalid|not supported|specified|overlap/.test(String(error))) throw error;
        fc.pre(false);
      }
    }, nftRules);
  }, 3_600_000);

  test('ufw', async () => {
    await hold((rules) => loadUfw(topology, rules), ufwRules, 35);
  }, 3_600_000);

  test('docker', async () => {
    await hold((rules) => loadDocker(topology, rules), dockerRules, 75);
  }, 3_600_000);

  test('firewalld', async () => {
    const root = await firewalldRoot();
    await hold((rules) => loadFirewalld(topology, root, rules), firewalldRules, 22);
  }, 3_600_000);
});
