import type { AffectedRange } from './cves.ts';

/**
 * A version as products write them: `v0.11.0`, `1.2.0-rc.1`, `0.8.5.post1`, `11.0.6+security-01`,
 * `RELEASE.2024-01-31T20-20-33Z`, `b5662`.
 */
export interface ProductVersion {
  readonly text: string;
  /** Numbers of different kinds cannot be compared. */
  readonly kind: 'dotted' | 'date' | 'build';
  /** As far as written: `3.1` may be any 3.1.x where it names an image. */
  readonly numbers: readonly number[];
  /** Before the version of its numbers: negative; behind it: positive. */
  readonly stage: readonly [rank: number, number: number];
}

const stages: Readonly<Record<string, number>> = {
  ...{ dev: -5, alpha: -4, a: -4, beta: -3, b: -3, pre: -2, preview: -2, rc: -1, c: -1 },
  ...{ post: 1, security: 1 },
};

const dotted = /^v?(\d{1,9}(?:\.\d{1,9}){0,5})(.*)$/i;
const stage = /^[-.+~_]?(dev|alpha|beta|preview|pre|rc|post|security|a|b|c)[-.]?(\d{0,9})(?![a-z])/i;
/** What a tag says of the image beside the version: `-alpine3.20`, `-cuda`, `-py3`, `-ubuntu.22.04`. */
const variant = /^(?:[-+_~][a-z][a-z0-9._]*|[-_]\d{1,9})*$/i;

/** `null` for what is no version: `latest`, `main-abc1234`, a commit, a date. */
export function parseProductVersion(text: string): ProductVersion | null {
  const released = /^RELEASE\.(\d{4})-(\d\d)-(\d\d)T(\d\d)-(\d\d)-(\d\d)Z(?:$|[.-])/.exec(text);
  if (released !== null) return { text, kind: 'date', numbers: released.slice(1).map(Number), stage: [0, 0] };
  // llama.cpp: b5662, and server-cuda-b5662 as an image.
  const build = /^(?:[a-z][a-z-]*-)?b(\d{3,6})$/.exec(text);
  if (build !== null) return { text, kind: 'build', numbers: [Number(build[1])], stage: [0, 0] };
  const [, numbers = '', rest = ''] = dotted.exec(text) ?? [];
  if (numbers === '') return null;
  const [staged = '', name = '', number = ''] = stage.exec(rest) ?? [];
  if (!variant.test(rest.slice(staged.length))) return null;
  const rank = stages[name.toLowerCase()] ?? 0;
  return { text, kind: 'dotted', numbers: numbers.split('.').map(Number), stage: [rank, Number(number)] };
}

/**
 * Whether a version is in one of the ranges; `null` where it is not written out far enough to tell, or is
 * no version of that product.
 */
export function isAffected(version: ProductVersion, ranges: readonly AffectedRange[]): boolean | null {
  const answers = ranges.map((range) => isInRange(version, range));
  return answers.includes(true) ? true : answers.includes(null) ? null : false;
}

function isInRange(version: ProductVersion, { from, below, upTo }: AffectedRange): boolean | null {
  const answers = [
    from === undefined ? true : isAtLeast(version, from),
    below === undefined ? true : mapOrder(orderTo(version, below), (order) => order < 0),
    upTo === undefined ? true : mapOrder(orderTo(version, upTo), (order) => order <= 0),
  ];
  return answers.includes(false) ? false : answers.includes(null) ? null : true;
}

/** Pre-releases of the first affected version have what it has. */
function isAtLeast(version: ProductVersion, from: string): boolean | null {
  const first = parseProductVersion(from);
  const counted =
    first?.stage[0] === 0 && version.stage[0] < 0 ? { ...version, stage: [0, 0] as const } : version;
  return mapOrder(orderTo(counted, from), (order) => order >= 0);
}

function mapOrder(order: number | null, answer: (order: number) => boolean): boolean | null {
  return order === null ? null : answer(order);
}

/** Negative where the version is older than the boundary; `null` where that cannot be told. */
function orderTo(version: ProductVersion, boundary: string): number | null {
  const other = parseProductVersion(boundary);
  if (other?.kind !== version.kind) return null;
  // A year or a counter is no version of a product whose versions are small.
  if (isCounter(version) && !isCounter(other)) return null;
  for (let index = 0; index < Math.max(version.numbers.length, other.numbers.length); index++) {
    const [own, limit] = [version.numbers[index], other.numbers[index] ?? 0];
    if (own === undefined && limit > 0) return null;
    if ((own ?? 0) !== limit) return (own ?? 0) - limit;
  }
  return version.stage[0] - other.stage[0] || version.stage[1] - other.stage[1];
}

function isCounter({ kind, numbers }: ProductVersion): boolean {
  return kind === 'dotted' && (numbers[0] ?? 0) >= 1000;
}
