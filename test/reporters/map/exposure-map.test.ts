import { describe, expect, test } from '@jest/globals';
import type { Exposure } from '../../../src/engine/report.ts';
import { exposureMap } from '../../../src/reporters/map/exposure-map.ts';
import { exposure } from '../../harness/exposures.ts';

const all = { whole: true };
const local = exposure({ scope: 'loopback', address: '127.0.0.1', reachableFrom: [] });
const unknown: Partial<Exposure> = { scope: 'unknown', reachableFrom: [] };
const fromLan: Exposure['reachableFrom'] = [
  { interface: 'eth0', scopes: ['lan'], sources: ['10.0.0.0/24'], routerNeeded: false },
];

function only(over: Partial<Exposure>) {
  const [service] = exposureMap([exposure(over)], all).services;
  const [door] = service?.doors ?? [];
  if (service === undefined || door === undefined) throw new Error('nothing drawn');
  return { service, door };
}

describe('what meets a visitor', () => {
  test.each<[string, boolean, Partial<Exposure>]>([
    ['open', false, { authentication: 'none' }],
    ['guarded', false, { authentication: 'proved' }],
    ['doubtful', false, { authentication: 'partial' }],
    ['doubtful', false, { authentication: 'unknown' }],
    ['doubtful', false, { authentication: null }],
    ['unknown', true, { authentication: 'none', ...unknown }],
    ['unknown', true, { authentication: 'proved', ...unknown }],
    // Somebody surely comes in, others maybe: it is open, not unknown.
    ['open', true, { authentication: 'none', scope: 'unknown', reachableFrom: fromLan }],
  ])('%s, with doubt %s, for %j', (guard, doubt, over) => {
    const { door, service } = only(over);
    expect([door.guard, service.guard, door.doubt]).toEqual([guard, guard, doubt]);
  });

  test('a service is as bad as its worst door', () => {
    const ollama = { service: 'ollama', authentication: 'none' } as const;
    const doors = [exposure({ ...ollama, ...unknown, port: 1 }), exposure({ ...ollama, port: 2 })];
    const { services } = exposureMap(doors, all);
    expect(services.map(({ guard }) => guard)).toEqual(['open']);
    expect(services[0]?.doors.map(({ guard }) => guard)).toEqual(['open', 'unknown']);
  });
});

describe('the words of a door', () => {
  test.each<[Partial<Exposure>, readonly string[]]>([
    [{}, ['0.0.0.0:11434/tcp', 'from the internet, LAN eth0']],
    [
      { firewallSays: 'refuses' },
      ['0.0.0.0:11434/tcp', 'from the internet, LAN eth0', 'past the firewall, which would refuse'],
    ],
    [unknown, ['0.0.0.0:11434/tcp', 'where from is not known']],
    [{ scope: 'unknown' }, ['0.0.0.0:11434/tcp', 'from the internet, LAN eth0', 'maybe more']],
    [
      {
        scope: 'vpn',
        reachableFrom: [
          { interface: 'docker0', scopes: ['containers'], sources: [], routerNeeded: false },
          { interface: 'br-1', scopes: ['containers'], sources: [], routerNeeded: false },
          { interface: 'wg0', scopes: ['vpn'], sources: [], routerNeeded: false },
        ],
      },
      ['0.0.0.0:11434/tcp', 'from VPN wg0, containers'],
    ],
  ])('for %j', (over, lines) => {
    expect(only(over).door.lines).toEqual(lines);
  });

  test('addresses that answer alike are one door, others are not', () => {
    const [four, six] = ['0.0.0.0', '::'].map((address) => exposure({ address }));
    if (four === undefined || six === undefined) throw new Error('no exposures');
    const doorsOf = (...exposures: Exposure[]) =>
      exposureMap(exposures, all).services.flatMap(({ doors }) => doors.map(({ lines }) => lines));
    expect(doorsOf(four, six)).toEqual([
      ['0.0.0.0:11434/tcp', '[::]:11434/tcp', 'from the internet, LAN eth0'],
    ]);
    expect(doorsOf(four, { ...six, reachableFrom: fromLan })).toHaveLength(2);
    expect(doorsOf(four, { ...six, port: 1 })).toHaveLength(2);
  });
});

describe('what is not drawn is told', () => {
  const notes = (exposures: readonly Exposure[], bounds: { whole: boolean; most?: number }) =>
    exposureMap(exposures, bounds).notes.map(({ lines, guard }) => [guard, ...lines]);

  test.each<[readonly Exposure[], { whole: boolean; most?: number }, readonly (readonly string[])[]]>([
    [[], all, [['plain', 'nothing listens']]],
    [[], { whole: false }, [['unknown', 'not everything was seen']]],
    [[local, local], all, [['plain', '2 that only this machine reaches']]],
    [[exposure()], all, []],
    [
      [1, 2, 3].map((port) => exposure({ port })),
      { whole: true, most: 2 },
      [['unknown', 'not drawn: 1 more that others may reach']],
    ],
  ])('%#', (exposures, bounds, texts) => {
    expect(notes(exposures, bounds)).toEqual(texts);
  });

  test('of many, the worst are drawn', () => {
    const quiet = [1, 2, 3].map((port) => exposure({ port, authentication: 'proved' }));
    const { services } = exposureMap([...quiet, exposure({ authentication: 'none' })], {
      whole: true,
      most: 1,
    });
    expect(services.map(({ guard }) => guard)).toEqual(['open']);
  });
});
