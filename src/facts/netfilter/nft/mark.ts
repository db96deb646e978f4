import * as z from 'zod';
import type { Effect, MarkOwner } from '../ruleset.ts';

const Meta = z.object({ meta: z.object({ key: z.string() }) });
const Ct = z.object({ ct: z.object({ key: z.string() }) });
const Mangle = z.object({ key: z.unknown(), value: z.unknown() });
const Operation = z.union([
  z.object({ '&': z.tuple([z.unknown(), z.number()]) }).transform(({ '&': pair }) => ({ and: pair })),
  z.object({ '|': z.tuple([z.unknown(), z.number()]) }).transform(({ '|': pair }) => ({ or: pair })),
  z.object({ '^': z.tuple([z.unknown(), z.number()]) }).transform(({ '^': pair }) => ({ xor: pair })),
]);

/** Whose mark an expression names; `null` for anything else. */
export function markOwner(expression: unknown): MarkOwner | null {
  if (Meta.safeParse(expression).data?.meta.key === 'mark') return 'packet';
  return Ct.safeParse(expression).data?.ct.key === 'mark' ? 'connection' : null;
}

/** A mark after operations: `(mark & keep) ^ toggle`. */
interface Changed {
  readonly from: MarkOwner;
  readonly keep: number;
  readonly toggle: number;
}

/** `meta mark set 0x1`, `ct mark set meta mark`, `meta mark set meta mark & 0xff | 0x10`. */
export function markEffect(body: unknown): readonly Effect[] {
  const { key, value } = Mangle.safeParse(body).data ?? {};
  const of = markOwner(key);
  // Any other field that is changed is none that matches of a first packet ask for here.
  if (of === null) return [];
  if (typeof value === 'number') return [{ kind: 'set-mark', of, keep: 0, toggle: value >>> 0 }];
  const changed = changedMark(value);
  if (changed === null) return [{ kind: 'forget-mark', of }];
  const { from, keep, toggle } = changed;
  return [
    ...(from === of ? [] : [{ kind: 'copy-mark', from, to: of, keep: 0, take: 0xffffffff } as const]),
    ...(keep === 0xffffffff && toggle === 0 ? [] : [{ kind: 'set-mark', of, keep, toggle } as const]),
  ];
}

function changedMark(expression: unknown): Changed | null {
  const from = markOwner(expression);
  if (from !== null) return { from, keep: 0xffffffff, toggle: 0 };
  const operation = Operation.safeParse(expression).data;
  if (operation === undefined) return null;
  const [operand = null, number = 0] = Object.values(operation)[0] ?? [];
  const inner = changedMark(operand);
  if (inner === null) return null;
  const { keep, toggle } = inner;
  if ('and' in operation) return { ...inner, keep: (keep & number) >>> 0, toggle: (toggle & number) >>> 0 };
  if ('xor' in operation) return { ...inner, toggle: (toggle ^ number) >>> 0 };
  return { ...inner, keep: (keep & ~number) >>> 0, toggle: ((toggle & ~number) | number) >>> 0 };
}
