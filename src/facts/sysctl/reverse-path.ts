import { defineFact } from '../../engine/fact.ts';
import { known, unknown } from '../../host/evidence.ts';

/** How an interface checks whether a sender could be where it says; see rp_filter in the kernel's ip-sysctl. */
export interface ReversePath {
  readonly interface: string;
  /** 0 off, 1 strict, 2 loose: the greater of the interface's value and that of `all`. */
  readonly value: number;
  readonly source: string;
}

const directory = '/proc/sys/net/ipv4/conf';

/** Reverse path filtering by interface, the loopback left out. */
export const reversePathFact = defineFact<readonly ReversePath[]>({
  id: 'reverse-path',
  gather: async (host) => {
    if (!host.origin.running)
      return unknown('unsupported', 'files alone do not show the running kernel', directory);
    const names = await host.list(directory);
    if (names.state === 'unknown') return names;
    if (names.value === null) {
      return unknown('unsupported', `${directory} is not there; mount /proc`, directory);
    }
    const read = async (name: string) => {
      const evidence = await host.read(`${directory}/${name}/rp_filter`);
      return {
        name,
        source: evidence.source,
        value: evidence.state === 'known' ? evidence.value : undefined,
      };
    };
    // An interface that went away meanwhile has no value.
    const texts = (await Promise.all(names.value.map(read))).filter(({ value }) => value !== null);
    const unread = texts.find(({ value }) => !/^\d+\s*$/.test(value ?? ''));
    if (unread !== undefined) return unknown('denied', `${unread.source} may not be read`, unread.source);
    const values = texts.map((each) => ({ ...each, value: Number(each.value) }));
    const all = values.find(({ name }) => name === 'all')?.value ?? 0;
    const interfaces = values.filter(({ name }) => !['all', 'default', 'lo'].includes(name));
    return known(
      interfaces.map(({ name, source, value }) => ({
        interface: name,
        source,
        value: Math.max(all, value),
      })),
      directory,
    );
  },
});
