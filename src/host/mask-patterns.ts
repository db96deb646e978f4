/**
 * Where a secret stands in text: behind which names, in which notations. Every pattern is linear in the length of
 * the text, or would let who writes a file stop an audit.
 */

/**
 * What the name of a credential ends with: POSTGRES_PASSWORD, --api-key, clientSecret, SECRET_KEY_BASE,
 * DB_PASSWORD_2. Not a number of tokens (max_token, --max-tokens 9), a public key, sudo's NOPASSWD.
 */
export const credential =
  String.raw`(?:password|(?<!no)passwd|passphrase|pass|pwd|[-_]pw|[-_]cred|secret|salt|(?<!(?:load|import))credential|` +
  String.raw`(?<!(?:max|min|num|per)[-_]?)token(?!s["']?[\s:=\0]+["']?[0-9]{1,9}(?![\w.-]))|` +
  String.raw`(?<!public|pub|primary|host)[-_]key|(?:api|secret|access|private|encryption|master|auth|signing|admin|service)key|masterauth)` +
  String.raw`(?:s|[-_]?(?:base|value|old|new|prod|production|dev|staging|test|primary|secondary|default|overwrite|[0-9]{1,3}))?`;
/** An option whose value is `user:password`: --gradio-auth, --gradio-api-auth, --basic-auth. */
export const authentication = String.raw`(?:gradio|api|basic|http)[-_]?auth`;
/** What stands before the password in such a value; a URL or a port number is none. */
export const userBefore = String.raw`(?!\w+:\/\/)[^\s"':,<]{1,128}:`;
export const name = String.raw`(?<![\w.-])[\w.-]*?${credential}`;

const variable = String.raw`\bname["']?:[ \t]*["']?${name}["']?[ \t]*(?:,[ \t]*)?(?:\r?\n[ \t]*)?["']?value["']?:[ \t]*`;

/** An anchor or a tag of YAML before a value. */
const properties = String.raw`(?:(?:&[\w.-]+|!!\w+)[ \t]+)*`;

/** The end of a line that goes on behind a backslash: {@link maskedPieces} leaves it where it is. */
export const continuation = String.raw`\\[ \t]*\r?\n`;
/**
 * Without indentation the next line belongs to the same word, in a Dockerfile and in a shell. systemd makes a blank of
 * the two, so what is plainly another setting or option is left (systemd.syntax(7)), as it is in YAML.
 */
export const goesOn = String.raw`${continuation}(?![-#[\s]|[\w.-]+(?:=(?!=*(?:\s|$))|:(?:\s|$)))`;
/** A word with its escapes. A backslash before a quote or at the end of a line is none of it. */
export const character = String.raw`(?:[^\s"'\\]|\\[^\s"']|\\[ \t](?=\S))`;
const word = String.raw`(?:${character}|${goesOn})*`;
const restOfLine = String.raw`(?:(?![ \t]?\\[ \t]*$)[^\n\r]|${goesOn})*`;
export const inDouble = String.raw`(?:\\(?:.|\r?\n)|[^"\\\n])`;
const inSingle = String.raw`(?:\\\r?\n|[^'\n])`;
const escapedQuote = String.raw`(?:(?!\\")(?:[^\n]|(?<=\\\r?)\n))`;

