import type { Exposure } from '../../engine/report.ts';
import type { AddressRange, AddressSet, Family } from '../netfilter/addresses.ts';
import { isPublic, privateNetworks } from '../netfilter/address-classes.ts';
import { intersect, parseAddresses, sizeOf, subtract, toPrefixes, union } from '../netfilter/addresses.ts';
import { remembered, rememberingLast } from '../remember.ts';
import type { Answer } from './answer.ts';
import type { Vantage } from './vantage.ts';

/** Who gets in over each interface, in few words: `10.0.0.0/24`, `10.0.0.0/8 except 10.9.0.0/16`. */
export function reachableFrom(answers: readonly Answer[]): Exposure['reachableFrom'] {
  // Most doors of a machine answer the same to the same.
  return known(answers.map(keyOf).join('|'), () => findReachable(answers));
}

const known = rememberingLast<Exposure['reachableFrom']>(64);

/** All that the words depend on. */
function keyOf({ vantage, decision: { verdict, admitted } }: Answer): string {
  const ranges = admitted.map(({ first, last }) => `${String(first)}-${String(last)}`);
  return `${wholeOf(vantage)} ${verdict} ${ranges.join(',')}`;
}

const wholeOf = remembered((vantage: Vantage) => JSON.stringify(vantage));

function findReachable(answers: readonly Answer[]): Exposure['reachableFrom'] {
  const admitting = answers.filter(({ decision }) => decision.verdict === 'accept');
  const names = [...new Set(admitting.map(({ vantage }) => vantage.interface))];
  return names.map((name) => {
    const there = answers.filter(({ vantage }) => vantage.interface === name);
    const words = (['ip', 'ip6'] as const).flatMap((family) =>
      sourceWords(
        there.filter(({ vantage }) => vantage.family === family),
        family,
      ),
    );
    const here = admitting.filter(({ vantage }) => vantage.interface === name);
    const scopes = [...new Set(here.map(({ vantage }) => vantage.scope))];
    const fromInternet = here.filter(({ vantage }) => vantage.scope === 'any');
    const routerNeeded =
      fromInternet.length > 0 && fromInternet.every(({ vantage }) => !isPublic(vantage.address));
    return { interface: name, scopes, sources: [...new Set(words)], routerNeeded };
  });
}

function sourceWords(answers: readonly Answer[], family: Family): readonly string[] {
  const near = answers.filter(({ vantage }) => vantage.sources.class !== 'internet');
  const far = answers.filter(
    ({ vantage, decision }) => vantage.sources.class === 'internet' && decision.verdict === 'accept',
  );
  const admitted = union(near.flatMap(({ decision }) => decision.admitted));
  const own = union(near.flatMap(({ vantage }) => parseAddresses(vantage.network)?.addresses ?? []));
  const internet = far.flatMap(({ decision: { accepted, except } }) =>
    accepted.map((source) => withExceptions(source, except)),
  );
  const wide = near.some(({ vantage }) => vantage.sources.class === 'private');
  const networks = wide ? privateNetworks(family) : [];
  const everybody = far.some(({ decision }) => decision.except.length === 0);
  // Whoever admits everybody need not be told which private networks that takes in.
  const rest = everybody && subtract([...networks], union([...admitted, ...own])).length === 0;
  return [...networkWords(admitted, own, rest ? [] : networks, family), ...internet];
}

function networkWords(
  admitted: AddressSet,
  own: AddressSet,
  networks: readonly AddressRange[],
  family: Family,
): readonly string[] {
  const wide = networks.filter((one) => mostOf(admitted, one));
  const said = union(wide);
  const ownWords = own
    .filter((one) => subtract([one], said).length > 0)
    .flatMap((one) => wordsOf(admitted, one, family));
  const others = networks.filter((one) => !wide.includes(one));
  return [
    ...ownWords,
    ...wide.flatMap((one) => wordsOf(admitted, one, family)),
    ...others.flatMap((one) => {
      const got = intersect(admitted, [one]);
      // Its own network is said already, unless a greater prefix takes it in.
      const beyond = subtract(got, own);
      return beyond.length === 0 ? [] : shorter(toPrefixes(got, family), toPrefixes(beyond, family));
    }),
  ];
}

function shorter(a: readonly string[], b: readonly string[]): readonly string[] {
  return a.length < b.length ? a : b;
}

function mostOf(admitted: AddressSet, range: AddressRange): boolean {
  return sizeOf(intersect(admitted, [range])) * 2n > sizeOf([range]);
}

function wordsOf(admitted: AddressSet, range: AddressRange, family: Family): readonly string[] {
  const got = intersect(admitted, [range]);
  if (!mostOf(admitted, range)) return toPrefixes(got, family);
  const except = toPrefixes(subtract([range], got), family);
  return toPrefixes([range], family).map((prefix) => withExceptions(prefix, except));
}

function withExceptions(source: string, except: readonly string[]): string {
  return except.length === 0 ? source : `${source} except ${except.join(', ')}`;
}
