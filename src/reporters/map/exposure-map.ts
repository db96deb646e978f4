import type { Exposure } from '../../engine/report.ts';
import { ownerOf, serviceOf, socketOf } from '../exposure-words.ts';
import { groupBy } from '../groups.ts';
import { clip, wrap } from '../wrap.ts';

/**
 * What meets somebody who comes in, worst first.
 *
 * - `open`: nothing, or a credential that everybody knows
 * - `unknown`: whether anybody comes in is not known
 * - `doubtful`: maybe a credential, or one that does not guard everything
 * - `guarded`: a credential
 */
export type Guard = 'open' | 'unknown' | 'doubtful' | 'guarded';
const guards: readonly Guard[] = ['open', 'unknown', 'doubtful', 'guarded'];

/** A published port, or a socket, on its addresses. */
export interface MapDoor {
  readonly id: string;
  readonly lines: readonly string[];
  readonly guard: Guard;
  /** Whether more may come in than is known. */
  readonly doubt: boolean;
}

export interface MapService {
  readonly id: string;
  readonly lines: readonly string[];
  /** The worst of its doors'. */
  readonly guard: Guard;
  readonly doors: readonly MapDoor[];
}

export interface MapSource {
  readonly id: string;
  readonly lines: readonly string[];
}

export interface MapNote {
  readonly id: string;
  readonly lines: readonly string[];
  readonly guard: 'plain' | 'unknown';
}

/** Sources → firewall → doors → services; texts are the machine's, on one line each, and not yet escaped. */
export interface ExposureMap {
  readonly sources: readonly MapSource[];
  /** Worst first. */
  readonly services: readonly MapService[];
  /** What is not drawn one by one. */
  readonly notes: readonly MapNote[];
}

interface Bounds {
  /** Whether everything was seen. */
  readonly whole: boolean;
  /** Doors that are drawn: a picture has limits that a table has not. */
  readonly most?: number;
}

/** Columns. */
const longestText = 44;
const mostAddresses = 4;

export function exposureMap(exposures: readonly Exposure[], { whole, most = 1_000 }: Bounds): ExposureMap {
  const far = exposures.filter(({ scope }) => scope !== 'loopback').toSorted(worstFirst);
  const drawn = far.slice(0, most);
  const services = Array.from(groupBy(drawn, serviceKey).values(), serviceNode);
  return {
    sources: sourceNames(drawn).map((name, index) => ({
      id: `source${String(index)}`,
      lines: [clipped(name)],
    })),
    services: services.map((service, index) => ({
      ...service,
      id: `service${String(index)}`,
      doors: service.doors.map((door, at) => ({ ...door, id: `door${String(index)}_${String(at)}` })),
    })),
    notes: notesOf({
      drawn: drawn.length,
      left: far.length - drawn.length,
      local: exposures.length - far.length,
      whole,
    }),
  };
}

interface Rest {
  readonly drawn: number;
  readonly left: number;
  readonly local: number;
  readonly whole: boolean;
}

function notesOf({ drawn, left, local, whole }: Rest): MapNote[] {
  const unseen = [
    ...(left > 0 ? [`not drawn: ${String(left)} more that others may reach`] : []),
    ...(whole ? [] : ['not everything was seen']),
  ];
  const known = [
    ...(local > 0 ? [`${String(local)} that only this machine reaches`] : []),
    ...(drawn + local + unseen.length > 0 ? [] : ['nothing listens']),
  ];
  return [
    ...known.map((text) => ({ lines: [text], guard: 'plain' as const })),
    ...unseen.map((text) => ({ lines: [text], guard: 'unknown' as const })),
  ].map((note, index) => ({ ...note, id: `note${String(index)}` }));
}

function worstFirst(a: Exposure, b: Exposure): number {
  return guards.indexOf(guardOf(a)) - guards.indexOf(guardOf(b)) || a.port - b.port;
}

function guardOf({ scope, reachableFrom, authentication }: Exposure): Guard {
  if (scope === 'unknown' && reachableFrom.length === 0) return 'unknown';
  if (authentication === 'none') return 'open';
  return authentication === 'proved' ? 'guarded' : 'doubtful';
}

function serviceKey(exposure: Exposure): string {
  return JSON.stringify([
    serviceOf(exposure),
    exposure.workload ?? exposure.process,
    exposure.authentication,
  ]);
}

function serviceNode(exposures: readonly [Exposure, ...Exposure[]]): Omit<MapService, 'id'> {
  const [first] = exposures;
  const doors = Array.from(groupBy(exposures, doorKey).values(), doorNode);
  const name = serviceOf(first);
  const owner = ownerOf(first);
  return {
    lines: [name, ...(owner === name ? [] : [`run by ${owner}`]), authenticationWords(first)].map(clipped),
    guard: guardOf(first),
    doors,
  };
}

/** Addresses that answer alike are one door. */
function doorKey(exposure: Exposure): string {
  return JSON.stringify([
    exposure.port,
    exposure.proto,
    exposure.scope === 'unknown',
    ...doorWords(exposure),
  ]);
}

function doorNode(exposures: readonly [Exposure, ...Exposure[]]): MapDoor {
  const [first] = exposures;
  const further = exposures.length - mostAddresses;
  return {
    id: '',
    lines: [
      ...exposures.slice(0, mostAddresses).map((each) => clipped(socketOf(each))),
      ...(further > 0 ? [`and ${String(further)} more addresses`] : []),
      ...doorWords(first).flatMap((words) => wrap(words, longestText)),
    ],
    guard: guardOf(first),
    doubt: first.scope === 'unknown',
  };
}

function doorWords(exposure: Exposure): string[] {
  const names = sourceNames([exposure]);
  const more =
    exposure.scope === 'unknown' ? [names.length === 0 ? 'where from is not known' : 'maybe more'] : [];
  const from = names.length === 0 ? [] : [`from ${names.join(', ')}`];
  const past = exposure.firewallSays === 'refuses' && names.length > 0;
  return [...from, ...more, ...(past ? ['past the firewall, which would refuse'] : [])];
}

function authenticationWords({ authentication }: Exposure): string {
  switch (authentication) {
    case 'none':
      return 'asks for no credential';
    case 'partial':
      return 'its credential does not guard everything';
    case 'proved':
      return 'asks for a credential';
    case 'unknown':
      return 'may ask for no credential';
    case null:
      return 'not known what it asks for';
  }
}

/** Farthest first: the internet, then each LAN, each VPN, and the containers together. */
function sourceNames(exposures: readonly Exposure[]): string[] {
  const near = exposures.flatMap(({ reachableFrom }) => reachableFrom);
  const named = (scope: 'lan' | 'vpn', words: string) =>
    near.filter(({ scopes }) => scopes.includes(scope)).map((each) => `${words} ${each.interface}`);
  const has = (scope: 'any' | 'containers') => near.some(({ scopes }) => scopes.includes(scope));
  return [
    ...new Set([
      ...(has('any') ? ['the internet'] : []),
      ...named('lan', 'LAN'),
      ...named('vpn', 'VPN'),
      ...(has('containers') ? ['containers'] : []),
    ]),
  ];
}

function clipped(text: string): string {
  return clip(text, longestText);
}
