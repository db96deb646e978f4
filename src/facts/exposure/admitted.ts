import type { Exposure } from '../../engine/report.ts';
import type { AddressSet, Family } from '../netfilter/addresses.ts';
import { parseAddresses, subtract, union } from '../netfilter/addresses.ts';

/** The sources of one family that an exposure says get in: `10.0.0.0/8 except 10.9.0.0/16`. */
export function admittedSources({ reachableFrom }: Exposure, family: Family): AddressSet {
  const read = (text: string) => {
    const parsed = parseAddresses(text);
    return parsed?.family === family ? parsed.addresses : [];
  };
  const sets = reachableFrom.flatMap(({ sources }) =>
    sources.map((words) => {
      const [all = '', except = ''] = words.split(' except ');
      return subtract(read(all), union(except.split(', ').flatMap(read)));
    }),
  );
  return union(sets.flat());
}
