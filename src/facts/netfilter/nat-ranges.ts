/** The most destinations of one NAT rule that are followed one by one. */
export const mostDestinations = 64;

/** Every address from … to; `null` where they are too many, or none. */
export function addressesBetween(first: bigint, last: bigint): readonly bigint[] | null {
  const count = last - first + 1n;
  if (count < 1n || count > BigInt(mostDestinations)) return null;
  return Array.from({ length: Number(count) }, (_, index) => first + BigInt(index));
}

/** Every port from … to; `null` where they are too many, or none. */
export function portsBetween(first: number, last: number): readonly number[] | null {
  const count = last - first + 1;
  if (!Number.isInteger(first) || !Number.isInteger(last) || count < 1 || count > mostDestinations)
    return null;
  return Array.from({ length: count }, (_, index) => first + index);
}
