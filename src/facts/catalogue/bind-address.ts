import ipaddr from 'ipaddr.js';

/** What an address to listen on lets in; a name other than localhost is unknown. Empty is every address. */
export function scopeOf(host: string): 'loopback' | 'beyond' | 'unknown' {
  const bare = host
    .trim()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/%.*$/, '');
  if (bare === '' || bare === '*') return 'beyond';
  if (/^localhost\.?$/i.test(bare)) return 'loopback';
  if (!ipaddr.IPv4.isValidFourPartDecimal(bare) && !ipaddr.IPv6.isValid(bare)) return 'unknown';
  return ipaddr.process(bare).range() === 'loopback' ? 'loopback' : 'beyond';
}

/** The host of `host:port`, `[v6]:port`, `:port` or a host alone. */
export function hostPart(value: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d*)?$/.exec(value)?.[1];
  return bracketed ?? /^([^:]*):\d*$/.exec(value)?.[1] ?? value;
}

/** As programs write it: IPv6 in brackets. */
export function joinHostPort(host: string, port: number | string): string {
  return host.includes(':') ? `[${host}]:${String(port)}` : `${host}:${String(port)}`;
}
