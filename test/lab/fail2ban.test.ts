import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { readJails } from '../../src/facts/fail2ban/configuration.ts';
import { memoryHost } from '../harness/memory-host.ts';
import type { Box } from './box.ts';
import { bootBox } from './box.ts';
import type { Fail2banTree } from './fail2ban-trees.ts';
import { fail2banTree } from './fail2ban-trees.ts';
import { describeLab } from './prerequisites.ts';

/** What both sides say of a tree: the enabled jails, or that fail2ban does not start. */
type Said = 'invalid' | readonly Readonly<Record<string, unknown>>[];

const around: Fail2banTree = {
  'fail2ban.conf': '[DEFAULT]\nloglevel = INFO\n[Definition]\n',
  'filter.d/one.conf': '[Definition]\nfailregex = ^<HOST>$\n',
  'filter.d/sshd.conf': '[Definition]\nfailregex = ^<HOST>$\n',
  'action.d/ban.conf': '[Definition]\nactionban = true\n',
  'action.d/tell.local': '[Definition]\nactionban = true\n',
};

async function oursOf(tree: Fail2banTree, directory: string): Promise<Said> {
  const all = Object.entries({ ...tree, ...around });
  const files = Object.fromEntries(
    all.map(([name, text]): [string, string] => [`${directory}/${name}`, text]),
  );
  const evidence = await readJails(await memoryHost({ files }), directory);
  if (evidence.state === 'unknown' || evidence.value === null) throw new Error(JSON.stringify(evidence));
  if (evidence.value.invalid !== null) return 'invalid';
  return evidence.value.jails
    .filter((jail) => jail.enabled)
    .map((jail) =>
      jail.problem !== null
        ? { name: jail.name, problem: true }
        : {
            name: jail.name,
            backend: jail.backend,
            maxretry: jail.maxRetry.value,
            findtime: jail.findTime.value,
            bantime: jail.banTime.value,
            increment: jail.increment,
            ignored: jail.ignored.value,
            actions: jail.bans.map(({ action }) => action),
          },
    );
}

type Command = readonly [string, string, string, ...unknown[]];

function theirsOf(dump: { error?: string; stream?: readonly Command[] }): Said {
  if (dump.stream === undefined) return 'invalid';
  const jails = new Map<string, Record<string, unknown>>();
  for (const [verb, name, what, ...values] of dump.stream) {
    if (verb === 'config-error') {
      const skipped = /^Jail '(.*)' skipped/.exec(name)?.[1] ?? name;
      jails.set(skipped, { name: skipped, problem: true });
    }
    if (verb === 'add') {
      jails.set(name, { name, backend: what, increment: false, ignored: [], actions: [] });
    }
    const jail = jails.get(name);
    if (jail === undefined || verb !== 'set') continue;
    if (what === 'maxretry') jail.maxretry = values[0];
    if (what === 'findtime' || what === 'bantime') jail[what] = values[1];
    if (what === 'bantime.increment') jail.increment = values[0];
    if (what === 'addignoreip') jail.ignored = values;
    if (what === 'addaction') jail.actions = [...(jail.actions as unknown[]), values[0]];
  }
  return [...jails.values()];
}

describeLab('fail2ban', () => {
  let box: Box;
  beforeAll(async () => {
    box = await bootBox('fail2ban');
  });
  afterAll(() => box.stop());

  test('the own parser reads 800 random trees as fail2ban does', async () => {
    const trees = fc.sample(fail2banTree, { numRuns: 800, seed: Number(process.env.SEED ?? 1) });
    const directories = trees.map((_, index) => `/srv/trees/${String(index)}`);
    for (const [index, tree] of trees.entries()) {
      for (const [name, text] of Object.entries({ ...tree, ...around })) {
        const path = join(box.path(directories[index] ?? ''), name);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, text);
      }
    }
    const script = await readFile(resolve(import.meta.dirname, 'fail2ban-dump.py'), 'utf8');
    await writeFile(box.path('/srv/dump.py'), script);
    await writeFile(box.path('/srv/directories'), directories.join('\n'));
    const dumps = (await box.must('python3 /srv/dump.py </srv/directories')).trim().split('\n');
    expect(dumps).toHaveLength(trees.length);

    const counts = { invalid: 0, jails: 0, skipped: 0 };
    for (const [index, tree] of trees.entries()) {
      const dump = JSON.parse(dumps[index] ?? '') as Parameters<typeof theirsOf>[0];
      const theirs = theirsOf(dump);
      const ours = await oursOf(tree, directories[index] ?? '');
      expect({ tree, error: dump.error, said: ours }).toEqual({ tree, error: dump.error, said: theirs });
      if (theirs === 'invalid') counts.invalid++;
      else {
        counts.jails += theirs.length;
        counts.skipped += theirs.filter((jail) => 'problem' in jail).length;
      }
    }
    // Most trees must mean something, or the comparison would prove nothing.
    process.stderr.write(`fail2ban trees: ${JSON.stringify(counts)}\n`);
    expect(counts.invalid).toBeLessThan(trees.length / 2);
    expect(counts.jails).toBeGreaterThan(trees.length / 2);
  });
});
