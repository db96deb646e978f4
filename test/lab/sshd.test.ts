import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { debianVersionCompare } from '../../src/facts/packages/debian-version.ts';
import { readAccounts, groupsOf } from '../../src/facts/sshd/accounts.ts';
import type { SshdOptions } from '../../src/facts/sshd/effective.ts';
import { effectiveOptions } from '../../src/facts/sshd/effective.ts';
import { connectionSpecification, parseProgram } from '../../src/facts/sshd/program.ts';
import { readConfigTree } from '../../src/facts/sshd/tree.ts';
import { memoryHost } from '../harness/memory-host.ts';
import type { Box } from './box.ts';
import { bootBox } from './box.ts';
import { describeLab } from './prerequisites.ts';
import type { SshdTree } from './sshd-trees.ts';
import { sshdTree } from './sshd-trees.ts';

const seed = Number(process.env.SEED ?? 1);

function placed({ files }: SshdTree, directory: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [`${directory}/${name}`, text.replaceAll('@', directory)]),
  );
}

/** Options that both sides name, as text; Debian has its own additions to the default key exchange. */
function comparable(own: SshdOptions, program: SshdOptions): Record<string, [string, string]> {
  const plain = (text: string) => text.replace('sntrup761x25519-sha512,', '');
  return Object.fromEntries(
    [...own].flatMap(([name, { values }]) => {
      const theirs = program.get(name);
      if (theirs === undefined) return [];
      return [[name, [plain(values.join('|')), plain(theirs.values.join('|'))]]];
    }),
  );
}

describeLab('sshd', () => {
  let box: Box;
  beforeAll(async () => {
    box = await bootBox('sshd');
  });
  afterAll(() => box.stop());

  test('the own parser reads 600 random trees as sshd -T and sshd -T -C do', async () => {
    const trees = fc.sample(sshdTree, { numRuns: 600, seed });
    const accountFiles = Object.fromEntries(
      await Promise.all(
        ['/etc/passwd', '/etc/group'].map(async (path) => [path, await box.must(`cat ${path}`)] as const),
      ),
    );
    const script = ['mkdir -p /run/sshd'];
    for (const [index, tree] of trees.entries()) {
      const directory = `/srv/sshd/${String(index)}`;
      for (const [path, text] of Object.entries(placed(tree, directory))) {
        await mkdir(dirname(box.path(path)), { recursive: true });
        await writeFile(box.path(path), text);
      }
      for (const specification of ['lport=1', ...tree.connections.map(connectionSpecification)]) {
        script.push(
          `sshd -T -f ${directory}/main.conf -C '${specification}' 2>/tmp/error || echo "refused $(head -c 300 /tmp/error)"`,
          'echo ====',
        );
      }
    }
    const answers = (await box.must(script.join('\n'), 280)).split('====\n');
    let compared = 0;
    for (const [index, tree] of trees.entries()) {
      const directory = `/srv/sshd/${String(index)}`;
      const host = await memoryHost({ files: { ...placed(tree, directory), ...accountFiles } });
      const accounts = await readAccounts(host);
      const read = await readConfigTree(host, `${directory}/main.conf`);
      for (const [at, connection] of [null, ...tree.connections].entries()) {
        const answer = answers[index * 4 + at] ?? '';
        if (answer.includes('refused ')) continue;
        const whole = connection && { ...connection, groups: groupsOf(accounts, connection.user) };
        const own = effectiveOptions(read, { connection: whole, version: '9.2' });
        const pairs = comparable(own, parseProgram(answer, 'sshd -T'));
        const differing = Object.entries(pairs).filter(([, [ours, theirs]]) => ours !== theirs);
        expect({ index, connection, differing, files: differing.length > 0 ? tree.files : null }).toEqual({
          index,
          connection,
          differing: [],
          files: null,
        });
        expect(Object.keys(pairs).length).toBeGreaterThan(40);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(1000);
  });

  test('Debian versions are ordered as dpkg orders them', async () => {
    const part = fc.string({
      unit: fc.constantFrom('0', '1', '9', '10', '.', '~', '+', 'a', 'Z', 'deb', 'u'),
      maxLength: 6,
    });
    const version = fc
      .tuple(fc.constantFrom('', '0:', '1:'), part, fc.constantFrom('', '-'), part)
      .map(
        ([epoch, upstream, hyphen, revision]) => `${epoch}1${upstream}${hyphen}${hyphen && `1${revision}`}`,
      );
    const pairs = fc.sample(fc.tuple(version, version), { numRuns: 1000, seed });
    const script = pairs.map(
      ([a, b]) =>
        `if dpkg --compare-versions '${a}' lt '${b}'; then echo -1; elif dpkg --compare-versions '${a}' eq '${b}'; then echo 0; else echo 1; fi`,
    );
    const answers = (await box.must(script.join('\n'))).trim().split('\n').map(Number);
    const ours = pairs.map(([a, b]) => Math.sign(debianVersionCompare(a, b)));
    const differing = pairs.filter((_, index) => ours[index] !== answers[index]);
    expect(differing).toEqual([]);
    expect(new Set(answers).size).toBe(3);
  });
});
