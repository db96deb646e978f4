import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { renderCommand } from '../../../src/engine/template.ts';
import { factReader } from '../../../src/engine/fact.ts';
import type { Exposure } from '../../../src/engine/report.ts';
import { exposureFact } from '../../../src/facts/exposure/exposure.ts';
import { stopgapsFact } from '../../../src/facts/exposure/stopgaps.ts';
import { describeLab } from '../prerequisites.ts';
import { recorded } from './compare.ts';
import { ipSets, iptablesRules } from './iptables-rules.ts';
import { nftRules } from './nft-rules.ts';
import type { Asked, Topology } from './topology.ts';
import { buildTopology, sources, towards } from './topology.ts';

/** After the commands that are printed for a ruleset, real connects get through no more. */
describeLab('what is printed to close a port, against what gets through', () => {
  let topology: Topology;
  beforeAll(async () => {
    topology = await buildTopology(`aisecgap${String(process.pid)}`);
    await topology.server(['ipset', 'restore'], ipSets);
  });
  afterAll(async () => {
    await topology.close();
  });

  async function closeAll(load: (rules: string) => Promise<unknown>, rules: fc.Arbitrary<string>) {
    const tally = { open: 0, closed: 0, without: 0 };
    await fc.assert(
      fc.asyncProperty(rules, async (text) => {
        await topology.server(['nft', 'flush', 'ruleset']);
        await load(text);
        const read = factReader(await recorded(topology));
        const [exposures, stopgaps] = await Promise.all([read(exposureFact), read(stopgapsFact)]);
        if (exposures.state === 'unknown' || stopgaps.state === 'unknown')
          throw new Error('nothing was read');
        for (const exposure of exposures.value.filter(isFar)) {
          const stopgap = stopgaps.value.closing(exposure);
          tally.open += 1;
          if (stopgap === null) {
            tally.without += 1;
            continue;
          }
          for (const command of stopgap.fix.commands) {
            await topology.server(['sh', '-c', renderCommand(command, stopgap.data) ?? 'exit 1']);
          }
          const asked = questionsFor(exposure);
          const open = await topology.ask(asked, 250);
          expect(asked.filter((_, index) => open[index])).toEqual([]);
          tally.closed += 1;
        }
      }),
      { numRuns: Number(process.env.AISEC_LAB_RUNS ?? 12), endOnFailure: true },
    );
    process.stderr.write(`stopgaps: ${JSON.stringify(tally)}\n`);
    expect(tally.closed).toBeGreaterThan(10);
    expect(tally.without).toBe(0);
  }

  test('iptables', async () => {
    await closeAll(
      async (text) => {
        const [four = '', six = ''] = text.split('\n---\n');
        await topology.server(['iptables-restore'], four);
        await topology.server(['ip6tables-restore'], six);
      },
      fc.tuple(iptablesRules('ip'), iptablesRules('ip6')).map((files) => files.join('\n---\n')),
    );
  }, 600_000);

  test('nftables', async () => {
    await closeAll(async (text) => {
      try {
        await topology.server(['nft', '-f', '-'], text);
      } catch {
        // Some conditions exclude each other, and nft says so.
        fc.pre(false);
      }
    }, nftRules);
  }, 600_000);
});

function isFar({ kind, scope, proto }: Exposure): boolean {
  return kind === 'socket' && proto === 'tcp' && ['lan', 'vpn', 'any'].includes(scope);
}

/** Everybody outside, for every address of the server that the socket takes. */
function questionsFor({ address, port }: Exposure): readonly Asked[] {
  const own = ['10.55.0.2', '10.66.0.2', '172.20.0.1', 'fd55::2', 'fd66::2', 'fd20::1'];
  const taken = address === '::' ? own : own.filter((one) => one === address);
  return (['outside', 'inside'] as const).flatMap((at) =>
    sources[at].flatMap((from) =>
      taken
        .filter((to) => to.includes(':') === from.includes(':'))
        .map((to) => ({ at, from, to, port, proto: 'tcp' as const, interface: towards[at] })),
    ),
  );
}
