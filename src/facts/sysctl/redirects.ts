import { defineFact } from '../../engine/fact.ts';
import { known, unknown } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';

/** Whether one interface really takes or sends ICMP redirects. */
export interface Redirects {
  /** `eth0`; `default` stands for interfaces that are yet to come, as those of containers. */
  readonly interface: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly setting: 'accept_redirects' | 'send_redirects';
  readonly on: boolean;
  /** The interface's own setting, and its value. */
  readonly source: string;
  readonly value: string;
}

/**
 * Redirects by interface, the loopback left out. For IPv4 `all` counts beside the interface's own value:
 * either is enough, but for taking redirects while forwarding, which needs both. For IPv6 the interface
 * alone decides, and takes none while it forwards. See IN_DEV_RX_REDIRECTS in the kernel's inetdevice.h,
 * and its ip-sysctl.
 */
export const redirectsFact = defineFact<readonly Redirects[]>({
  id: 'redirects',
  gather: async (host) => {
    const source = '/proc/sys/net';
    if (!host.origin.running) {
      return unknown('unsupported', 'files alone do not show the running kernel', source);
    }
    const [old, young] = await Promise.all([ofFamily(host, 'ipv4'), ofFamily(host, 'ipv6')]);
    if (typeof old === 'string') return unknown('denied', old, source);
    if (typeof young === 'string') return unknown('denied', young, source);
    return known([...old, ...young], source);
  },
});

/** The settings of each interface; or why they are not known. */
async function ofFamily(host: Host, family: Redirects['family']): Promise<readonly Redirects[] | string> {
  const directory = `/proc/sys/net/${family}/conf`;
  const names = await host.list(directory);
  if (names.state === 'unknown') return names.detail;
  // A kernel can lack IPv6, and a machine without IPv4 settings shows none of its own.
  if (names.value === null) return family === 'ipv6' ? [] : `${directory} is not there; mount /proc`;
  const asked = ['accept_redirects', 'forwarding', ...(family === 'ipv4' ? ['send_redirects'] : [])];
  const values = new Map<string, string>();
  const paths = names.value.flatMap((name) => asked.map((setting) => `${name}/${setting}`));
  const texts = await Promise.all(paths.map((path) => host.read(`${directory}/${path}`)));
  for (const [index, text] of texts.entries()) {
    const value = text.state === 'known' ? text.value?.trim() : undefined;
    // A setting that cannot be read is not off.
    if (value === undefined || !/^-?\d+$/.test(value)) return `${text.source} could not be read`;
    values.set(paths[index] ?? '', value);
  }
  const isOn = (path: string) => Number(values.get(path) ?? '0') > 0;
  const settings =
    family === 'ipv4' ? (['accept_redirects', 'send_redirects'] as const) : (['accept_redirects'] as const);
  const interfaces = names.value.filter((name) => name !== 'all' && name !== 'lo');
  return interfaces.flatMap((name) =>
    settings.map((setting): Redirects => {
      const [own, all] = [isOn(`${name}/${setting}`), isOn(`all/${setting}`)];
      const forwards = isOn(`${name}/forwarding`);
      const both = setting === 'accept_redirects' && forwards;
      const on = family === 'ipv6' ? own && !forwards : both ? own && all : own || all;
      const path = `${name}/${setting}`;
      const source = `${directory}/${path}`;
      return { interface: name, family, setting, on, source, value: values.get(path) ?? '' };
    }),
  );
}
