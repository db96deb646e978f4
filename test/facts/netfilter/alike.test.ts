import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Interface } from '../../../src/facts/interfaces/interface.ts';
import { addressOf, contains, everyAddress, parseAddresses } from '../../../src/facts/netfilter/addresses.ts';
import { followerOf } from '../../../src/facts/netfilter/alike.ts';
import type { Netfilter, Way } from '../../../src/facts/netfilter/arrive.ts';
import { arrive, askInput } from '../../../src/facts/netfilter/arrive.ts';
import { parseIptablesSave } from '../../../src/facts/netfilter/iptables/save.ts';
import { netfilterOf, routingOf, withRuleset } from '../../../src/facts/netfilter/machine.ts';
import { arriving } from '../../../src/facts/netfilter/packet.ts';
import type { Part } from '../../../src/facts/netfilter/region.ts';
import type { Routing, RoutingRule } from '../../../src/facts/netfilter/routing.ts';
import type { Ruleset } from '../../../src/facts/netfilter/ruleset.ts';
import { iptablesRules } from '../../lab/truth/iptables-rules.ts';

/** Shortcuts must not change an answer: each is held against the same walk without it. */

const link = (name: string, address: string): Interface => ({
  ...{ name, kind: 'link', up: true, port: false, defaultRoute: name === 'eth0' },
  addresses: [{ family: 'ip', address, prefix: 24, scope: 'global' }],
});
const interfaces = [link('eth0', '10.55.0.2'), link('eth1', '10.66.0.2'), link('br0', '172.20.0.1')];
/** A kernel as it comes: nothing for 127.0.0.1 over a link. */
const settingsOf = (forwarding: boolean) =>
  new Map(
    interfaces.map(({ name }) => [
      name,
      { forwarding, routeLocalnet: false, reversePathFilter: 0, acceptLocal: false },
    ]),
  );
const routing = { ...routingOf(interfaces), settings: settingsOf(true) };
/** By which packets to one address leave elsewhere. */
const beyond = (condition: Partial<RoutingRule>): Pick<Routing, 'routes' | 'rules'> => {
  const destination = parseAddresses('172.20.0.3/32')?.addresses ?? [];
  const route = { destination, table: '100', type: 'unicast', bits: 32, metric: 0, devices: ['eth1'] };
  const rule = { table: '100', priority: 0.5, mark: null, inInterface: null, negated: false };
  return {
    routes: [...routing.routes, { family: 'ip', ...route }],
    rules: [...routing.rules, { family: 'ip', ...rule, suppressed: null, conditional: false, ...condition }],
  };
};
const sources = ['10.55.0.5', '10.55.0.9', '10.55.1.7', '8.8.4.4', '172.20.0.2', '10.66.0.5', '10.55.0.200'];

function rulesetOf(text: string): Ruleset {
  const saved = parseIptablesSave(text, 'ip', 'iptables-save');
  if ('line' in saved) throw new Error(saved.line);
  return { tables: saved.tables, gaps: [] };
}

/** The same rules, one by one. */
function unjoined(net: Netfilter): Netfilter {
  const plain = net.tables.map((table) => {
    const chains = Array.from(table.chains.values(), (chain) => ({
      ...chain,
      rulesFor: () => chain.rules.map((rule) => ({ ...rule, textFor: () => rule.text })),
    }));
    return {
      ...table,
      chains: new Map(chains.map((chain) => [chain.name, chain])),
      bases: chains.filter(({ base }) => base !== null),
    };
  });
  return { ...net, tables: plain };
}

function outcomes(ways: readonly Way[]): readonly string[] {
  return bySource(ways, ({ verdict, packet }) =>
    verdict === 'accept'
      ? `${String(packet.outInterface)} ${String(packet.destination)}:${String(packet.port)}`
      : verdict,
  );
}

function verdicts(parts: readonly Part[]): readonly string[] {
  return bySource(parts, ({ verdict }) => verdict);
}

function bySource<T extends Part>(parts: readonly T[], wordsOf: (part: T) => string): readonly string[] {
  return sources.map((source) => {
    const value = addressOf(source)?.value ?? 0n;
    return parts
      .filter((part) => contains(part.sources, value))
      .map(wordsOf)
      .toSorted()
      .join();
  });
}

const packets = fc.record({
  interface: fc.constantFrom('eth0', 'eth1', 'br0'),
  proto: fc.constantFrom('tcp' as const, 'udp' as const),
  to: fc.constantFrom(
    '10.55.0.2',
    '10.66.0.2',
    '172.20.0.1',
    '172.20.0.2',
    '172.20.0.3',
    '172.20.0.9',
    '10.66.0.5',
    '127.0.0.1',
  ),
  port: fc.constantFrom(22, 80, 3000, 8005, 8080, 9999, 9998, 9997, 23, 81),
});
/** Many rules in a row that differ in their source alone, which the generator seldom makes. */
const bans = fc
  .array(
    fc.tuple(
      fc.constantFrom('10.55.0.5', '10.55.0.9', '8.8.4.0/24', '10.55.0.0/28', '10.66.0.0/16'),
      fc.constantFrom('', ' -p tcp -m tcp --dport 80', ' -p tcp -m tcp --dport 22'),
      fc.constantFrom('DROP', 'DROP', 'ACCEPT', 'REJECT'),
    ),
    { maxLength: 12 },
  )
  .map((all) => all.map(([source, port, target]) => `-A INPUT -s ${source}${port} -j ${target}`).join('\n'));
