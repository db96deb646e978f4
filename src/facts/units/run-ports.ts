import type { HostConfig } from '../workloads/inspect-format.ts';

type Bindings = HostConfig['PortBindings'];

const widestRange = 1024;

/** `-p [[ADDRESS:]HOST:]CONTAINER[/PROTOCOL]`, ranges included, as the engine keeps them. */
export function portBindings(values: readonly string[]): Bindings {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const value of values.map(shortForm)) {
    const [, address = '', host = '', container = '', protocol = 'tcp'] =
      /^(?:(\[[^\]]*\]|[^:]*):)??(?:([\d-]*):)?(\d+(?:-\d+)?)(?:\/(tcp|udp|sctp))?$/i.exec(value) ?? [];
    const inside = rangeOf(container);
    const outside = rangeOf(host);
    for (const [index, port] of inside.entries()) {
      // One port inside and a range outside: the engine chooses from the range.
      const chosen = outside.length === inside.length ? String(outside[index] ?? '') : host;
      const key = `${String(port)}/${protocol.toLowerCase()}`;
      const binding = { HostIp: address.replace(/^\[|\]$/g, ''), HostPort: chosen };
      bindings[key] = [...(bindings[key] ?? []), binding];
    }
  }
  return bindings;
}

/** `published=8080,target=80,protocol=tcp` is the long form of `8080:80/tcp`. */
function shortForm(value: string): string {
  if (!value.includes('target=')) return value;
  const given = (name: string) => new RegExp(`(?:^|,)${name}=([^,]*)`).exec(value)?.[1];
  return `${given('published') ?? ''}:${given('target') ?? ''}/${given('protocol') ?? 'tcp'}`;
}

function rangeOf(text: string): number[] {
  const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  if (first === undefined) return [];
  const count = Number(last ?? first) - Number(first) + 1;
  return count < 1 || count > widestRange
    ? []
    : Array.from({ length: count }, (_, index) => Number(first) + index);
}
