import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseActions } from '../../../src/facts/fail2ban/action.ts';
import { bansOf } from '../../../src/facts/fail2ban/bans.ts';
import { parsePorts, parseServices } from '../../../src/facts/fail2ban/ports.ts';

test.each([
  ['a', [{ name: 'a', options: {} }]],
  [
    'a[x=1, y="2, 3"] b',
    [
      { name: 'a', options: { x: '1', y: '2, 3' } },
      { name: 'b', options: {} },
    ],
  ],
  [
    'a[x=1][y=2]\n  b',
    [
      { name: 'a', options: { x: '1', y: '2' } },
      { name: 'b', options: {} },
    ],
  ],
  ["a[x='q]r', y=z]", [{ name: 'a', options: { x: 'q]r', y: 'z' } }]],
  ['', []],
])('%j', (text, calls) => {
  expect(parseActions(text)).toEqual(calls);
});

test('any text is split without a throw or a hang', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '[', ']', '=', '"', "'", ',', ' ', '\n'), maxLength: 200 }),
      (text) => {
        expect(Array.isArray(parseActions(text))).toBe(true);
      },
    ),
  );
});

const services = parseServices('ssh 22/tcp\nntp 123/udp\nhttp-alt 8080/tcp webcache # alias\n');

test.each([
  ['iptables-multiport[port="ssh"]', 'input', [{ from: 22, to: 22 }]],
  [
    'iptables-multiport[port="ssh,8000:8010", chain="<known/chain>"]',
    'input',
    [
      { from: 22, to: 22 },
      { from: 8000, to: 8010 },
    ],
  ],
  ['iptables-allports[chain=DOCKER-USER]', 'forward', [{ from: 0, to: 65535 }]],
  ['nftables-multiport[port=webcache]', 'input', [{ from: 8080, to: 8080 }]],
  ['nftables[type=allports, chain_hook=forward]', 'forward', [{ from: 0, to: 65535 }]],
  ['nftables[port=ssh, chain_hook=prerouting]', 'everywhere', [{ from: 22, to: 22 }]],
  ['ufw', 'input', [{ from: 0, to: 65535 }]],
  ['sendmail-whois[port=ssh]', 'report', [{ from: 22, to: 22 }]],
  ['my-own[port=nobody-knows]', 'unknown', null],
])('%s bans on %s', (action, where, ports) => {
  expect(bansOf(action, services)).toMatchObject([{ where, ports }]);
});

test('a service of another protocol is none', () => {
  expect(parsePorts('ntp', services)).toBeNull();
});
