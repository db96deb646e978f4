/**
 * What a function says of an object, computed once: remembered for as long as the object lives. The object must
 * not change, and the function must see nothing else that does.
 */
export function remembered<On extends object, Answer>(compute: (on: On) => Answer): (on: On) => Answer {
  const known = new WeakMap<On, { readonly answer: Answer }>();
  return (on) => {
    const before = known.get(on);
    if (before !== undefined) return before.answer;
    const answer = compute(on);
    known.set(on, { answer });
    return answer;
  };
}

/**
 * The answers to the last questions alone, for what is asked of one thing after the other. The one that was asked
 * least lately goes first.
 *
 * @param most - how many are kept
 */
export function rememberingLast<Answer>(most: number): (key: string, compute: () => Answer) => Answer {
  const known = new Map<string, { readonly answer: Answer }>();
  return (key, compute) => {
    const found = known.get(key) ?? { answer: compute() };
    known.delete(key);
    known.set(key, found);
    for (const oldest of known.keys()) {
      if (known.size <= most) break;
      known.delete(oldest);
    }
    return found.answer;
  };
}

/** As {@link remembered}, of an object and what else is asked; `keyOf` tells two questions apart. */
export function rememberedBy<On extends object, Asked extends readonly unknown[], Answer>(
  keyOf: (...asked: Asked) => string,
  compute: (on: On, ...asked: Asked) => Answer,
): (on: On, ...asked: Asked) => Answer {
  const answersOf = remembered<On, Map<string, { readonly answer: Answer }>>(() => new Map());
  return (on, ...asked) => {
    const known = answersOf(on);
    const key = keyOf(...asked);
    const before = known.get(key);
    if (before !== undefined) return before.answer;
    const answer = compute(on, ...asked);
    known.set(key, { answer });
    return answer;
  };
}
