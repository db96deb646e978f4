import * as z from 'zod';

/** A label selector (apimachinery, LabelSelector): what it names must hold at once; an empty one takes everything. */
export const Selector = z.object({
  matchLabels: z.record(z.string(), z.string()).nullish(),
  matchExpressions: z
    .array(
      z.object({
        key: z.string(),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).nullish(),
      }),
    )
    .nullish(),
});
export type Selector = z.infer<typeof Selector>;

export function selects(
  { matchLabels, matchExpressions }: Selector,
  labels: Readonly<Record<string, string>>,
): boolean {
  const isLabelled = Object.entries(matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return (
    isLabelled &&
    (matchExpressions ?? []).every(({ key, operator, values }) => {
      const value = labels[key];
      const isAmong = value !== undefined && (values ?? []).includes(value);
      return { In: isAmong, NotIn: !isAmong, Exists: value !== undefined, DoesNotExist: value === undefined }[
        operator
      ];
    })
  );
}

export function takesAll({ matchLabels, matchExpressions }: Selector): boolean {
  return Object.keys(matchLabels ?? {}).length === 0 && (matchExpressions ?? []).length === 0;
}
