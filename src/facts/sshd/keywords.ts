/**
 * What sshd_config(5) keywords take and do when they are repeated (OpenSSH servconf.c).
 *
 * - `first`: one word, the first line wins; `last`: the last line wins
 * - `words`: all words of the first line; `rest`: the first line as written
 * - `each`: every word of every line; `lines`: every line
 * - `algorithms`: a list that may start with `+`, `-` or `^`
 */
export type KeywordKind = 'first' | 'last' | 'words' | 'rest' | 'each' | 'lines' | 'algorithms';

/** How `sshd -T` prints a word. */
export type ValueForm = 'lower' | 'exact' | 'time' | 'number' | 'root' | 'upper';

export interface Keyword {
  readonly kind: KeywordKind;
  readonly form: ValueForm;
  /** May stand in a Match block. */
  readonly match: boolean;
  /** Upstream's default as `sshd -T` prints it; `null`: none, or it depends on the build. */
  readonly fallback: string | null;
}

const table = new Map<string, Keyword>();

function define(
  match: boolean,
  kind: KeywordKind,
  form: ValueForm,
  entries: Readonly<Record<string, string | null>>,
): void {
  for (const [name, fallback] of Object.entries(entries)) table.set(name, { kind, form, match, fallback });
}

define(true, 'first', 'lower', {
  allowagentforwarding: 'yes',
  allowstreamlocalforwarding: 'yes',
  allowtcpforwarding: 'yes',
  disableforwarding: 'no',
  exposeauthinfo: 'no',
  gatewayports: 'no',
  gssapiauthentication: 'no',
  hostbasedauthentication: 'no',
  hostbasedusesnamefrompacketonly: 'no',
  ignorerhosts: 'yes',
  kbdinteractiveauthentication: 'yes',
  kerberosauthentication: 'no',
  passwordauthentication: 'yes',
  permitemptypasswords: 'no',
  permittty: 'yes',
  permituserrc: 'yes',
  permittunnel: 'no',
  pubkeyauthentication: 'yes',
  streamlocalbindunlink: 'no',
  x11forwarding: 'no',
  x11uselocalhost: 'yes',
});
define(false, 'first', 'lower', {
  addressfamily: 'any',
  compression: 'yes',
  gssapikeyexchange: 'no',
  ignoreuserknownhosts: 'no',
  printlastlog: 'yes',
  printmotd: 'yes',
  strictmodes: 'yes',
  tcpkeepalive: 'yes',
  usedns: 'no',
  usepam: 'no',
});
define(true, 'first', 'root', { permitrootlogin: 'prohibit-password' });
define(true, 'first', 'upper', { loglevel: 'INFO' });
define(false, 'first', 'upper', { syslogfacility: 'AUTH' });
define(true, 'first', 'time', { clientaliveinterval: '0', unusedconnectiontimeout: 'none' });
define(false, 'first', 'time', { logingracetime: '120' });
define(true, 'first', 'number', {
  clientalivecountmax: '3',
  maxauthtries: '6',
  maxsessions: '10',
  x11displayoffset: '10',
});
define(false, 'first', 'number', { requiredrsasize: '1024' });
define(false, 'first', 'exact', { permituserenvironment: 'no', hostkeyagent: 'none', pidfile: null });
define(true, 'first', 'exact', {
  authorizedkeyscommanduser: 'none',
  authorizedprincipalsfile: 'none',
  banner: 'none',
  chrootdirectory: 'none',
  revokedkeys: 'none',
  trustedusercakeys: 'none',
});
define(false, 'last', 'exact', { maxstartups: '10:30:100' });
define(true, 'words', 'exact', {
  authenticationmethods: 'any',
  authorizedkeysfile: '.ssh/authorized_keys .ssh/authorized_keys2',
  permitlisten: 'any',
  permitopen: 'any',
});
define(true, 'rest', 'exact', {
  authorizedkeyscommand: 'none',
  authorizedprincipalscommand: 'none',
  forcecommand: 'none',
});
define(true, 'each', 'exact', {
  acceptenv: null,
  allowgroups: null,
  allowusers: null,
  denygroups: null,
  denyusers: null,
});
define(false, 'lines', 'exact', { hostcertificate: null, hostkey: null, listenaddress: null, port: '22' });
define(false, 'algorithms', 'exact', {
  casignaturealgorithms: null,
  ciphers: null,
  hostkeyalgorithms: null,
  kexalgorithms: null,
  macs: null,
});
define(true, 'algorithms', 'exact', { hostbasedacceptedalgorithms: null, pubkeyacceptedalgorithms: null });

const aliases = new Map([
  ['challengeresponseauthentication', 'kbdinteractiveauthentication'],
  ['skeyauthentication', 'kbdinteractiveauthentication'],
  ['dsaauthentication', 'pubkeyauthentication'],
  ['hostbasedacceptedkeytypes', 'hostbasedacceptedalgorithms'],
  ['hostdsakey', 'hostkey'],
  ['keepalive', 'tcpkeepalive'],
  ['pubkeyacceptedkeytypes', 'pubkeyacceptedalgorithms'],
]);

/** The name by which `sshd -T` prints a keyword, whatever its case and age. */
export function canonicalKeyword(keyword: string): string {
  const name = keyword.toLowerCase();
  return aliases.get(name) ?? name;
}

/** `undefined`: a keyword that no rule asks for, or that sshd does not know. */
export function keywordNamed(name: string): Keyword | undefined {
  return table.get(name);
}

/** Every keyword that is understood, by its canonical name. */
export function everyKeyword(): IterableIterator<[string, Keyword]> {
  return table.entries();
}
