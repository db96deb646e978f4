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
  ...{
    nightly: -6,
    canary: -6,
    snapshot: -6,
    edge: -6,
    insiders: -6,
    exp: -6,
    experimental: -6,
    unstable: -6,
  },
  ...{ dev: -5, next: -5, alpha: -4, a: -4, m: -4, beta: -3, b: -3, pre: -2, preview: -2, rc: -1, c: -1 },
  ...{ post: 1, security: 1 },
};

const dotted = /^v?(\d{1,9}(?:\.\d{1,9}){0,5})(.*)$/i;
/** A name of one letter stands with a number: `-m3`, `1.0a1`. */
const stage = new RegExp(
  `^[-.+~_]?(?:(${Object.keys(stages)
    .filter((name) => name.length > 1)
    .join('|')})[-.]?(\\d{0,9})|([abcm])[-.]?(\\d{1,9}))(?![a-z])`,
  'i',
);

/**
 * Words by which a tag says of the image what is beside the version, with or without a number: `-alpine3.20`,
 * `-cuda`, `-py3`, `-ubuntu.22.04`, `+dfsg1`. With another word it may be any build of any branch.
 */
const variants: ReadonlySet<string> = new Set(
  [
    'alpine debian deb ubuntu bookworm bullseye buster trixie jammy noble focal bionic ubi el rhel centos rocky',
    'fedora suse leap wolfi chainguard distroless scratch photon windowsservercore nanoserver ltsc linux windows',
    'slim full lite light minimal min large small base core extras extra all aio standalone static debug nonroot',
    'rootless fips amd arm armv armhf aarch i x s ppc ppc64le riscv k rke rke2r r ls v dfsg ds repack',
    'cuda cu cudnn cublas rocm hip hipblas gfx mi vulkan sycl musa cann intel xpu hpu gaudi neuron tpu cpu gpu',
    'openvino openblas onnx onnxruntime torch pytorch pyt tf tensorflow tensorrt trt trtllm vllm llamacpp llama',
    'ffmpeg py python python3 node nodejs jdk jre java temurin openjdk go golang runtime devel sdk server openai',
    'igpu h hopper blackwell ollama enterprise ee ce oss community pro stable release final ga lts sts latest',
    'apache fpm nginx management azure esm',
  ].flatMap((line) => line.split(' ')),
);

/** `null` for what is no version: `latest`, `main-abc1234`, a commit, a date. */
export function parseProductVersion(text: string): ProductVersion | null {
  const released = /^RELEASE\.(\d{4})-(\d\d)-(\d\d)T(\d\d)-(\d\d)-(\d\d)Z(?:$|[.-])/.exec(text);
  if (released !== null) return { text, kind: 'date', numbers: released.slice(1).map(Number), stage: [0, 0] };
  // llama.cpp: b5662, and server-cuda-b5662 as an image.
  const build = /^(?:[a-z][a-z-]*-)?b(\d{3,6})$/.exec(text);
  if (build !== null) return { text, kind: 'build', numbers: [Number(build[1])], stage: [0, 0] };
  const [, numbers = '', rest = ''] = dotted.exec(text) ?? [];
  if (numbers === '') return null;
  const [staged = '', word, count, letter, counter] = stage.exec(rest) ?? [];
  if (!isVariant(rest.slice(staged.length))) return null;
  const rank = stages[(word ?? letter ?? '').toLowerCase()] ?? 0;
  const number = count ?? counter ?? '';
  return { text, kind: 'dotted', numbers: numbers.split('.').map(Number), stage: [rank, Number(number)] };
}

function isVariant(rest: string): boolean {
  const [before, ...parts] = rest.toLowerCase().split(/[-+_~]/);
  return (
    before === '' &&
    parts.every((part) => {
      if (/^\d{1,9}(?:\.\d{1,9})*$/.test(part) || variants.has(part)) return true;
      const word = /^([a-z]+)\.?\d[a-z\d.]*$/.exec(part.replace(/^\d+(?=ubuntu)/, ''))?.[1];
      return word !== undefined && variants.has(word);
    })
  );
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
  const first = boundary(from);
  const counted =
    first?.stage[0] === 0 && version.stage[0] < 0 ? { ...version, stage: [0, 0] as const } : version;
  return mapOrder(orderTo(counted, from), (order) => order >= 0);
}

function mapOrder(order: number | null, answer: (order: number) => boolean): boolean | null {
  return order === null ? null : answer(order);
}

/** Negative where the version is older than the boundary; `null` where that cannot be told. */
function orderTo(version: ProductVersion, limitText: string): number | null {
  const other = boundary(limitText);
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

const boundaries = new Map<string, ProductVersion | null>();

/** An end of a range, read once: they are few, and each is held against every image of its product. */
export function boundary(text: string): ProductVersion | null {
  const before = boundaries.get(text);
  if (before !== undefined) return before;
  const version = parseProductVersion(text);
  boundaries.set(text, version);
  return version;
}

function isCounter({ kind, numbers }: ProductVersion): boolean {
  return kind === 'dotted' && (numbers[0] ?? 0) >= 1000;
}
