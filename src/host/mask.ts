import { isPlaceholder } from './placeholder.ts';

/**
 * Takes secrets out of text at the door, before any fact sees it.
 *
 * What a rule needs to know of a secret stays: that it is written out, and whether it is one that
 * everybody knows. Masking masked text changes nothing, so a snapshot replays to the same findings.
 * Every pattern is linear in the length of the text.
 */

/** Stands for a credential that was written out. */
export const maskedLiteral = '<masked>';
/** Stands for a credential that everybody knows, such as `admin`. */
export const maskedWellKnown = '<masked:well-known>';
/** Follows either where it is plainly to be replaced: `REPLACE_ME`, `changeme`, `<password>`. */
export const maskedPlaceholder = '<placeholder>';

/** Whether a value is, as a whole, a credential that everybody knows. */
export function isWellKnown(value: string): boolean {
  return (
    value.startsWith(maskedWellKnown) && ['', maskedPlaceholder].includes(value.slice(maskedWellKnown.length))
  );
}

/** Passwords that products ship with or documentation prints, in lower case. */
const wellKnown = new Set(
  `admin administrator password passwd pass secret changeme changeit change-me change_me root toor test
  default postgres mysql minioadmin minio guest user demo example letmein welcome qwerty 123456 12345678
  neo4j elastic opensearch redis mongo mongodb grafana prom-operator ollama n8n langfuse langflow flowise
  litellm openwebui open-webui anything dify difyai123456 infini_rag_flow weaviate qdrant sk-1234 token
  supersecret mysecretpassword secretpassword sw2yctib9zpoohopsmm super-secret-key even-more-secret
  dify-sandbox mysecret myredissecret miniosecret minio123 ultrasecretkey t0p-s3cr3t top-secret password1234
  clickhouse infini_rag_flow_os_01 qazwsxedc!@#123 neo4j/neo4j neo4j/password mysalt salt empty token-abc123
  my-secret-api-key ${'0'.repeat(64)}
  f34be427ebb29de8d88c107a71546019685ed8b241d8f2ed00c3df97ad2566f0
  lykiyyt6owg+71olergza7gxcgot++6ovaezwajpcjf+sjc3ztu+quei`.split(/\s+/),
);

/**
 * What the name of a credential ends with: POSTGRES_PASSWORD, --api-key, clientSecret, SECRET_KEY_BASE,
 * DB_PASSWORD_2. Not a number of tokens (max_token, --max-tokens 9), a public key, sudo's NOPASSWD.
 */
const credential =
  String.raw`(?:password|(?<!no)passwd|passphrase|pass|pwd|(?<=[_-])pw|secret|salt|(?<!(?:load|import))cred(?:ential)?|` +
  String.raw`(?<=gradio[-_]?|api[-_]?|master[-_]?)auth|` +
  String.raw`(?<!(?:max|min|num|per)[-_]?)token(?!s["']?[\s:=\0]+["']?[0-9]{1,9}(?![\w.-]))|` +
  String.raw`(?<!public|pub|primary|host)[-_]key|(?:api|secret|access|private|encryption|master|auth|signing|admin|service)key)` +
  String.raw`(?:s|[-_]?(?:base|value|old|new|prod|production|dev|staging|test|primary|secondary|default|overwrite|[0-9]{1,3}))?`;
const name = String.raw`(?<![\w.-])[\w.-]*?${credential}`;

/** A backslash that lets a line go on; see systemd.syntax(7) and the Dockerfile reference. */
const lineGoesOn = String.raw`\\[ \t]*\r?$`;
/** A word, and what a line without indentation goes on with: no other variable, and no option. */
const word =
  String.raw`(?!${lineGoesOn})[^\s"'{[](?:(?!${lineGoesOn})[^\s"'])*` +
  String.raw`(?:\\[ \t]*\r?\n(?![A-Za-z_][\w.-]*=|-)(?:(?!${lineGoesOn})[^\s"'#])+)*`;

