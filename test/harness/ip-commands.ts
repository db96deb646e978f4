/** A link of `ip -j address`. */
export interface Link {
  readonly ifname: string;
  readonly addr_info: readonly {
    readonly family?: string;
    readonly local: string;
    readonly prefixlen: number;
  }[];
}

interface Command {
  readonly argv: readonly string[];
  readonly stdout: string;
}

/** What ip(8) prints on a machine with these links, and with these routes besides those that the links imply. */
export function ipCommands(links: readonly object[], routes: readonly object[] = []): readonly Command[] {
  const all = links as readonly Link[];
  const implied = (six: boolean) =>
    all.flatMap(({ ifname: dev, addr_info: addresses }) =>
      addresses
        .filter(({ local }) => local.includes(':') === six)
        .flatMap(({ local, prefixlen }) => [
          { type: 'local', dst: local, dev, table: 'local' },
          { dst: `${local}/${String(prefixlen)}`, dev },
        ]),
    );
  const rules = [
    { priority: 0, src: 'all', table: 'local' },
    { priority: 32766, src: 'all', table: 'main' },
  ];
  const outputs: readonly (readonly [command: string, output: unknown])[] = [
    ['ip -j address', links],
    ['ip -j route', routes],
    ['ip -j -6 route', []],
    ['ip -j route show table all', [...implied(false), ...routes]],
    ['ip -j -6 route show table all', implied(true)],
    ['ip -j rule', rules],
    ['ip -j -6 rule', rules],
  ];
  return outputs.map(([line, output]) => ({ argv: line.split(' '), stdout: JSON.stringify(output) }));
}

/** /proc/sys of a machine that forwards and whose interfaces have these settings. */
export function networkSettings(
  links: readonly object[],
  { rp_filter = 0, route_localnet = 0, forwarding = 1, accept_local = 0 } = {},
): Readonly<Record<string, string>> {
  const settings = Object.entries({ rp_filter, route_localnet, forwarding, accept_local });
  const names = ['all', ...(links as readonly Link[]).map(({ ifname }) => ifname)];
  return {
    '/proc/sys/net/ipv6/conf/all/forwarding': '1\n',
    ...Object.fromEntries(
      names.flatMap((name) =>
        settings.map(([key, value]) => [`/proc/sys/net/ipv4/conf/${name}/${key}`, `${String(value)}\n`]),
      ),
    ),
  };
}
