import * as z from 'zod';
import data from '../../../rules/catalogue/services.yaml';

/**
 * What is known of the products that run on hosts that self-host AI: `rules/catalogue/services.yaml`.
 * Each entry carries its source; facts recognise services by it, checks judge them by it.
 */

const Text = z.string().min(1);

/** Which rules a service's exposure falls under. */
export const Category = z.enum([
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

/** How bad it is when somebody on another machine reaches a service without a credential. */
export const ServiceSeverity = z.enum(['critical', 'high', 'medium', 'low']);
export type ServiceSeverity = z.infer<typeof ServiceSeverity>;

/** A place where a setting is made. `name` is the variable, the flag with its dashes, or the key. */
const Setting = z.strictObject({
  /** A setting of a `file` is never seen itself: it is unknown, or known to be absent; see `elsewhere`. */
  kind: z.enum(['env', 'flag', 'file']),
  name: Text,
  /**
   * Where the same can be set instead: a flag (`--config`), a variable that names a file or a folder
   * (`$JUPYTER_CONFIG_DIR`), an absolute path, or the last part of one.
   * That a setting is absent is known only where none of these applies.
   */
  elsewhere: z.array(Text).default([]),
});
export type Setting = z.infer<typeof Setting>;

/** When a setting's value counts. Text compares without regard to case, surrounding blanks and quotes. */
const Match = z.union([
  /** Written, whatever its value; for switches that take none. */
  z.strictObject({ present: z.literal(true) }),
  z.strictObject({ absent: z.literal(true) }),
  /** Written, with nothing in it. */
  z.strictObject({ empty: z.literal(true) }),
  /** Written, with something in it. */
  z.strictObject({ set: z.literal(true) }),
  /** Absent or empty. */
  z.strictObject({ unset: z.literal(true) }),
  /** A bare flag, or 1, t, true, y, yes, on. */
  z.strictObject({ truthy: z.literal(true) }),
  /** 0, f, false, n, no, off. */
  z.strictObject({ falsy: z.literal(true) }),
  /** A credential that everybody knows, as hosts mark it. */
  z.strictObject({ wellKnown: z.literal(true) }),
  z.strictObject({ oneOf: z.array(Text).min(1) }),
  /** A regular expression over the whole value. */
  z.strictObject({ matches: Text }),
]);
export type Match = z.infer<typeof Match>;

export const Condition = z.strictObject({ setting: Setting, when: Match });
export type Condition = z.infer<typeof Condition>;

export const Dangerous = z.strictObject({
  setting: Setting,
  when: Match,
  /** What it means, as a clause after "NAME is VALUE:". */
  why: Text,
  severity: z.enum(['high', 'medium']),
  /** The value that puts it right; `null` where leaving the setting out does. */
  safe: Text.nullable().default(null),
});
export type Dangerous = z.infer<typeof Dangerous>;

/** A password or key of its own that a service takes from a setting. */
const Credential = z.strictObject({
  setting: Setting,
  /** Whom it lets in, for words. */
  account: Text,
  /** What everybody logs in with where none of the service's credentials is set: `admin/admin`. */
  unset: Text.nullable().default(null),
  /** Read at the first start alone: somebody may have changed it since. */
  initial: z.boolean(),
  source: Text,
});
export type Credential = z.infer<typeof Credential>;

const Auth = z.strictObject({
  /**
   * What a fresh install asks of a client: nothing, a credential, or one that the first comer chooses or
   * everybody knows (`claimable`): whether somebody has claimed it cannot be told from its settings.
   */
  default: z.enum(['none', 'required', 'claimable']),
  /** Settings that prove authentication. Any one group is enough, if all of its conditions hold. */
  enabledBy: z.array(z.array(Condition).min(1)).default([]),
  /** Settings that switch it off, in the same way; they win. */
  disabledBy: z.array(z.array(Condition).min(1)).default([]),
  /** What answers without a credential even then; `null` where nothing does or it is not known. */
  remainsOpen: z
    .strictObject({
      what: Text,
      /** Whether a stranger can make it work or change it, not merely learn its name and version. */
      usable: z.boolean(),
    })
    .nullable()
    .default(null),
  note: Text,
});

const CatalogueService = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  name: Text,
  category: Category,
  severity: ServiceSeverity,
  ports: z.array(
    z.strictObject({ port: z.int().min(1).max(65535), proto: z.enum(['tcp', 'udp']), purpose: Text }),
  ),
  /** Base names of its program, or kernel names of its process; never of an interpreter. */
  processes: z.array(Text),
  /** Consecutive arguments that only it has: `-m vllm.entrypoints.openai.api_server`. */
  commands: z.array(Text),
  /** Image repositories without tag, `*` for any text: `ollama/ollama`; a registry counts when it is written. */
  images: z.array(Text),
  /** Unit names, `*` for any text: `vllm@*.service`. */
  units: z.array(Text),
  /** Which addresses it listens on outside a container: the settings that say so, and its default. */
  bind: z
    .strictObject({ settings: z.array(Setting), default: z.enum(['loopback', 'any', 'unknown']) })
    .default({ settings: [], default: 'unknown' }),
  /** Where each of its settings can be made instead; see the settings' own list. */
  elsewhere: z.array(Text).default([]),
  /** Its id in the list of vulnerabilities (`cves.yaml`), where that is another's: a rebuilt image has the product's. */
  product: Text.optional(),
  auth: Auth,
  credentials: z.array(Credential).default([]),
  dangerous: z.array(Dangerous),
  impact: z.array(Text),
  /** In words or commands, best first. */
  remediation: z.array(Text).min(1),
  /** Identifies by a harmless GET; used only with --probe. */
  probe: z.strictObject({ path: Text, open: Text }).nullable(),
  /** How much of this entry was read in the product's own source. From `memory` decides no verdict. */
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
