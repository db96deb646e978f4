import { defineFact } from '../../engine/fact.ts';
import { gapsOf, knownInPart } from '../../host/evidence.ts';
import type { Interface } from '../interfaces/interface.ts';
import { kindOf } from '../interfaces/interface.ts';
import { interfacesFact } from '../interfaces/interfaces.ts';
import type { Family } from '../netfilter/addresses.ts';
import { ownerWords } from '../netfilter/owner-words.ts';
import type { Ruleset } from '../netfilter/ruleset.ts';
import { bootRulesetFact } from './boot-ruleset.ts';
import { defaultInput } from './default-input.ts';
import { firewallFact } from './firewall.ts';
import type { InboundDefault } from './inbound-default.ts';
import { mainDefault } from './inbound-default.ts';

/** The filter of a machine: the kernel's now, or, where only files are there, the one after its start. */
export type InboundFilter =
  | { readonly when: 'now'; readonly ruleset: Ruleset; readonly interfaces: readonly Interface[] }
  | { readonly when: 'boot'; readonly ruleset: Ruleset; readonly loaders: readonly string[] };

/** Unknown where the kernel's rules, its interfaces or the files cannot be read. */
export const inboundFilterFact = defineFact<InboundFilter>({
  id: 'inbound-filter',
  gather: async (host, read) => {
    if (!host.origin.running) {
      const boot = await read(bootRulesetFact);
      if (boot.state === 'unknown') return boot;
      return knownInPart({ when: 'boot', ...boot.value }, boot.source, gapsOf(boot));
    }
    const [ruleset, interfaces] = await Promise.all([read(firewallFact), read(interfacesFact)]);
    if (ruleset.state === 'unknown') return ruleset;
    if (interfaces.state === 'unknown') return interfaces;
    const gaps = [ruleset, interfaces].flatMap(gapsOf);
    return knownInPart(
      { when: 'now', ruleset: ruleset.value, interfaces: interfaces.value },
      ruleset.source,
      gaps,
    );
  },
});

/** The default that decides whether there is a firewall. */
export function filterDefault(filter: InboundFilter): InboundDefault {
  return filter.when === 'now'
    ? mainDefault(filter.ruleset, filter.interfaces)
    : bootDefault(filter.ruleset, 'ip');
}

/**
 * What will become of a new connection that no rule has in mind, on every interface alike: files do not
 * say which one faces the internet. Where the rules tell interfaces apart, it is unknown.
 */
export function bootDefault(ruleset: Ruleset, family: Family): InboundDefault {
  const address = family === 'ip' ? '192.0.2.1' : '2001:db8::1';
  const names = ['any interface', ...outerNames(ruleset)];
  const decisions = names.map((name) => defaultInput(ruleset, address, name));
  const [first] = decisions;
  const other = decisions.findIndex(({ mostly }) => mostly !== first?.mostly);
  const found = {
    interface: 'any interface',
    decision: first ?? defaultInput(ruleset, address, 'any interface'),
  };
  if (other === -1) return found;
  const unclear = `the rules tell ${names[other] ?? ''} from other interfaces, and files do not say which faces outside`;
  return { ...found, decision: { ...found.decision, verdict: 'unknown', mostly: 'unknown', unclear } };
}

/** Interfaces that rules name and that may face outside. */
function outerNames(ruleset: Ruleset): readonly string[] {
  const rules = ruleset.tables.flatMap(({ chains }) => [...chains.values()].flatMap((chain) => chain.rules));
  const devices = ruleset.tables.flatMap(({ chains }) =>
    [...chains.values()].flatMap(({ base }) => base?.devices ?? []),
  );
  const named = rules.flatMap(({ matches }) =>
    matches.flatMap((match) => (match.on === 'interface' ? match.names : [])),
  );
  const outer = [...new Set([...named, ...devices])].map((name) => name.replace(/\*$/, '0'));
  return outer.filter((name) => name !== 'lo' && kindOf(name, false) === 'link').slice(0, 16);
}

/** Where the last rule of a decision stands: a file and its line, or the command that lists the kernel's. */
export function decidingRule(filter: InboundFilter, path: readonly string[], command: string) {
  const excerpt = path.at(-1) ?? null;
  if (filter.when === 'now') return { source: command, line: null, excerpt: excerpt };
  for (const table of filter.ruleset.tables) {
    for (const { name, rules } of table.chains.values()) {
      const rule = rules.find((one) => ownerWords(table, name, one) === excerpt);
      if (rule !== undefined)
        return { source: rule.source ?? table.source, line: rule.line, excerpt: rule.text };
    }
  }
  const [table] = filter.ruleset.tables;
  return { source: table?.source ?? '/etc/systemd/system', line: null, excerpt };
}