const option = String.raw`(?<![\w-])--[\w.-]*?${credential}`;

const variable = String.raw`\bname["']?:[ \t]*["']?${name}["']?[ \t]*(?:,[ \t]*)?(?:\r?\n[ \t]*)?["']?value["']?:[ \t]*`;

/** Each has a named group `secret`, which alone is replaced. */
const assignments: readonly RegExp[] = [
  // "NAME=the whole rest", 'NAME=the whole rest', \"NAME=the whole rest\"
  new RegExp(String.raw`(?<!\\)"${name}=(?<secret>(?:\\.|[^"\\\n])+)(?=")`, 'dgi'),
  new RegExp(String.raw`'${name}=(?<secret>[^'\n]+)(?=')`, 'dgi'),
  new RegExp(String.raw`\\"${name}=(?<secret>(?:(?!\\")[^\n])+)(?=\\")`, 'dgi'),
  // NAME = "the whole rest", "name": "the whole rest"; in ["--token=","next"] the quote closes
  new RegExp(
    String.raw`${name}["']?[ \t]*[:=][ \t]*(?!"[,\]}])(?<!\\)"(?<secret>(?:\\.|[^"\\\n])*)(?=")`,
    'dgi',
  ),
  new RegExp(String.raw`${name}["']?[ \t]*[:=][ \t]*(?!'[,\]}])'(?<secret>[^'\n]*)(?=')`, 'dgi'),
  new RegExp(String.raw`${name}\\"[ \t]*:[ \t]*\\"(?<secret>(?:(?!\\")[^\n])*)(?=\\")`, 'dgi'),
  // A line of its own: NAME=the whole rest, - name: the whole rest (a block, an anchor or a tag is none)
  new RegExp(
    String.raw`^[ \t-]*(?:export[ \t]+)?${name}(?:[ \t]*=[ \t]*|[ \t]*:[ \t]+(?![{[&*|>!]))(?!${lineGoesOn})(?<secret>[^\s"'{[](?:(?![ \t]?\\[ \t]*$)[^\n\r])*)`,
    'dgim',
  ),
  // ENV NAME the whole rest: the old form in a Dockerfile, where a line may go on behind a backslash
  new RegExp(
    String.raw`^[ \t]*(?:onbuild[ \t]+)?env[ \t]+${name}[ \t]+(?<secret>[^\s"'=](?:(?![ \t]?\\[ \t]*$)[^\n\r])*)`,
    'dgim',
  ),
  new RegExp(String.raw`^[ \t]*(?:onbuild[ \t]+)?env[ \t]+${name}[ \t]+"(?<secret>[^"\n]+)"`, 'dgim'),
  // NAME=word, name: word
  new RegExp(String.raw`${name}(?:=(?!--)|[ \t]+=[ \t]+)(?<secret>${word})`, 'dgim'),
  new RegExp(String.raw`${name}:[ \t]+(?![{[&*|>!]|ENC\[)(?<secret>\$\{[^}\n]*\}|[^\s"',;{}[\]\\]+)`, 'dgi'),
  // --name "the whole rest", --name 'the whole rest', --name \"the whole rest\"
  new RegExp(
    String.raw`${option}[ \t]+(?<quote>\\?["'])(?<secret>(?:(?!\k<quote>)(?:\\.|[^\n]))+)(?=\k<quote>)`,
    'dgi',
  ),
  // --name word, "--name", "word"
  new RegExp(String.raw`${option}(?:[ \t]+|["'][ \t]*,[ \t]*["'])(?!-)(?<secret>[^\s"',\\]+)`, 'dgi'),
  // A variable of a Kubernetes container, whose name and value stand apart: "name": "NAME", "value": "the whole rest"
  new RegExp(String.raw`${variable}"(?<secret>(?:\\.|[^"\\\n])*)(?=")`, 'dgi'),
  new RegExp(String.raw`${variable}'(?<secret>[^'\n]*)(?=')`, 'dgi'),
  new RegExp(
    String.raw`${variable}(?![{[&*|>!])(?<secret>[^\s"',}](?:[^\s,}#]|(?<=\S)#|[ \t]+(?=[^\s#]))*)`,
    'dgi',
  ),
  // NEO4J_AUTH=user/password, "auth": "base64 of user:password"
  /(?<![\w.-])\w*_auth=(?<secret>[^\s"'/:]*[/:][^\s"']+)/dgi,
  /"auth"[ \t]*:[ \t]*"(?<secret>[A-Za-z0-9+/=]{8,})(?=")/dgi,
  // scheme://user:password@host; behind host:port/ an @ means nothing
  /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*:\/\/[^\s/:@"']*:(?!\d{1,5}(?:[/?#\s"']|$))(?<secret>[^\s"']{1,256})(?=@[\w.[-])/dgi,
  // Authorization: Bearer word
  /\bauthorization["']?\s*[:=]\s*["']?(?:bearer|basic)\s+(?<secret>[^\s"']+)/dgi,
];

