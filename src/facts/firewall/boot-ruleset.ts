import { defineFact } from '../../engine/fact.ts';
import { gapsOf, known, unknown } from '../../host/evidence.ts';
import type { Ruleset, Table } from '../netfilter/ruleset.ts';
import type { BootLoader } from './boot.ts';
import { firewallConfigurationFact } from './boot.ts';

/** What filters after a start, before any program adds to it. */
export interface BootRuleset {
  readonly ruleset: Ruleset;
  /** Names of what loads it; none: nothing filters. */
  readonly loaders: readonly string[];
}

/**
 * The rules that files load when the machine starts: configuration, not state. Every rule names its file
 * and line. firewalld's are a gap; where a script of the owner's loads rules, or where two loaders in no
 * order throw away each other's, nobody can tell.
 */
export const bootRulesetFact = defineFact<BootRuleset>({
  id: 'boot-ruleset',
  gather: async (_, read) => {
    const configuration = await read(firewallConfigurationFact);
    if (configuration.state === 'unknown') return configuration;
    const { ufw, loaders } = configuration.value;
    if (ufw.state === 'unknown') return ufw;
    const enabled = loaders.filter((loader) => loader.enabled);
    const readable = enabled.filter(({ name }) => name !== 'firewalld');
    for (const { rules } of readable) if (rules.state === 'unknown') return rules;
    const flushing = readable.find(({ rules }) => rules.state === 'known' && rules.value?.flushes === true);
    const [other] = readable.filter((one) => one !== flushing);
    if (flushing !== undefined && other !== undefined) return inNoOrder(flushing, other);
    const tables = readable.flatMap(tablesOf);
    const twice = tables.find((table, index) => tables.findIndex((one) => isSame(one, table)) < index);
    if (twice !== undefined) {
      const detail = `several files fill the table ${twice.family} ${twice.name}, in no order that aisec knows`;
      return unknown('unsupported', detail, twice.source);
    }
    const gaps = [
      ...gapsOf(configuration),
      ...enabled.flatMap(({ name, rules }) => (name === 'firewalld' ? gapsOf(rules) : [])),
    ];
    const names = enabled.map(({ name }) => name);
    return known({ ruleset: { tables, gaps }, loaders: names }, configuration.source);
  },
});

function tablesOf({ rules }: BootLoader): readonly Table[] {
  return rules.state === 'known' ? (rules.value?.tables ?? []) : [];
}

function isSame(a: Table, b: Table): boolean {
  return a.family === b.family && a.name === b.name;
}

/** Their units have no order between them. */
function inNoOrder(flushing: BootLoader, other: BootLoader) {
  const detail = `${flushing.name} throws away what ${other.name} loads, or loads before it: which comes last at boot is not settled`;
  return unknown('unsupported', detail, flushing.path);
}
