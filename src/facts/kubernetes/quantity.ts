/** Suffixes of a resource quantity (apimachinery, resource/quantity.go). */
const factors: Readonly<Record<string, number>> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** `500m` is 0.5, `8Gi` 8589934592, `1e3` 1000; `null` for what is no quantity. */
export function parseQuantity(text: string): number | null {
  const [, number = '', suffix = ''] =
    /^([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)([KMGTPE]i|[numkMGTPE])?$/.exec(text.trim()) ?? [];
  const factor = factors[suffix];
  return number === '' || factor === undefined ? null : Number(number) * factor;
}