/** Secrets that are recognised by their own shape. */
const shapes: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  // Not the signature algorithms sk-ssh-… and sk-ecdsa-… of OpenSSH.
  /\bsk-(?!ssh-|ecdsa-sha2-)[A-Za-z0-9_-]{16,}/g,
  /\b(?:ghp|gho|ghs|ghu|github_pat)_[A-Za-z0-9_]{20,}/g,
  /\bhf_[A-Za-z0-9]{20,}/g,
  /\bglpat-[A-Za-z0-9_-]{16,}/g,
  /\bgsk_[A-Za-z0-9]{20,}/g,
  /\bxox[abprs]-[A-Za-z0-9-]{10,}/g,
  /\bAKIA[A-Z0-9]{16}\b/g,
  /\bAIza[A-Za-z0-9_-]{30,}/g,
  /\bnvapi-[A-Za-z0-9_-]{20,}/g,
  /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+/g,
  /\$(?:1|2[abxy]|5|6|7|y|apr1|argon2id?)\$[./A-Za-z0-9$=,+]{8,}/g,
];

/** Values that say something about a secret, or about where it is, instead of being one. */
const harmless = new RegExp(
  [
    'true|false|yes|no|on|off|none|null|nil|undefined|required|optional|auto|all|file:.*|\\*+',
    // nsswitch.conf(5): passwd: files systemd
    '(?:files|compat|systemd|sss|db|nis|ldap|winbind)(?:\\s.*)?',
    '<masked(?::well-known)?>.*',
    // A variable, a command's output, a specifier of systemd, a template, a path.
    // One that is another's fallback has lost its end: ${A:-${B}}.
    '\\$[a-z_]\\w*|\\$\\{\\w+(?::?[-+?=])?|\\$\\(.*|`.*|%[a-z](?:/.*)?|\\{\\{.*',
    // Encrypted by SOPS or eyaml, or kept in a vault.
    'ENC\\[\\w+,[^\\]]*\\]|op://.*|ref\\+\\w+://.*|vault:.*#.*',
    '(?:/(?:run|etc|var|usr|opt|home|root|tmp|srv|mnt|dev|data|secrets|vault|app|config)(?:/.*)?|(?:\\.{1,2}|~)/.*)',
  ]
    .map((alternative) => `^(?:${alternative})$`)
    .join('|'),
  'is',
);

const credentialName = new RegExp(`^(?:--?)?[\\w.-]*?${credential}$`, 'i');
const credentialArgument = new RegExp(`^((?:--?)?[\\w.-]*?${credential}=)(.*)$`, 'is');

/**
 * Replaces credentials in the strings of a JSON document, by the names that they stand under and by what they
 * hold. Text that is no JSON is masked as text.
 */
export function maskJson(text: string): string {
  try {
    return JSON.stringify(maskValue(JSON.parse(text), ''));
  } catch {
    return maskSecrets(text);
  }
}

