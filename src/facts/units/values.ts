/** Values of settings in one spelling, whatever the file's: what `systemctl show` prints. */

/** `null` for what systemd does not take for a boolean. */
export function parseBoolean(text: string): 'yes' | 'no' | null {
  if (/^(?:1|yes|y|true|t|on)$/i.test(text)) return 'yes';
  return /^(?:0|no|n|false|f|off)$/i.test(text) ? 'no' : null;
}

const infinite = 2n ** 64n - 1n;
const suffixes = ['E', 'P', 'T', 'G', 'M', 'K', 'B', ''] as const;

/** Bytes: `1.5G`, `1G 500M`; `null` when systemd refuses it. To the base of 1024, see systemd.syntax(7). */
export function parseSize(text: string): bigint | null {
  let rest = text.trimStart();
  let total = 0n;
  let first = 0;
  do {
    const match = /^\s*\+?(\d+)(?:\.(\d*))?\s*/.exec(rest);
    if (match === null) return null;
    rest = rest.slice(match[0].length);
    const index = suffixes.findIndex((suffix, at) => at >= first && rest.startsWith(suffix));
    if (index < 0) return null;
    const suffix = suffixes[index] ?? '';
    const factor = 1024n ** BigInt(Math.max(0, 6 - index));
    const fraction = Number(`0.${match[2] ?? ''}0`);
    total += BigInt(match[1] ?? '0') * factor + BigInt(Math.trunc(fraction * Number(factor)));
    rest = rest.slice(suffix.length);
    first = index + 1;
  } while (rest !== '');
  return total > infinite ? null : total;
}

/** Parts of ten thousand: `50%`, `12.5%`, `5‰`; `null` when it is none. */
export function parsePermyriad(text: string): number | null {
  const match = /^\s*\+?(\d+)(?:\.(\d{1,2}))?(%|‰|‱)$/.exec(text);
  if (match === null) return null;
  const [, whole = '', decimals = '', unit = ''] = match;
  const digits = unit === '%' ? 2 : unit === '‰' ? 1 : 0;
  if (decimals.length > digits) return null;
  return Number(whole + decimals.padEnd(digits, '0'));
}

/** Bytes as a decimal number, `N%` of the machine's memory, or `infinity`; `null` when it is ignored. */
export function parseMemoryLimit(text: string): string | null {
  if (text === '' || text === 'infinity') return 'infinity';
  const share = parsePermyriad(text);
  if (share !== null && share <= 10_000) return share === 0 ? null : percent(share);
  const bytes = parseSize(text);
  return bytes === null || bytes === 0n || bytes === infinite ? null : String(bytes);
}

/** A number of tasks, `N%` of the most that the system allows, or `infinity`; `null` when it is ignored. */
export function parseTasksMax(text: string): string | null {
  if (text === 'infinity') return text;
  const share = parsePermyriad(text);
  if (share !== null) return share <= 10_000 ? percent(share) : null;
  if (!/^\d{1,20}$/.test(text)) return null;
  const tasks = BigInt(text);
  return tasks === 0n || tasks >= infinite ? null : String(tasks);
}

/** Microseconds of processor time a second, or `infinity`; `null` when it is ignored. */
export function parseCpuQuota(text: string): string | null {
  if (text === '') return 'infinity';
  const share = parsePermyriad(text);
  return share === null || share === 0 ? null : String(share * 100);
}

/** `N` or `SOFT:HARD` as the hard limit that holds; `null` when it is ignored. */
export function parseResourceLimit(text: string): string | null {
  const parts = text.split(':');
  if (parts.length > 2) return null;
  const limits = parts.map((part) => {
    if (part === 'infinity') return infinite;
    const size = parseSize(part);
    return size === infinite ? null : size;
  });
  const [soft, hard] = [limits[0] ?? null, limits.at(-1) ?? null];
  if (soft === null || hard === null || soft > hard) return null;
  return hard === infinite ? 'infinity' : String(hard);
}

const timeUnits: Readonly<Record<string, number>> = {
  us: 1,
  ms: 1_000,
  s: 1_000_000,
  min: 60_000_000,
  h: 3_600_000_000,
};

/** The microseconds of a time span as systemctl(1) prints it: `1.500000s`, `2min 3s`; else the text. */
export function parseTimeSpan(text: string): string {
  const parts = text.split(' ').map((part) => /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(part));
  let total = 0;
  for (const part of parts) {
    const unit = timeUnits[part?.[2] ?? ''];
    if (part === null || unit === undefined) return text;
    total += Math.round(Number(part[1]) * unit);
  }
  return String(total);
}

function percent(permyriad: number): string {
  return `${String(permyriad / 100)}%`;
}
