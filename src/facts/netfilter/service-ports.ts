/** Names that iptables-save and nft print instead of numbers only when asked, and that people write. */
const ports: Readonly<Record<string, number>> = {
  domain: 53,
  http: 80,
  https: 443,
  imap: 143,
  imaps: 993,
  mdns: 5353,
  ntp: 123,
  smtp: 25,
  ssh: 22,
};

/** A port by its number or common name; `null` when it is neither. */
export function portNumber(text: string): number | null {
  if (/^\d{1,5}$/.test(text)) return Number(text) <= 65_535 ? Number(text) : null;
  return Object.hasOwn(ports, text) ? (ports[text] ?? null) : null;
}