function maskValue(value: unknown, under: string): unknown {
  if (typeof value === 'string') return maskNamed(under, value);
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return items.map((item, index) => maskValue(item, optionBefore(items, index)));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, maskValue(each, key)]));
}

/** Masks a value by the name that it has, which need not stand beside it in the text. */
export function maskNamed(name: string, value: string): string {
  const isCount = /tokens$/i.test(name) && /^[0-9]{1,9}$/.test(value);
  return credentialName.test(name) && !isCount ? maskOne(value) : maskWord(value);
}

/** The option whose value an argument is, as in ["--api-key", "word"]; empty when it is none. */
function optionBefore(items: readonly unknown[], index: number): string {
  const [item, before] = [items[index], items[index - 1]];
  const isArgument = typeof item === 'string' && !item.startsWith('-');
  return isArgument && typeof before === 'string' && before.startsWith('--') ? before : '';
}

/** What any of the patterns needs: most text has nothing of it, and is left alone at once. */
const suspicious =
  /pass|pwd|[_-]pw|secret|salt|cred|token|key|auth|:\/\/|sk-|gh[opsu]_|github_pat_|hf_|glpat-|gsk_|xox|akia|aiza|nvapi-|eyj|\$/i;

/** One argument or variable, which ends where the text does. */
function maskWord(word: string): string {
  if (!suspicious.test(word)) return word;
  const [, before = '', secret] = credentialArgument.exec(word) ?? [];
  return secret === undefined ? maskText(word) : before + maskOne(secret);
}

/** Replaces credentials; everything else, line ends included, stays as it is. */
export function maskSecrets(text: string): string {
  if (!suspicious.test(text)) return text;
  if (!text.includes('\0')) return maskText(text);
  // Arguments or variables of a process: each ends at a NUL, whatever it holds.
  const words = text.split('\0');
  return words
    .map((word, index) => (credentialName.test(optionBefore(words, index)) ? maskOne(word) : maskWord(word)))
    .join('\0');
}

function maskText(text: string): string {
  let masked = text;
  // A key's lines stay lines, so that what follows keeps its line number.
  for (const shape of shapes) {
    masked = masked.replace(shape, (secret) => maskedLiteral + secret.replace(/[^\n]+/g, ''));
  }
  for (const assignment of assignments) masked = replaceSecrets(masked, assignment);
  return masked;
}

function replaceSecrets(text: string, pattern: RegExp): string {
  let masked = '';
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    const [start, end] = match.indices?.groups?.secret ?? [0, 0];
    masked += text.slice(from, start) + maskLines(text.slice(start, end));
    from = end;
  }
  return from === 0 ? text : masked + text.slice(from);
}

/** One that goes on in the next lines is masked as a whole; the lines stay lines. */
function maskLines(secret: string): string {
  const [first = '', ...others] = secret.split(/(?=\\[ \t]*\r?\n)/);
  const masked = maskOne(first);
  if (others.length === 0 || masked === first) return masked + others.join('');
  return masked + others.map((line) => line.slice(0, line.indexOf('\n') + 1)).join('');
}

function maskOne(secret: string): string {
  const trimmed = secret.trim();
  // Compose takes $$ for a dollar, and a shell in the container the rest for a variable.
  if (/^\$\$[A-Z_][A-Z0-9_]*$/.test(trimmed)) return secret;
  // ${NAME}, or with a literal to fall back on: ${NAME:-literal}
  const variable = /^(\$\$?\{\w+(?::?[-+?=])?)([^}]*)(\}.*)$/s.exec(trimmed);
  if (variable !== null) {
    const [, before = '', fallback = '', after = ''] = variable;
    return before + (fallback === '' ? '' : maskOne(fallback)) + after;
  }
  if (trimmed === '' || harmless.test(trimmed)) return secret;
  const mark = wellKnown.has(trimmed.toLowerCase()) ? maskedWellKnown : maskedLiteral;
  return isPlaceholder(trimmed) ? mark + maskedPlaceholder : mark;
}
