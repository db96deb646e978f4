import ipaddr from 'ipaddr.js';
import { joinHostPort } from './bind-address.ts';

/** Where `ollama serve` listens. */
export interface OllamaHost {
  /** Before `://`; `http` where none is written. It only chooses the default port. */
  readonly scheme: string;
  /** Empty is every address; a name is looked up when it starts. */
  readonly host: string;
  readonly port: string;
  /** As it is given to the network: `127.0.0.1:11434`, `:11434`, `[::1]:11434`. */
  readonly listen: string;
}

/**
 * Reads OLLAMA_HOST as Ollama does: github.com/ollama/ollama, envconfig/config.go, `Host`.
 *
 * No scheme means port 11434, `http://` 80 and `https://` 443; any other scheme is taken and ignored;
 * a port out of range or no number falls back without an error; what follows a slash is dropped.
 */
export function ollamaHost(variable: string): OllamaHost {
  const text = trimSpace(trimSpace(variable).replace(/^["']+|["']+$/g, ''));
  const [scheme, rest] = text === 'ollama.com' ? ['https', 'ollama.com:443'] : cutScheme(text);
  const defaultPort = text.includes('://') ? (schemePorts.get(scheme) ?? '11434') : '11434';
  const hostPort = rest.split('/', 1)[0] ?? '';
  const split = splitHostPort(hostPort) ?? { host: bareHost(hostPort), port: defaultPort };
  const port = isPort(split.port) ? split.port : defaultPort;
  return { scheme, host: split.host, port, listen: joinHostPort(split.host, port) };
}

const schemePorts = new Map([
  ['http', '80'],
  ['https', '443'],
]);

function cutScheme(text: string): [scheme: string, rest: string] {
  const at = text.indexOf('://');
  return at === -1 ? ['http', text] : [text.slice(0, at), text.slice(at + 3)];
}

/** Go's net.SplitHostPort; `null` where that returns an error. */
function splitHostPort(text: string): { host: string; port: string } | null {
  const colon = text.lastIndexOf(':');
  if (colon === -1) return null;
  if (text.startsWith('[')) {
    const end = text.indexOf(']');
    if (end === -1 || end + 1 !== colon) return null;
    if (text.includes('[', 1) || text.includes(']', end + 1)) return null;
    return { host: text.slice(1, end), port: text.slice(colon + 1) };
  }
  const host = text.slice(0, colon);
  return /[:[\]]/.test(host) || /[[\]]/.test(text) ? null : { host, port: text.slice(colon + 1) };
}

/** A host without a port: an address in its usual form, a name as it is, else loopback. */
function bareHost(text: string): string {
  return address(text.replace(/^[[\]]+|[[\]]+$/g, '')) ?? (text === '' ? '127.0.0.1' : text);
}

/** Go's net.ParseIP and IP.String; `null` for what is no address, one with a zone included. */
function address(text: string): string | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return text;
  if (!text.includes(':') || text.includes('%')) return null;
  const [, head = text, tail = ''] = /^(.*:)([^:]*\.[^:]*)$/.exec(text) ?? [];
  if (tail !== '' && !ipaddr.IPv4.isValidFourPartDecimal(tail)) return null;
  const groups = tail === '' ? text : `${head}${hexGroups(tail)}`;
  return ipaddr.IPv6.isValid(groups) ? ipaddr.process(groups).toString() : null;
}

/** The last 32 bits of an IPv6 address, written as an IPv4 one, in groups. */
function hexGroups(v4: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = v4.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

/** What strconv.ParseInt takes, from 0 to 65535. */
function isPort(text: string): boolean {
  return /^[+-]?\d+$/.test(text) && Number(text) >= 0 && Number(text) <= 65535;
}

/** Go's strings.TrimSpace: Unicode's White_Space, which has U+0085 and not U+FEFF. */
function trimSpace(text: string): string {
  return text.replace(/^[\p{White_Space}]+|[\p{White_Space}]+$/gu, '');
}