/** Where a line begins, but for its blanks; `^` with the flag `m` begins behind more than `[^\n]*` ends at. */
const lineStart = String.raw`(?<![^\n\r])[ \t]*`;
const redisPassword = String.raw`(?:${lineStart}|\bset[ \t]+)(?:requirepass|masterauth|primaryauth|tls-(?:client-)?key-file-pass|(?:sentinel[ \t]+)?auth-pass[ \t]+[^\s"']{1,128})[ \t]+`;
/** What gives users of Redis and Valkey their passwords, up to the end of the line; redis.io, ACL. */
export const accessLists = new RegExp(
  String.raw`(?:${lineStart}user[ \t]|\bsetuser[ \t"',]|--user[ \t"',=])[^\n\r]*`,
  'gi',
);
/** `>word` or `">the whole"` in one. */
export const accessPassword = /(?<=">)[^"]+(?=")|(?<=[\s'(]>)[^\s"')]+/g;

export const option = String.raw`(?<![\w-])--[\w.-]*?${credential}`;
const optionWord = String.raw`[^\s"',\\]+(?:${goesOn}[^\s"',\\]+)*`;
export const comma = String.raw`[ \t]*,[ \t]*(?:\r?\n[ \t]*)?`;

/** Each has a named group `secret`, which alone is replaced. */
export const assignments: readonly RegExp[] = [
  // "NAME=the whole rest", 'NAME=the whole rest', \"NAME=the whole rest\"
  new RegExp(String.raw`(?<!\\)"${name}=(?<secret>${inDouble}+)(?=")`, 'dgi'),
  new RegExp(String.raw`'${name}=(?<secret>${inSingle}+)(?=')`, 'dgi'),
  new RegExp(String.raw`\\"${name}=(?<secret>${escapedQuote}+)(?=\\")`, 'dgi'),
  // NAME = "the whole rest", "name": "the whole rest"; in ["--token=","next"] the quote closes
  new RegExp(
    String.raw`${name}["']?[ \t]*[:=][ \t]*${properties}(?!"[,\]}])(?<!\\)"(?<secret>${inDouble}*)(?=")`,
    'dgi',
  ),
  new RegExp(
    String.raw`${name}["']?[ \t]*[:=][ \t]*${properties}(?!'[,\]}])'(?<secret>${inSingle}*)(?=')`,
    'dgi',
  ),
  // "NAME=\"the whole rest\"", \"name\": \"the whole rest\"
  new RegExp(String.raw`${name}(?:\\"[ \t]*:[ \t]*|=)\\"(?<secret>${escapedQuote}*)(?=\\")`, 'dgi'),
  // A line of its own: NAME=the whole rest, - name: the whole rest (a block, an alias or a tag of its own is none).
  // One that goes on with the line before holds words, of which others may be settings.
  new RegExp(
    String.raw`(?<!\\[ \t]*\r?\n)^[ \t-]*(?:export[ \t]+)?${name}(?:[ \t]*=[ \t]*|[ \t]*:[ \t]+${properties}(?![{[&*|>!]))(?<secret>(?!["'{[]|\\[ \t]*$)\S${restOfLine})`,
    'dgim',
  ),
  // ENV NAME the whole rest: the old form in a Dockerfile, where a line may go on behind a backslash
  new RegExp(
    String.raw`^[ \t]*(?:onbuild[ \t]+)?env[ \t]+${name}[ \t]+(?<secret>(?!["'=]|\\[ \t]*$)\S${restOfLine})`,
    'dgim',
  ),
  new RegExp(String.raw`^[ \t]*(?:onbuild[ \t]+)?env[ \t]+${name}[ \t]+"(?<secret>${inDouble}+)"`, 'dgim'),
  // NAME=word, name: word
  new RegExp(String.raw`${name}(?:=(?!--)|[ \t]+=[ \t]+)(?<secret>(?![{[])${character}${word})`, 'dgi'),
  new RegExp(
    String.raw`${name}:[ \t]+${properties}(?![{[&*|>!]|ENC\[)(?<secret>\$\$?\{[^}\n]*\}|[^\s"',;{}[\]\\]+)`,
    'dgi',
  ),
  // --name word, --name "the whole rest", "--name", "the whole rest"; in ["x --token ","next"] the quote closes
  new RegExp(String.raw`${option}[ \t]+(?!-)(?<secret>${optionWord})`, 'dgi'),
  new RegExp(String.raw`${option}[ \t]+(?!"[ \t]*[,\]}])"(?<secret>${inDouble}+)(?=")`, 'dgi'),
  new RegExp(String.raw`${option}[ \t]+(?!'[ \t]*[,\]}])'(?<secret>${inSingle}+)(?=')`, 'dgi'),
  new RegExp(String.raw`${option}[ \t]+\\"(?<secret>${escapedQuote}+)(?=\\")`, 'dgi'),
  new RegExp(String.raw`${option}["']${comma}"(?!-)(?<secret>${inDouble}+)(?=")`, 'dgi'),
  new RegExp(String.raw`${option}["']${comma}'(?!-)(?<secret>${inSingle}+)(?=')`, 'dgi'),
  // --gradio-auth user:password, in quotes or not, "--gradio-auth", "user:password"; the user is no secret
  new RegExp(
    String.raw`(?<![\w-])--[\w.-]*?${authentication}(?:=|[ \t]+|["']${comma}(?=["']))["']?${userBefore}(?<secret>${character}${word})`,
    'dgi',
  ),
  // A variable of a Kubernetes container, whose name and value stand apart: "name": "NAME", "value": "the whole rest"
  new RegExp(String.raw`${variable}"(?<secret>${inDouble}*)(?=")`, 'dgi'),
  new RegExp(String.raw`${variable}'(?<secret>${inSingle}*)(?=')`, 'dgi'),
  new RegExp(
    String.raw`${variable}(?![{[&*|>!])(?<secret>[^\s"',}](?:[^\s,}#]|(?<=\S)#|[ \t]+(?=[^\s#]))*)`,
    'dgi',
  ),
  // requirepass word, config set requirepass "the whole", sentinel auth-pass NAME word: redis.conf, redis-cli(1)
  new RegExp(String.raw`${redisPassword}"(?<secret>(?:\\.|[^"\\\n])*)"`, 'dgi'),
  new RegExp(String.raw`${redisPassword}'(?<secret>[^'\n]*)'`, 'dgi'),
  new RegExp(String.raw`${redisPassword}(?<secret>(?!["'])\S+)`, 'dgi'),
  // NEO4J_AUTH=user/password, "auth": "base64 of user:password"
  new RegExp(String.raw`(?<![\w.-])\w*_auth=(?<secret>[^\s"'/:\\]{0,128}[/:]${character}${word})`, 'dgi'),
  /"auth"[ \t]*:[ \t]*"(?<secret>[A-Za-z0-9+/=]{8,})(?=")/dgi,
  // scheme://user:password@host; behind host:port/ an @ means nothing
  /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*:\/\/[^\s/:@"']*:(?!\d{1,5}(?:[/?#\s"']|$))(?<secret>[^\s"']{1,256})(?=@[\w.[-])/dgi,
  // Authorization: Bearer word
  new RegExp(
    String.raw`\bauthorization["']?\s*[:=]\s*["']?(?:bearer|basic)\s+(?<secret>${character}${word})`,
    'dgi',
  ),
];
