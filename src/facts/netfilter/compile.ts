import { rememberedBy } from '../remember.ts';
import { isOneOf } from './interface-name.ts';
import { ownerWords } from './owner-words.ts';
import type { Packet } from './packet.ts';
import type { CompiledRule } from './rule-list.ts';
import { listByPlace } from './rule-list.ts';
import type { Chain, FilterRule, Match, Ruleset, Table } from './ruleset.ts';

export interface CompiledChain extends Chain {
  /** Those that a packet may match, in an order that comes to the same. */
  readonly rulesFor: (packet: Packet) => readonly CompiledRule[];
  /** Whether any of its rules changes a mark. */
  readonly marks: boolean;
}

export interface CompiledTable extends Omit<Table, 'chains'> {
  readonly chains: ReadonlyMap<string, CompiledChain>;
  /** Those of its chains that the kernel calls itself. */
  readonly bases: readonly CompiledChain[];
  /** Whether any of its chains changes a mark. */
  readonly marks: boolean;
}

/** A ruleset made quick to walk: long lists of sources become one rule. */
export function compileRuleset({ tables }: Ruleset): readonly CompiledTable[] {
  return tables.map((table) => {
    const chains = new Map(Array.from(table.chains, ([name, chain]) => [name, compileChain(chain, table)]));
    const all = [...chains.values()];
    return {
      ...{ ...table, chains },
      bases: all.filter(({ base }) => base !== null),
      marks: all.some(({ marks }) => marks),
    };
  });
}

const compileChain = rememberedBy(
  ({ source, family, name }: Table) => `${source} ${family} ${name}`,
  ({ name, base, rules }: Chain, table): CompiledChain => {
    const worded = rules.map((rule) => ({ ...rule, text: ownerWords(table, name, rule) }));
    const lists = new Map<string, (packet: Packet) => readonly CompiledRule[]>();
    return {
      ...{ name, base, rules },
      marks: rules.some(({ effects }) => effects.length > 0),
      rulesFor: (packet) => {
        const key = `${packet.family} ${packet.proto} ${packet.interface}`;
        const list = lists.get(key) ?? listByPlace(worded.filter((rule) => mayMatch(rule, packet)));
        lists.set(key, list);
        return list(packet);
      },
    };
  },
);

function mayMatch({ matches }: FilterRule, packet: Packet): boolean {
  return matches.every((match) => mayHold(match, packet));
}

/** Whether a match can hold for any packet of this family and protocol from this interface. */
function mayHold(match: Match, { family, proto, interface: name }: Packet): boolean {
  switch (match.on) {
    case 'source':
    case 'destination':
    case 'original-destination':
      return match.family === family;
    case 'family':
      return match.families.includes(family) !== match.negated;
    case 'protocol':
      if (match.family !== undefined && match.family !== family) return false;
      return match.protocols.includes(proto) !== match.negated;
    case 'destination-port':
      return match.protocols.length === 0 || match.protocols.includes(proto);
    case 'interface':
      return isOneOf(name, match.names) !== match.negated;
    case 'fixed':
      return match.holds;
    default:
      return true;
  }
}
