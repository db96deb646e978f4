import * as z from 'zod';
import { maskNamed, maskedLiteral, maskedPlaceholder, maskedWellKnown } from '../../host/mask.ts';
import { fromBase64 } from '../../host/placeholder.ts';
import type { Manifest } from './manifest.ts';
import { uniqueNames } from './unique-names.ts';

/**
 * What a value is, by its key and by itself.
 *
 * - `literal`, `well-known`: a credential, or text with one in it
 * - `placeholder`: a credential is to be put there
 * - `other`: something that a Secret keeps, and that no name or shape tells to be a credential
 * - `none`: nothing, a reference, ciphertext, or what is no secret: a user's name, an address, a certificate
 */
export type Kept = 'literal' | 'well-known' | 'placeholder' | 'other' | 'none';

interface StoredValue {
  /** Where the key stands. */
  readonly field: 'data' | 'binaryData' | 'stringData';
  readonly key: string;
  readonly kept: Kept;
}

/** A ConfigMap or a Secret. */
export interface Store {
  /** Unique among the project's objects of its kind. */
  readonly name: string;
  readonly manifest: Manifest;
  readonly values: readonly StoredValue[];
}

export type StoreKind = 'ConfigMap' | 'Secret';

export function storesOf(manifests: readonly Manifest[], kind: StoreKind): readonly Store[] {
  const stores = manifests.filter((manifest) => manifest.kind === kind && manifest.group === '');
  const names = uniqueNames(
    stores.map((manifest) => ({
      name: manifest.name,
      kind,
      namespace: manifest.namespace,
      place: manifest.place([]),
    })),
  );
  return stores.map((manifest, index) => ({
    name: names[index] ?? manifest.name,
    manifest,
    values: fields[kind].flatMap(({ field, isBase64 }) =>
      Object.entries(Values.parse(manifest.object[field])).map(([key, value]) => ({
        field,
        key,
        kept: keptIn(kind, key, isBase64 ? (fromBase64(value) ?? value) : value),
      })),
    ),
  }));
}

/** A cluster refuses what is no text; what stands beside it is in the file all the same. */
const Values = z
  .record(
    z.string(),
    z.unknown().transform((value) => (typeof value === 'string' ? value : JSON.stringify(value ?? ''))),
  )
  .catch({});

/** Kubernetes API v1. */
const fields = {
  ConfigMap: [
    { field: 'data', isBase64: false },
    { field: 'binaryData', isBase64: true },
  ],
  Secret: [
    { field: 'data', isBase64: true },
    { field: 'stringData', isBase64: false },
  ],
} as const;

/**
 * The host masked what a name beside it gave away; the rest is masked here. A ConfigMap's values are applied as they stand, and are
 * no secrets; a Secret's are, and in a repository they are often put in first.
 */
function keptIn(kind: StoreKind, key: string, value: string): Kept {
  if (kind === 'ConfigMap') return markIn(maskNamed(key, value));
  const own = markIn(withoutPlaceholders(maskNamed(key, value)));
  if (own !== 'none') return own;
  const masked = maskNamed('secret', value);
  if (markIn(masked) === 'none' || isNoSecret(key, value)) return 'none';
  return markIn(withoutPlaceholders(masked)) === 'none' ? 'placeholder' : 'other';
}

function markIn(masked: string): 'literal' | 'well-known' | 'none' {
  if (masked.includes(maskedWellKnown)) return 'well-known';
  return masked.includes(maskedLiteral) ? 'literal' : 'none';
}

function withoutPlaceholders(masked: string): string {
  return [maskedLiteral, maskedWellKnown].reduce(
    (text, mark) => text.replaceAll(mark + maskedPlaceholder, ''),
    masked,
  );
}

const plainKey =
  /(?:^|[-_.])(?:user(?:name)?|login|e?mail|host(?:name)?|port|db|database|db_?name|schema|region|endpoint|namespace|ur[li]|address|bucket|issuer|client[-_]?id)$/i;
const plainValue =
  /^(?:\d{1,5}|[a-z][a-z0-9+.-]*:\/\/[^\s@?]*|(?:-----BEGIN (?:CERTIFICATE|PUBLIC KEY)-----[^-]*-----END (?:CERTIFICATE|PUBLIC KEY)-----\s*)+)$/i;

function isNoSecret(key: string, value: string): boolean {
  return (plainKey.test(key) && !/[\n@]/.test(value)) || plainValue.test(value.trim());
}
