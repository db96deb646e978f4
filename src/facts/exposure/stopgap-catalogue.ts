import * as z from 'zod';
import data from '../../../rules/catalogue/stopgaps.yaml';
import { Fix } from '../../engine/rule.ts';

const Text = z.string().min(1);
const common = {
  id: Text,
  /** The kinds of exposure that it is for. */
  doors: z.array(z.enum(['socket', 'published', 'container'])).min(1),
  fix: Fix,
};

/**
 * A way to close a port to others until its service is put right. Beside its commands stands what they put into
 * the kernel, so that it can be followed there before anybody runs them; both are templates.
 */
export const StopgapTemplate = z.union([
  /** One rule, as the first of each of these chains. */
  z.strictObject({
    ...common,
    chains: z.array(Text).min(1),
    iptables: Text,
    /** What packets that it matches have in common: the port that was asked for, or the address that they go to. */
    about: z.enum(['port', 'address']),
  }),
  /** A table of its own, in the language of nft(8). */
  z.strictObject({ ...common, nft: Text }),
]);
export type StopgapTemplate = z.infer<typeof StopgapTemplate>;

export const Stopgaps = z.array(StopgapTemplate).min(1);

/** `rules/catalogue/stopgaps.yaml`, most fitting first; a test holds it against its schema. */
export function stopgaps(): readonly StopgapTemplate[] {
  return data as readonly StopgapTemplate[];
}
