import type { ImageReference } from './workload.ts';

/** Takes an image reference apart; see the grammar of distribution/reference. */
export function parseImageReference(reference: string): ImageReference {
  if (/^(?:sha256:)?[0-9a-f]{64}$/.test(reference)) {
    const digest = reference.startsWith('sha256:') ? reference : `sha256:${reference}`;
    return { reference, repository: '', tag: null, digest, built: false };
  }
  const at = reference.indexOf('@');
  const named = at === -1 ? reference : reference.slice(0, at);
  // A colon before the last slash belongs to the registry's port.
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  return {
    reference,
    repository: colon === -1 ? named : named.slice(0, colon),
    tag: colon === -1 ? null : named.slice(colon + 1),
    digest: at === -1 ? null : reference.slice(at + 1),
    built: false,
  };
}
