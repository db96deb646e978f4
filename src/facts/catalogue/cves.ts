import * as z from 'zod';
import data from '../../../rules/catalogue/cves.yaml';

/**
 * Known vulnerabilities of products by their versions: `rules/catalogue/cves.yaml`. Each entry carries its
 * sources and how far they are to be trusted; the file says how old it is.
 */

const Text = z.string().min(1);

export const VulnerabilitySeverity = z.enum(['critical', 'high', 'medium']);

/** Versions from the first (its pre-releases too) to before `below`, or to `upTo` with it. */
export const AffectedRange = z
  .strictObject({ from: Text.optional(), below: Text.optional(), upTo: Text.optional() })
  .refine(({ from, below, upTo }) => [from, below, upTo].some((each) => each !== undefined))
  .refine(({ below, upTo }) => below === undefined || upTo === undefined);
export type AffectedRange = z.infer<typeof AffectedRange>;

export const Vulnerability = z.strictObject({
  /** CVE, or a name where there is none; it may stand twice, with ranges of different confidence. */
  id: Text,
  affected: z.array(AffectedRange).min(1),
  /** `critical`: a stranger takes the service over, or it is known to be used. */
  severity: VulnerabilitySeverity,
  /** What it lets somebody do, as a clause. */
  meaning: Text,
  /** Only then, as a clause: whether it holds is not seen, so that no failure is decided. */
  onlyWhen: Text.optional(),
  /** Only where the engine has such a plugin, which is seen. */
  needs: z.literal('authorization-plugin').optional(),
  /** Packages of distributions that carry the fix, whatever their upstream version says. */
  fixedIn: z
    .array(
      z.strictObject({ release: z.string().regex(/^[a-z]+ \d+(?:\.\d+)?$/), package: Text, version: Text }),
    )
    .default([]),
  /** `primary`: the project or a database of record; `memory` decides no failure. */
  confidence: z.enum(['primary', 'secondary', 'memory']),
  sources: z.array(Text).min(1),
});
export type Vulnerability = z.infer<typeof Vulnerability>;

const Product = z.strictObject({
  /** A service's id in services.yaml, or `docker`, `containerd`, `runc`. */
  id: z.string().regex(/^[a-z0-9-]+$/),
  /** Packages that hold it. */
  packages: z.array(Text).default([]),
  /** Whether tags of its images are its versions. */
  tags: z.boolean().default(true),
  /** Images of the same service that count their own versions, by the last part of their names. */
  others: z.array(Text).default([]),
  vulnerabilities: z.array(Vulnerability).min(1),
});
export type Product = z.infer<typeof Product>;

export const Cves = z.strictObject({ dated: z.iso.date(), products: z.array(Product) });
export type Cves = z.infer<typeof Cves>;

let parsed: Cves | undefined;

/** The built-in list; parsed when first asked for. */
export function cves(): Cves {
  parsed ??= Cves.parse(data);
  return parsed;
}

export function productOf(id: string): Product | null {
  return cves().products.find((product) => product.id === id) ?? null;
}
