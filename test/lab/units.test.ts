import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { assembleUnit } from '../../src/facts/units/assemble-unit.ts';
import { loadUnit } from '../../src/facts/units/load-unit.ts';
import { readManagerDefaults } from '../../src/facts/units/manager-defaults.ts';
import { propertyNames } from '../../src/facts/units/settings.ts';
import type { ShownUnit } from '../../src/facts/units/systemctl.ts';
import { parseShow, property } from '../../src/facts/units/systemctl.ts';
import { readUnitTree } from '../../src/facts/units/unit-tree.ts';
import { directoryHost } from '../../src/host/directory.ts';
import type { Box } from './box.ts';
import { bootBox } from './box.ts';
import { describeLab } from './prerequisites.ts';
import { randomUnit } from './unit-trees.ts';

const number = 700;
// Free lists whose text form is not compared: what they hold decides nothing but that they are set.
const compared = propertyNames('service').filter(
  (name) =>
    !['SystemCallFilter', 'AllowedCPUs', 'CPUAffinity', 'RootDirectory', 'WorkingDirectory'].includes(name),
);

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  if (text.startsWith('->')) await symlink(text.slice(2), path);
  else await writeFile(path, text);
}

/** What a shell would make of `"a b" c`; systemctl quotes so. */
function unquoted(text: string): string[] {
  return Array.from(text.matchAll(/(?:\$'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[^ ])+/gs), ([word]) =>
    word.replace(/\$'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"/gs, (_, ansi?: string, plain?: string) =>
      (ansi ?? plain ?? '').replace(/\\t/g, '\t').replace(/\\(.)/gs, '$1'),
    ),
  );
}

function commandsOf(shown: ShownUnit): string[] {
  return (shown.get('ExecStart') ?? [])
    .filter((text) => text !== '')
    .map(
      (text) =>
        /^\{ path=(.*?) ; argv\[\]=(.*?) ; ignore_errors=/s.exec(text)?.slice(1, 3).join(' | ') ?? text,
    );
}

describeLab('units', () => {
  let box: Box;
  beforeAll(async () => {
    box = await bootBox('units');
  });
  afterAll(() => box.stop());

  test(`the own parser reads ${String(number)} random unit trees as systemd does`, async () => {
    const seed = Number(process.env.SEED ?? 1);
    const units = Array.from({ length: number }, (_, index) =>
      fc.sample(randomUnit(index), { numRuns: 1, seed: seed + index }),
    ).flat();
    for (const [path, text] of units.flatMap(({ files }) => Object.entries(files))) {
      await write(box.path(path), text);
    }
    await write(
      box.path('/usr/lib/systemd/system/service.d/65-global.conf'),
      '[Service]\nEnvironment=GLOBAL=1\nProtectHostname=yes\n',
    );
    const names = units.map(({ name }) => name);
    const properties = ['Id', 'LoadState', 'Environment', 'ExecStart', ...propertyNames('service')].join(',');
    await writeFile(box.path('/srv/names'), names.map((name) => name.replaceAll('\\', '\\\\')).join('\n'));
    const text = await box.must(
      `systemctl daemon-reload; xargs systemctl show --no-pager --property=${properties} -- </srv/names`,
      120,
    );
    const shown = parseShow(text);
    expect(shown).toHaveLength(names.length);

    const host = directoryHost('rootfs', box.path('/'), new Date(0));
    const tree = await readUnitTree(host);
    const defaults = await readManagerDefaults(host);
    const memory = await memoryOf();
    const mostTasks = Number((await box.must('cat /proc/sys/kernel/threads-max')).trim());
    const machine = { hostname: 'units', machineId: null, kernel: null };
    const differences: unknown[] = [];
    const counts = { loaded: 0, refused: 0, properties: 0 };
    for (const [index, { name, files }] of units.entries()) {
      const theirs = shown[index];
      if (theirs === undefined) continue;
      if (property(theirs, 'LoadState') !== 'loaded') {
        counts.refused++;
        continue;
      }
      const loaded = await loadUnit(host, tree, name);
      const read = await assembleUnit(host, loaded, { machine, defaults });
      const own = {
        id: read.name,
        ...Object.fromEntries(compared.map((key) => [key, read.settings[key]?.value])),
        environment: Object.entries(read.environment)
          .map(([key, { value }]) => `${key}=${value}`)
          .toSorted(),
        commands: read.execStart.map(({ path, argv }) => `${path} | ${argv.join(' ')}`),
      };
      const removed = new Set(Object.keys(read.environment));
      const other = {
        id: property(theirs, 'Id'),
        ...Object.fromEntries(
          compared.map((key) => [key, sameForm(own, key, property(theirs, key), { memory, mostTasks })]),
        ),
        // The manager shows Environment= before UnsetEnvironment= takes from it.
        environment: unquoted(property(theirs, 'Environment'))
          .filter((pair) => removed.has(pair.replace(/=[\s\S]*$/, '')))
          .toSorted(),
        commands: commandsOf(theirs),
      };
      for (const [key, ours] of Object.entries(own)) {
        const manager = (other as Record<string, unknown>)[key];
        // By an alias, specifiers are resolved with the name that was asked for.
        if (!isDeepStrictEqual(ours, asCanonical(manager)))
          differences.push({ key, ours, manager, name, files });
      }
      counts.loaded++;
      counts.properties += compared.length + 2;
    }
    expect(differences.slice(0, 3)).toEqual([]);
    process.stderr.write(`unit trees: ${JSON.stringify(counts)}\n`);
    expect(counts.loaded).toBeGreaterThanOrEqual(500);
  });
});

function asCanonical(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null).replaceAll('alias-u', 'u')) as unknown;
}

async function memoryOf(): Promise<number> {
  const text = await readFile('/proc/meminfo', 'utf8');
  return Number(/^MemTotal:\s+(\d+)/m.exec(text)?.[1]) * 1024;
}

/** The manager's value, in the form that files alone allow: shares stay shares, unset limits unset. */
function sameForm(
  own: Readonly<Record<string, unknown>>,
  key: string,
  shown: string,
  machine: { memory: number; mostTasks: number },
): unknown {
  const mine = own[key];
  if (typeof mine !== 'string') return shown;
  // What a service without LimitCORE= gets is the manager's own.
  if (key === 'LimitCORE' && mine === '') return mine;
  if (!mine.endsWith('%')) return shown;
  const whole = key === 'TasksMax' ? machine.mostTasks : machine.memory;
  const share = (Number(shown) / whole) * 100;
  return Math.abs(share - Number(mine.slice(0, -1))) < 0.5 ? mine : `${String(share)}%`;
}
