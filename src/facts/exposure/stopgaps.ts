import type { Stopgap } from '../../engine/check.ts';
import { defineFact } from '../../engine/fact.ts';
import type { Exposure } from '../../engine/report.ts';
import type { Evidence } from '../../host/evidence.ts';
import { known } from '../../host/evidence.ts';
import { aiServicesFact } from '../catalogue/ai-services-fact.ts';
import type { AiService } from '../catalogue/ai-services.ts';
import { exposuresOf } from '../catalogue/service-behind.ts';
import { firewallFact } from '../firewall/firewall.ts';
import { addressOf } from '../netfilter/addresses.ts';
import { followerOf } from '../netfilter/alike.ts';
import { remembered } from '../remember.ts';
import { answersOf } from './answer.ts';
import { scopeOf } from './describe.ts';
import { translatedPorts } from './entrance.ts';
import type { AnsweredDoor } from './exposure.ts';
import { answeredDoorsFact, exposureFact } from './exposure.ts';
import type { Network } from './network.ts';
import { networkFact } from './network.ts';
import type { StopgapTemplate } from './stopgap-catalogue.ts';
import { stopgaps } from './stopgap-catalogue.ts';
import type { StopgapData, Trial } from './stopgap-trial.ts';
import { dataOf, trialsOf } from './stopgap-trial.ts';

/**
 * The commands that close an exposure on this machine, by its own rules: each candidate's rules are added to
 * the ruleset, and the first with which nobody else gets in any more is the answer. `null`: none does, or the
 * rules were not seen.
 */
export interface Stopgaps {
  readonly closing: (exposure: Exposure) => Stopgap | null;
  /** For every door of a service that others come in by; a port of several addresses is closed at once if it can be. */
  readonly closingService: (service: AiService) => readonly Stopgap[];
}

export const stopgapsFact = defineFact<Stopgaps>({
  id: 'stopgaps',
  gather: async (_host, read) => {
    const [firewall, network, answered, exposures, services] = await Promise.all([
      read(firewallFact),
      read(networkFact),
      read(answeredDoorsFact),
      read(exposureFact),
      read(aiServicesFact),
    ]);
    if (firewall.state === 'unknown' || network.state === 'unknown' || answered.state === 'unknown') {
      return known({ closing: () => null, closingService: () => [] }, 'the firewall');
    }
    const doors = new Map(answered.value.map((each) => [each.exposure, each]));
    const open = answered.value.filter(({ exposure: { scope } }) => !isNear(scope));
    const chosen = rememberedChoices(trialsOf(firewall.value, network.value, open), network.value);
    const closingAll = (exposure: Exposure, beside: readonly Exposure[]) => {
      if (carriesTunnel(exposure, network.value)) return null;
      const meant = beside.flatMap((one) => doors.get(one) ?? []);
      return meant.length === 0 ? null : chosen(meant, exposure);
    };
    // Several findings may be about one exposure.
    const closing = remembered((exposure: Exposure) => closingAll(exposure, [exposure]));
    const closingService = remembered((service: AiService) => {
      if (exposures.state === 'unknown' || services.state === 'unknown') return [];
      const own = exposuresOf(service, exposures.value, services.value);
      const open = new Set(own.filter(({ scope }) => !isNear(scope)));
      const found: Stopgap[] = [];
      for (const exposure of open) {
        const beside = [...open].filter((other) => isSamePort(other, exposure));
        const all = beside.length === 1 ? null : closingAll(exposure, beside);
        if (all !== null) for (const one of beside) open.delete(one);
        const stopgap = all ?? closing(exposure);
        if (stopgap !== null) found.push(stopgap);
      }
      return found;
    });
    return known({ closing, closingService }, 'the firewall');
  },
});

/** Programs whose UDP ports a VPN runs over. */
const tunnels: ReadonlySet<string> = new Set(
  'tailscaled zerotier-one openvpn charon charon-systemd pluto nebula netbird wireguard-go boringtun'.split(
    ' ',
  ),
);

/** Whether a VPN runs, or may, over a port: closing it cuts off who works over the VPN. WireGuard's is the kernel's own. */
function carriesTunnel({ proto, process }: Exposure, { interfaces }: Network): boolean {
  if (proto !== 'udp') return false;
  return process === null ? interfaces.some(({ kind }) => kind === 'vpn') : tunnels.has(process);
}

/** The commands for an exposure, if there are any. */
export function closingOf(stopgaps: Evidence<Stopgaps>, exposure: Exposure): readonly Stopgap[] {
  const stopgap = stopgaps.state === 'known' ? stopgaps.value.closing(exposure) : null;
  return stopgap === null ? [] : [stopgap];
}

type Choose = (doors: readonly AnsweredDoor[], exposure: Exposure) => Stopgap | null;

/** Doors that no rule and no route tells apart are closed by the same stopgap. */
function rememberedChoices(trial: Trial, network: Network): Choose {
  const known = new Map<string, StopgapTemplate | null>();
  const choose = (doors: readonly AnsweredDoor[], exposure: Exposure, data: StopgapData) =>
    stopgaps().find((stopgap) => {
      if (!stopgap.doors.includes(exposure.kind)) return false;
      const after = trial(stopgap, data, doors);
      return after !== null && doors.every((one) => isClosed(one, after));
    }) ?? null;
  return (doors, exposure) => {
    // Of whom nobody knows who comes in, nothing is seen to keep them out.
    if (doors.some(({ open, exposure: { scope } }) => open.size === 0 && scope === 'unknown')) return null;
    const data = dataOf(exposure);
    const [door] = doors;
    const alike = door === undefined || doors.length > 1 ? null : classOf(door, network);
    const before = alike === null ? undefined : known.get(alike);
    const choice = before === undefined ? choose(doors, exposure, data) : before;
    if (alike !== null) known.set(alike, choice);
    return choice === null ? null : { fix: { ...noCommands, ...choice.fix }, data };
  };
}

/**
 * What rules and routes can tell of a container's own address, and who comes in by it; `null` for any other door.
 * An address that NAT leads to is a class of its own.
 */
function classOf({ door, open }: AnsweredDoor, { net }: Network): string | null {
  const { container, proto, port } = door;
  const address = addressOf(door.address);
  if (container?.published !== false || address === null) return null;
  const { classOf: addressClass, portClassOf } = followerOf(net);
  const places = Array.from(open, (one) =>
    [one.interface, one.address, ...Object.values(one.sources)].join(' '),
  );
  return [
    ...[
      proto,
      address.family,
      addressClass(address.family, address.value),
      portClassOf(address.family, port),
    ],
    ...[translatedPorts(door, address.family, net).join(' '), ...places],
  ].join('|');
}

const noCommands = { commands: [], verify: [], undo: [] };

/** A stopgap lets nobody in who was kept out before: they are not asked again. */
function isClosed({ door, open }: AnsweredDoor, after: Network): boolean {
  return isNear(scopeOf(answersOf(door, after, open)));
}

function isSamePort(one: Exposure, other: Exposure): boolean {
  return one.kind === other.kind && one.proto === other.proto && one.port === other.port;
}

/** Nobody but the machine itself and its containers. */
function isNear(scope: Exposure['scope']): boolean {
  return scope === 'loopback' || scope === 'containers';
}
