import ipaddr from 'ipaddr.js';

/** Where a socket is bound, in the words of `Listener`. */
export interface SocketAddress {
  readonly address: string;
  readonly interface: string | null;
  readonly port: number;
  /** An IPv6 wildcard written so that it takes IPv4 too (`*` of ss). */
  readonly dualStack: boolean;
}

const local = /^(?:\[(?<bracketed>[^\]]*)\]|(?<plain>.*?))(?:%(?<interface>[^:\]%]+))?:(?<port>\d{1,5}|\*)$/;

/**
 * Reads the local address of a line of ss(8): `0.0.0.0:22`, `[::]:22`, `*:22`, `*%eth0:22`,
 * `[fe80::1]%eth0:22`, `127.0.0.53%lo:53`, and `:::22` of old versions.
 *
 * @returns `null` for anything else
 */
export function parseSocketAddress(text: string): SocketAddress | null {
  const groups = local.exec(text)?.groups;
  if (groups === undefined) return null;
  const [written = '', zone] = (groups.bracketed ?? groups.plain ?? '').split('%');
  const address = written === '*' ? '::' : canonicalAddress(written);
  const port = groups.port === '*' ? 0 : Number(groups.port);
  if (address === null || port > 65_535) return null;
  return {
    address,
    interface: groups.interface ?? zone ?? null,
    port,
    dualStack: written === '*' || (groups.bracketed === undefined && address === '::'),
  };
}

/**
 * The usual spelling of an address; an IPv4 address inside IPv6 (`::ffff:127.0.0.1`) is the IPv4 address that it is.
 *
 * @returns `null` for what is no address
 */
export function canonicalAddress(text: string): string | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return text;
  if (!ipaddr.IPv6.isValid(text)) return null;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toString();
}

/**
 * Reads an address and port of /proc/net/{tcp,udp}{,6}: 32-bit words in the byte order of the
 * machine, here little-endian as on every amd64 and arm64.
 */
export function parseHexAddress(text: string): SocketAddress | null {
  const match = /^((?:[0-9A-F]{8}){1}|(?:[0-9A-F]{8}){4}):([0-9A-F]{4})$/i.exec(text);
  if (match === null) return null;
  const [, hex = '', port = ''] = match;
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).toReversed().map((byte) => Number.parseInt(byte, 16)),
  );
  const address = canonicalAddress(ipaddr.fromByteArray(bytes).toString());
  if (address === null) return null;
  return { address, interface: null, port: Number.parseInt(port, 16), dualStack: address === '::' };
}
