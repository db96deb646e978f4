import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import data from '../../../rules/catalogue/stopgaps.yaml';
import type { Stopgap } from '../../../src/engine/check.ts';
import { factReader } from '../../../src/engine/fact.ts';
import { placeholdersOf, renderCommand } from '../../../src/engine/template.ts';
import { aiServicesFact } from '../../../src/facts/catalogue/ai-services-fact.ts';
import type { Host } from '../../../src/host/host.ts';
import { exposureFact } from '../../../src/facts/exposure/exposure.ts';
import { Stopgaps, stopgaps } from '../../../src/facts/exposure/stopgap-catalogue.ts';
import { stopgapsFact } from '../../../src/facts/exposure/stopgaps.ts';
import { ipCommands, networkSettings } from '../../harness/ip-commands.ts';
import { memoryHost } from '../../harness/memory-host.ts';
import { temporaryDirectory } from '../../harness/temporary-directory.ts';

describe('the catalogue of stopgaps', () => {
  test('follows its schema', () => {
    expect(Stopgaps.safeParse(data).error).toBeUndefined();
  });

  test.each(stopgaps().map((one) => [one.id, one] as const))('%s says how to go back', (_, { fix }) => {
    expect([fix.commands, fix.verify, fix.undo].map((lines) => lines.length > 0)).toEqual([true, true, true]);
  });

  test.each(stopgaps().map((one) => [one.id, one] as const))('%s adds what its commands add', (_, one) => {
    // The rule to follow is the words of a command, but for ufw, which writes it itself.
    const words = 'nft' in one ? /^ +(.*(?:drop))$/m.exec(one.nft)?.[1] : one.iptables;
    const commands = one.fix.commands.join('\n');
    if (one.id === 'ufw') expect(commands).toContain('ufw prepend deny {port}/{proto}');
    else expect(commands).toContain(words);
  });
});

/** A chain in a file; `-D` deletes the first rule that is the same, and fails where there is none. */
const iptables = `#!/bin/sh
case "$1" in
  -n) exit 0 ;;
  -I) shift 2; { echo "$@"; cat "$0.chain"; } >"$0.new" ;;
  -D) shift 2; at=$(grep -nxFm1 -- "$*" "$0.chain" | cut -d: -f1); test -n "$at" || exit 1; sed "$at d" "$0.chain" >"$0.new" ;;
esac
mv "$0.new" "$0.chain"
`;

describe('a rule in DOCKER-USER becomes the first, once', () => {
  const bin = temporaryDirectory();
  const data = { proto: 'tcp', port: 11_434, address: '172.17.0.2', interface: 'eth0', iptables: 'iptables' };

  test.each(['docker-user', 'docker-user-address'])('%s', (id) => {
    const one = stopgaps().find((each) => each.id === id);
    const rule = one !== undefined && 'iptables' in one ? one.iptables : '';
    const wanted = rule.replaceAll(/\{(\w+)\}/g, (_, name: keyof typeof data) => String(data[name]));
    for (const name of ['iptables', 'ip6tables']) writeFileSync(join(bin, name), iptables, { mode: 0o755 });
    const run = (commands: readonly string[]) => {
      for (const command of commands) {
        const line = renderCommand(command, data) ?? 'false';
        const env = { PATH: `${bin}:${process.env.PATH ?? ''}` };
        spawnSync('/bin/sh', ['-c', line], { env, timeout: 10_000 });
      }
      return readFileSync(join(bin, 'iptables.chain'), 'utf8').split('\n').slice(0, -1);
    };
    for (const before of [['-j RETURN'], ['-j RETURN', wanted], [wanted, '-j RETURN', wanted]]) {
      for (const name of ['iptables', 'ip6tables'])
        writeFileSync(join(bin, `${name}.chain`), before.map((each) => `${each}\n`).join(''));
      expect(run(one?.fix.commands ?? [])).toEqual([wanted, '-j RETURN']);
      expect(run(one?.fix.commands ?? [])).toEqual([wanted, '-j RETURN']);
      expect(run(one?.fix.undo ?? [])).toEqual(['-j RETURN']);
    }
  });
});

