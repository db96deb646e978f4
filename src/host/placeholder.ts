import { Buffer } from 'node:buffer';

/** Words that ask somebody for a value. */
const asking = new Set(
  `change changeme changeit changethis replace replaceme insert fill put enter set your yours yourpassword
  placeholder todo tbd fixme redacted here`.split(/\s+/),
);

/** Words that stand beside them. */
const beside = new Set(
  `a an the this that it me my in with by of to and or at least characters character long real own valid new actual now
  before use using production prod secure strong random super very secret secrets pass password passwd passphrase pwd key
  keys api token jwt value string text base64 encoded encryption admin root user username name db database postgres
  openai anthropic huggingface hf client access private signing session`.split(/\s+/),
);

const marked =
  /^(?:<[^<>]*>|__\w+__|[@%][A-Z_]+[@%]|#?\{[\w.-]+\}#?|\[[\w .-]*\]|x{3,}|\.{3,})$|\{\{|\{%|\$\{/i;

/** `REPLACE_ME`, `<password>`, `your-api-key-here`, also in base64: what stands where a secret is to be put. */
export function isPlaceholder(text: string): boolean {
  return isWritten(text) || isWritten(fromBase64(text) ?? '');
}

function isWritten(text: string): boolean {
  if (text.length > 200) return false;
  if (marked.test(text)) return true;
  const words = text
    .split(/[^A-Za-z0-9]+|(?<=[a-z])(?=[A-Z])/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
  return (
    words.some((word) => asking.has(word)) &&
    words.every((word) => asking.has(word) || beside.has(word) || /^\d{1,3}$/.test(word))
  );
}

/** What base64 with its padding stands for; `null` for any other text. */
export function fromBase64(text: string): string | null {
  const packed = text.replace(/\s+/g, '');
  if (packed.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(packed)) return null;
  return Buffer.from(packed, 'base64').toString('utf8').trim();
}
