import ipaddr from 'ipaddr.js';

/** Patterns of ssh_config(5), PATTERNS: `*` and `?`, lists with commas, `!` to exclude. */

/** `null` when no entry matches, else whether the deciding one includes (`true`) or excludes (`false`). */
export function matchList(value: string, list: string): boolean | null {
  let found: true | null = null;
  for (const entry of list.split(',')) {
    const negated = entry.startsWith('!');
    if (!matchPattern(value, negated ? entry.slice(1) : entry)) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

/** Linear in value times pattern: a greedy star that backs up to the last one only. */
export function matchPattern(value: string, pattern: string): boolean {
  let [at, expect, star, mark] = [0, 0, -1, 0];
  while (at < value.length) {
    if (pattern[expect] === '*') {
      star = expect++;
      mark = at;
    } else if (expect < pattern.length && (pattern[expect] === '?' || pattern[expect] === value[at])) {
      at++;
      expect++;
    } else if (star >= 0) {
      expect = star + 1;
      at = ++mark;
    } else return false;
  }
  while (pattern[expect] === '*') expect++;
  return expect === pattern.length;
}

/**
 * Networks in CIDR form, plain addresses and patterns, as addr_match_list() takes them.
 *
 * @returns `'bad'` when sshd would refuse the list: a network with host bits set
 */
export function matchAddresses(address: string, list: string): boolean | null | 'bad' {
  let found: true | null = null;
  const parsed = parseAddress(address);
  for (const entry of list.split(',')) {
    const negated = entry.startsWith('!');
    const text = negated ? entry.slice(1) : entry;
    const network = parseNetwork(text);
    if (network === 'bad') return 'bad';
    const matches =
      network === null || parsed === null
        ? matchPattern(address.toLowerCase(), text.toLowerCase())
        : parsed.kind() === network.address.kind() && parsed.match(network.address, network.bits);
    if (!matches) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** `null`: neither a network nor an address, so a pattern. */
export function parseNetwork(text: string): { address: Address; bits: number } | null | 'bad' {
  const [base = '', length] = text.split('/');
  const address = parseAddress(base);
  if (address === null) return null;
  const size = address.kind() === 'ipv4' ? 32 : 128;
  if (length === undefined) return { address, bits: size };
  if (!/^\d+$/.test(length) || Number(length) > size) return 'bad';
  const bits = Number(length);
  return hostBitsSet(address.toByteArray(), bits) ? 'bad' : { address, bits };
}

function parseAddress(text: string): Address | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  return text.includes(':') && ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : null;
}

function hostBitsSet(bytes: readonly number[], bits: number): boolean {
  return bytes.some((byte, index) => {
    const inside = Math.min(8, Math.max(0, bits - index * 8));
    return (byte & (0xff >> inside)) !== 0;
  });
}
