import * as z from 'zod';
import data from '../../../rules/catalogue/services.yaml';

/**
 * What is known of the products that run on hosts that self-host AI: `rules/catalogue/services.yaml`.
 * Each entry carries its source; facts recognise services by it, checks judge them by it.
 */

const Text = z.string().min(1);

/** Which rules a service's exposure falls under. */
const Category = z.enum([
  'inference',
  'inference-gateway',
  'ui',
  'agent',
  'workflow',
  'notebook',
  'training',
  'audio',
  'search',
  'vector-db',
  'database',
  'monitoring',
  'admin',
  'home',
]);
export type Category = z.infer<typeof Category>;

/** A place where a setting is made. `name` is the variable, the flag with its dashes, or the key. */
const Setting = z.strictObject({ kind: z.enum(['env', 'flag', 'file']), name: Text });
export type Setting = z.infer<typeof Setting>;

/** When a setting's value counts. Text compares without regard to case. */
const Match = z.union([
  z.strictObject({ present: z.literal(true) }),
  z.strictObject({ absent: z.literal(true) }),
  z.strictObject({ empty: z.literal(true) }),
  z.strictObject({ oneOf: z.array(Text).min(1) }),
  /** A regular expression over the whole value. */
  z.strictObject({ matches: Text }),
]);
export type Match = z.infer<typeof Match>;

const Dangerous = z.strictObject({
  setting: Setting,
  when: Match,
  /** What it means, as a clause after "NAME is VALUE:". */
  why: Text,
  severity: z.enum(['high', 'medium']),
});
export type Dangerous = z.infer<typeof Dangerous>;

const Auth = z.strictObject({
  /** What a fresh install asks of a client: nothing, or a credential. */
  default: z.enum(['none', 'required']),
  /** Settings that switch authentication on where it is off by default; any one is enough. */
  enabledBy: z.array(z.strictObject({ setting: Setting, when: Match })).default([]),
  /** Settings that switch it off where it is on by default. */
  disabledBy: z.array(z.strictObject({ setting: Setting, when: Match })).default([]),
  /** What stays open even then; `null` where nothing does or it is not known. */
  remainsOpen: Text.nullable().default(null),
  note: Text,
});

const CatalogueService = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  name: Text,
  category: Category,
  /** How bad it is when somebody on another machine reaches it without a credential. */
  severity: z.enum(['critical', 'high', 'medium', 'low']),
  ports: z.array(
    z.strictObject({ port: z.int().min(1).max(65535), proto: z.enum(['tcp', 'udp']), purpose: Text }),
  ),
  /** Base names of its program, or kernel names of its process; never of an interpreter. */
  processes: z.array(Text),
  /** Consecutive arguments that only it has: `-m vllm.entrypoints.openai.api_server`. */
  commands: z.array(Text),
  /** Image repositories without tag: `ollama/ollama`; a registry counts when it is written. */
  images: z.array(Text),
  /** Unit names, `*` for any text: `vllm@*.service`. */
  units: z.array(Text),
  auth: Auth,
  dangerous: z.array(Dangerous),
  impact: z.array(Text),
  /** In words or commands, best first. */
  remediation: z.array(Text).min(1),
  /** Identifies by a harmless GET; used only with --probe. */
  probe: z.strictObject({ path: Text, open: Text }).nullable(),
  /** How much of this entry was read in the product's own source. */
  confirmed: z.enum(['full', 'most', 'some', 'memory']),
  sources: z.array(Text).min(1),
});
export type CatalogueService = z.infer<typeof CatalogueService>;

export const Catalogue = z.strictObject({
  /** Date of the facts. */
  generated: z.iso.date(),
  services: z.array(CatalogueService),
});
export type Catalogue = z.infer<typeof Catalogue>;

let parsed: Catalogue | undefined;

/** The built-in catalogue; parsed when first asked for. */
export function catalogue(): Catalogue {
  parsed ??= Catalogue.parse(data);
  return parsed;
}