const links = [
  {
    ifname: 'eth0',
    flags: ['UP'],
    link_type: 'ether',
    addr_info: [
      { family: 'inet', local: '192.168.10.5', prefixlen: 24, scope: 'global' },
      { family: 'inet6', local: 'fd00::5', prefixlen: 64, scope: 'global' },
    ],
  },
  {
    ifname: 'docker0',
    flags: ['UP'],
    link_type: 'ether',
    linkinfo: { info_kind: 'bridge' },
    addr_info: [{ family: 'inet', local: '172.17.0.1', prefixlen: 16, scope: 'global' }],
  },
];

async function readAll(host: Host) {
  const read = factReader(host);
  const [exposures, services, choice] = await Promise.all([
    read(exposureFact),
    read(aiServicesFact),
    read(stopgapsFact),
  ]);
  if (exposures.state === 'unknown' || services.state === 'unknown' || choice.state === 'unknown')
    throw new Error('nothing was read');
  return { exposures: exposures.value, services: services.value, choice: choice.value };
}

/** The commands that are printed for the first socket on 11434, and for the service behind all, with these rules. */
async function printed(save: string, addresses: readonly string[] = ['0.0.0.0']) {
  const host = await memoryHost({
    commands: [
      {
        argv: ['ss', '-H', '-t', '-u', '-l', '-n', '-p', '-e'],
        stdout: addresses
          .map((address) => `tcp LISTEN 0 128 ${address}:11434 0.0.0.0:* users:(("ollama",pid=812,fd=3))\n`)
          .join(''),
      },
      { argv: ['iptables-save'], stdout: save },
      { argv: ['ip6tables-save'], stdout: '' },
      { argv: ['nft', '-j', 'list', 'ruleset'], stdout: '{"nftables":[]}' },
      { argv: ['nft', '-a', 'list', 'ruleset'], stdout: '' },
      ...ipCommands(links, [{ dst: 'default', dev: 'eth0' }]),
    ],
    files: {
      ...networkSettings(links),
      '/proc/812/cmdline': 'ollama\0serve\0',
      '/proc/812/status': 'Name:\tollama\nPPid:\t1\nUid:\t0\t0\t0\t0\n',
      '/proc/1/cmdline': 'init\0',
      '/proc/1/status': 'Name:\tinit\nPPid:\t0\nUid:\t0\t0\t0\t0\n',
    },
  });
  const { exposures, services, choice } = await readAll(host);
  const [exposure] = exposures;
  const [service] = services;
  if (exposure === undefined || service === undefined) throw new Error('nothing was read');
  const stopgap = choice.closing(exposure);
  return {
    scope: exposure.scope,
    commands: stopgap === null ? null : commandsOf(stopgap),
    forService: choice.closingService(service).map(commandsOf),
  };
}

/** What closes the only socket of a machine with these links. */
async function closingSocket(line: string, devices: typeof links) {
  const host = await memoryHost({
    commands: [
      { argv: ['ss', '-H', '-t', '-u', '-l', '-n', '-p', '-e'], stdout: line },
      { argv: ['iptables-save'], stdout: '' },
      { argv: ['ip6tables-save'], stdout: '' },
      { argv: ['nft', '-j', 'list', 'ruleset'], stdout: '{"nftables":[]}' },
      { argv: ['nft', '-a', 'list', 'ruleset'], stdout: '' },
      ...ipCommands(devices, [{ dst: 'default', dev: 'eth0' }]),
    ],
    files: {
      ...networkSettings(devices),
      '/proc/7/cmdline': 'x\0',
      '/proc/7/status': `Name:\t${/"(.*)"/.exec(line)?.[1] ?? 'none'}\nPPid:\t1\nUid:\t0\t0\t0\t0\n`,
      '/proc/1/cmdline': 'init\0',
      '/proc/1/status': 'Name:\tinit\nPPid:\t0\nUid:\t0\t0\t0\t0\n',
    },
  });
  const { exposures, services, choice } = await readAll(host);
  const [exposure] = exposures;
  return {
    scope: exposure?.scope,
    services: services.map(({ service }) => service.id),
    closed: exposure !== undefined && choice.closing(exposure) !== null,
  };
}

const wg0 = {
  ifname: 'wg0',
  flags: ['UP'],
  link_type: 'none',
  linkinfo: { info_kind: 'wireguard' },
  addr_info: [{ family: 'inet', local: '10.9.0.1', prefixlen: 24, scope: 'global' }],
};

