import { matchPattern } from './patterns.ts';

/**
 * Upstream's default algorithms by release (OpenSSH myproposal.h), the newest first: what `sshd -T` prints
 * when nothing is set. Distributions may add to them, so an answer of the program itself counts more.
 */
const defaults: Readonly<Record<string, readonly (readonly [since: number, list: string])[]>> = {
  ciphers: [
    [
      1000,
      'chacha20-poly1305@openssh.com,aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr',
    ],
    [
      704,
      'chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com',
    ],
  ],
  macs: [
    [
      704,
      'umac-64-etm@openssh.com,umac-128-etm@openssh.com,hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,' +
        'hmac-sha1-etm@openssh.com,umac-64@openssh.com,umac-128@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1',
    ],
  ],
  kexalgorithms: keyExchanges(),
  hostkeyalgorithms: signatures(),
  pubkeyacceptedalgorithms: signatures(),
  hostbasedacceptedalgorithms: signatures(),
};

function keyExchanges(): (readonly [number, string])[] {
  const curves =
    'curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521';
  const groups =
    'diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,' +
    'diffie-hellman-group14-sha256';
  const prime = 'sntrup761x25519-sha512@openssh.com';
  return [
    [1000, `mlkem768x25519-sha256,sntrup761x25519-sha512,${prime},${curves}`],
    [909, `sntrup761x25519-sha512,${prime},mlkem768x25519-sha256,${curves},${groups}`],
    [900, `${prime},${curves},${groups}`],
    [802, `${curves},${groups}`],
    [704, `${curves},${groups},diffie-hellman-group14-sha1`],
  ];
}

function signatures(): (readonly [number, string])[] {
  const plain = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'];
  const hardware = ['sk-ssh-ed25519', 'sk-ecdsa-sha2-nistp256'];
  const rsa = ['rsa-sha2-512', 'rsa-sha2-256'];
  const list = (...names: string[]) => [
    ...names.map((name) => `${name}-cert-v01@openssh.com`),
    ...names.map((name) => (name.startsWith('sk-') ? `${name}@openssh.com` : name)),
  ];
  return [
    [808, list(...plain, ...hardware, ...rsa).join(',')],
    [802, list(...plain, ...hardware, ...rsa, 'ssh-rsa').join(',')],
    [708, list(...plain, ...rsa, 'ssh-rsa').join(',')],
  ];
}

/**
 * The list that a keyword's argument makes of the default one.
 *
 * @param specification - as in the file, with `+`, `-` or `^`; `null` when nothing is set
 * @param version - `9.2`
 * @returns `null` when the default is needed and not known
 */
export function algorithmsFrom(
  name: string,
  specification: string | null,
  version: string | null,
): string | null {
  const modifier = /^[-+^]/.exec(specification ?? '')?.[0] ?? '';
  if (specification !== null && modifier === '') return specification;
  const base = defaultFor(name, version)?.split(',');
  if (base === undefined) return null;
  const given = (specification ?? '').slice(modifier.length).split(',').filter(Boolean);
  switch (modifier) {
    case '+':
      return [...new Set([...base, ...given])].join(',');
    case '^':
      return [...new Set([...given, ...base])].join(',');
    case '-':
      return base.filter((each) => !given.some((pattern) => matchPattern(each, pattern))).join(',');
    default:
      return base.join(',');
  }
}

function defaultFor(name: string, version: string | null): string | undefined {
  const number = versionNumber(version);
  return number === null ? undefined : defaults[name]?.find(([since]) => number >= since)?.[1];
}

/** `9.2` and `9.2p1` as 902; `null` when it is not a version. */
export function versionNumber(version: string | null): number | null {
  const match = /^(\d+)\.(\d+)/.exec(version ?? '');
  return match === null ? null : Number(match[1]) * 100 + Number(match[2]);
}
