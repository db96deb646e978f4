/** A public key as one line of text has it; see sshd(8), AUTHORIZED_KEYS FILE FORMAT. */
export interface PublicKey {
  readonly type: string;
  /** Of the modulus for RSA and DSA, of the curve for the rest; `null` when the key is cut short. */
  readonly bits: number | null;
  readonly line: number;
  readonly comment: string;
}

const keyType =
  /^(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp\d+|sk-[a-z0-9-]+@openssh\.com)(?:-cert-v01@openssh\.com)?$/;

/** Every line that holds a key, options before it or not. */
export function parsePublicKeys(text: string): readonly PublicKey[] {
  return text.split('\n').flatMap((line, index) => {
    const words = keyWords(line.trim());
    const at = words.findIndex((word) => keyType.test(word));
    if (line.trimStart().startsWith('#') || at < 0 || at > 1) return [];
    const type = words[at] ?? '';
    const comment = words.slice(at + 2).join(' ');
    return [{ type, bits: keyBits(type, words[at + 1] ?? ''), line: index + 1, comment }];
  });
}

/** White space separates, but not within the double quotes of an option. */
function keyWords(line: string): string[] {
  const words: string[] = [];
  let word = '';
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? '';
    if (character === '\\' && line[at + 1] === '"') word += line[++at] ?? '';
    else if (character === '"') quoted = !quoted;
    else if (!quoted && /\s/.test(character)) {
      if (word !== '') words.push(word);
      word = '';
    } else word += character;
  }
  return word === '' ? words : [...words, word];
}

/** The blob is a sequence of length-prefixed strings (RFC 4253, 6.6): for RSA e and n, for DSA p first. */
function keyBits(type: string, base64: string): number | null {
  if (type === 'ssh-ed25519' || type.startsWith('sk-')) return 256;
  const curve = /nistp(\d+)/.exec(type)?.[1];
  if (curve !== undefined) return Number(curve);
  const strings = blobStrings(Uint8Array.from(Buffer.from(base64, 'base64')));
  const modulus = type.startsWith('ssh-rsa') && !type.includes('cert') ? strings[2] : strings[1];
  return modulus === undefined || type.includes('cert') ? null : bitLength(modulus);
}

function blobStrings(bytes: Uint8Array): Uint8Array[] {
  const strings: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + 4 <= bytes.length && strings.length < 8) {
    const length = view.getUint32(at);
    if (at + 4 + length > bytes.length) break;
    strings.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return strings;
}

function bitLength(number: Uint8Array): number {
  const first = number.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (number.length - first - 1) * 8 + (32 - Math.clz32(number[first] ?? 0));
}