const rulesets = fc
  .tuple(iptablesRules('ip'), bans)
  .map(([text, more]) => text.replace(/^-A INPUT/m, (first) => `${more === '' ? '' : `${more}\n`}${first}`));

/** With conditions on what else may tell packets apart. */
const asking = fc
  .tuple(
    rulesets,
    fc.constantFrom(
      '',
      '-A INPUT -m addrtype ! --dst-type LOCAL --limit-iface-in -j DROP',
      '-A PREROUTING -p tcp -j MARK --set-xmark 0x1/0xffffffff',
      '-A PREROUTING -p tcp -m tcp --dport 9000 -j DNAT --to-destination 172.20.0.2:80',
    ),
  )
  .map(([text, rule]) => {
    if (rule.includes('MARK')) return `*mangle\n:PREROUTING ACCEPT [0:0]\n${rule}\nCOMMIT\n${text}`;
    const chain = rule.split(' ')[1] ?? 'none';
    return text.replace(new RegExp(`^-A ${chain} `, 'm'), (first) => `${rule}\n${first}`);
  });

describe('shortcuts', () => {
  test('joining rules changes no answer', () => {
    fc.assert(
      fc.property(rulesets, fc.array(packets, { minLength: 4, maxLength: 8 }), (text, asked) => {
        const net = netfilterOf(rulesetOf(text), interfaces);
        const slow = unjoined(net);
        for (const { to, port, ...at } of asked) {
          const packet = arriving({ ...at, family: 'ip' }, addressOf(to)?.value ?? 0n, port);
          const [joined, plain] = [net, slow].map((one) => outcomes(arrive(one, packet, everyAddress('ip'))));
          expect(joined).toEqual(plain);
        }
      }),
      { numRuns: 300 },
    );
  });

  test.each<[string, Routing]>([
    ['as it comes', routing],
    ['that forwards nothing', { ...routing, settings: settingsOf(false) }],
    ['with a table for marked packets', { ...routing, ...beyond({ mark: { value: 1, mask: 0xff } }) }],
    ['with a table for what comes in on eth0', { ...routing, ...beyond({ inInterface: 'eth0' }) }],
  ])('packets that are alike have the same fate, in a kernel %s', (_, ways) => {
    fc.assert(
      fc.property(asking, fc.array(packets, { minLength: 8, maxLength: 16 }), (text, asked) => {
        const net = netfilterOf(rulesetOf(text), interfaces, ways);
        const { follow, askInput: askAlike } = followerOf(net);
        for (const { to, port, ...at } of asked) {
          const destination = addressOf(to)?.value ?? 0n;
          const packet = arriving({ ...at, family: 'ip' }, destination, port);
          expect(outcomes(follow({ ...at, family: 'ip' }, destination, port))).toEqual(
            outcomes(arrive(net, packet, everyAddress('ip'))),
          );
          const alike = askAlike({ ...at, family: 'ip' }, destination, port);
          expect(verdicts(alike)).toEqual(verdicts(askInput(net, packet, everyAddress('ip'))));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('one rule more is as a ruleset that had it before', () => {
    const more = fc.constantFrom('INPUT', 'FORWARD');
    fc.assert(
      fc.property(rulesets, more, fc.array(packets, { maxLength: 8 }), (text, name, asked) => {
        const { tables, gaps } = rulesetOf(text);
        const [drop] = rulesetOf(
          `*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp --dport 80 -j DROP\nCOMMIT`,
        ).tables.flatMap(({ chains }) => chains.get('INPUT')?.rules ?? []);
        if (drop === undefined) throw new Error('no rule');
        const changed: Ruleset = {
          gaps,
          tables: tables.map((table) => ({
            ...table,
            chains: new Map(
              Array.from(table.chains, ([key, chain]) => [
                key,
                key === name ? { ...chain, rules: [drop, ...chain.rules] } : chain,
              ]),
            ),
          })),
        };
        const [shared, anew] = [
          withRuleset(netfilterOf({ tables, gaps }, interfaces, routing), changed),
          netfilterOf(structuredClone(changed), interfaces, routing),
        ].map(followerOf);
        for (const { to, port, ...at } of asked) {
          const destination = addressOf(to)?.value ?? 0n;
          const [one, other] = [shared, anew].map((each) =>
            outcomes(each?.follow({ ...at, family: 'ip' }, destination, port) ?? []),
          );
          expect(one).toEqual(other);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('a ban list in many rules is one rule', () => {
    const rules = Array.from({ length: 500 }, (_, n) => `-A INPUT -s 192.0.2.${String(n % 250)}/32 -j DROP`);
    const net = netfilterOf(
      rulesetOf(`*filter\n:INPUT ACCEPT [0:0]\n${rules.join('\n')}\nCOMMIT`),
      interfaces,
    );
    const packet = arriving({ family: 'ip', proto: 'tcp', interface: 'eth0' }, 0n, 22);
    const chain = net.tables[0]?.chains.get('INPUT');
    expect(chain?.rulesFor(packet)).toHaveLength(1);
    expect(chain?.rulesFor(packet)[0]?.textFor(parseAddresses('192.0.2.7')?.addresses ?? [])).toBe(rules[7]);
  });
});