test.each([
  [
    'WireGuard’s, which has no owner',
    'udp UNCONN 0 0 0.0.0.0:51820 0.0.0.0:* ino:0 sk:1 cgroup:/ <->\n',
    [wg0],
    false,
  ],
  [
    'an unknown one without any VPN',
    'udp UNCONN 0 0 0.0.0.0:51820 0.0.0.0:* ino:0 sk:1 cgroup:/ <->\n',
    [],
    true,
  ],
  ['Tailscale’s', 'udp UNCONN 0 0 0.0.0.0:41641 0.0.0.0:* users:(("tailscaled",pid=7,fd=3))\n', [], false],
  [
    'another beside a VPN',
    'udp UNCONN 0 0 0.0.0.0:4000 0.0.0.0:* users:(("game",pid=7,fd=3))\n',
    [wg0],
    true,
  ],
])('a port that a VPN runs over is not closed: %s', async (_, line, more, closed) => {
  expect(await closingSocket(line, [...links, ...more])).toEqual({ scope: 'any', services: [], closed });
});

test('nothing closes a socket on an interface that is not there: who comes in once it is was not seen', async () => {
  const line = 'tcp LISTEN 0 128 0.0.0.0%wg9:11434 0.0.0.0:* users:(("ollama",pid=7,fd=3))\n';
  expect(await closingSocket(line, links)).toMatchObject({ scope: 'unknown', closed: false });
});

function commandsOf({ fix, data }: Stopgap): readonly string[] {
  return fix.commands.map((command) => renderCommand(command, data) ?? '');
}

const ufw = (...more: readonly string[]) =>
  [
    '*filter',
    ':INPUT DROP [0:0]',
    ':ufw-user-input - [0:0]',
    ...more,
    '-A INPUT -j ufw-user-input',
    '-A ufw-user-input -p tcp -m tcp --dport 11434 -j ACCEPT',
    'COMMIT',
    '',
  ].join('\n');

describe('what is printed to close a port', () => {
  test('is ufw where ufw decides', async () => {
    const { scope, commands } = await printed(ufw());
    expect(scope).toBe('any');
    expect(commands).toContain('ufw prepend deny 11434/tcp');
  });

  test('is a table of its own where ufw is not asked', async () => {
    const { commands } = await printed(ufw('-A INPUT -p tcp -m tcp --dport 11434 -j ACCEPT'));
    expect(commands).toContain(
      'nft add rule inet aisec_until_tcp_11434 prerouting iifname != lo fib daddr type local tcp dport 11434 drop',
    );
  });

  test('is behind NAT where NAT leads another port there', async () => {
    const { commands } = await printed(
      [
        '*nat',
        ':PREROUTING ACCEPT [0:0]',
        '-A PREROUTING -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 11434',
        'COMMIT',
        '',
      ].join('\n'),
    );
    expect(commands).toContain(
      'nft add rule inet aisec_until_tcp_11434_input input iifname != lo tcp dport 11434 drop',
    );
  });

  test('is for a service what closes all of its doors', async () => {
    const one = await printed(ufw());
    expect(one.forService).toEqual([one.commands]);
    // ufw decides nothing for IPv6 here.
    const { commands, forService } = await printed(ufw(), ['0.0.0.0', '[::]']);
    expect(commands).toContain('ufw prepend deny 11434/tcp');
    const table = expect.arrayContaining(['nft add table inet aisec_until_tcp_11434']);
    // One for both families.
    expect(forService).toEqual([table]);
  });

  test('is nothing for a service that nobody else reaches', async () => {
    const closed = ufw('-A INPUT -j DROP');
    expect(await printed(closed)).toMatchObject({ scope: 'loopback', forService: [] });
    expect(await printed(closed, ['127.0.0.1'])).toMatchObject({ scope: 'loopback', forService: [] });
  });
});

test('every value that a stopgap names is known', () => {
  const names = ['proto', 'port', 'address', 'family', 'interface', 'iptables', 'table'];
  const templates = stopgaps().flatMap((one) => [
    ...one.fix.commands,
    ...one.fix.undo,
    ...one.fix.verify,
    'nft' in one ? one.nft : one.iptables,
  ]);
  expect(names).toEqual(expect.arrayContaining(templates.flatMap(placeholdersOf)));
});
