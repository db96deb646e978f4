import { describe, expect, test } from '@jest/globals';
import type { Ran } from '../harness/aisec.ts';
import { aisec } from '../harness/aisec.ts';
import { temporaryDirectory } from '../harness/temporary-directory.ts';

const directory = temporaryDirectory();
const run = (...args: string[]): Ran => aisec(args, directory);

const commands = ['audit', 'exposure', 'collect', 'rules', 'explain'] as const;

describe('help', () => {
  test.each([[], ...commands.map((command) => [command])])(
    'of %j has examples and fits 80 columns',
    (...argv) => {
      const { exit, stdout } = run(...argv, '--help');
      expect(exit).toBe(0);
      expect(stdout).toMatch(/Examples:\n {2}\$ /);
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    },
  );
});

describe('mistakes', () => {
  test.each([
    [['adit'], "unknown command 'adit'", 'Did you mean audit?'],
    [['audit', '--formt', 'json'], "unknown option '--formt'", 'Did you mean --format?'],
    [['audit', '--format', 'jsn'], 'there is no format "jsn"', 'Did you mean "json"?'],
    [['audit', '--layer', 'acess'], 'there is no layer "acess"', 'Did you mean "access"?'],
    [['exposure', '--port', '0'], 'whole number from 1 to 65535', ''],
    [['exposure', '--format', 'svgg'], 'there is no format "svgg"', 'Did you mean "svg"?'],
    [['exposure', '--from', '203.0.113.7'], '--from belongs to a question', 'add --to ADDR, --port N'],
    [['exposure', '--to', '10.0.0.2', '--port', '22'], '--to belongs to a question', 'add --from ADDR'],
    [['exposure', '--interface', 'eth0'], '--interface belongs to a question', 'add --from ADDR, --to ADDR'],
    [['exposure', '--queries', 'a', '--port', '22'], '--queries and --port exclude each other', ''],
    [['exposure', '--queries', 'a'], 'a could not be read', 'no such file'],
    [['exposure', '--path', '.'], "unknown option '--path'", ''],
    [['rules', 'a', 'b'], 'too many arguments', ''],
    [['explain'], "missing required argument 'id'", ''],
  ])('%j exits 2, says what and suggests', (argv, what, suggestion) => {
    const { exit, stdout, stderr } = run(...argv);
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toContain(what);
    expect(stderr).toContain(suggestion);
  });
});

describe('colour', () => {
  const escape = '\u001b';

  test.each<[string, boolean, Record<string, string>, string[]]>([
    ['none in a pipe', false, {}, []],
    ['some where it is forced', true, { FORCE_COLOR: '1' }, []],
    ['none with NO_COLOR', false, { FORCE_COLOR: '1', NO_COLOR: '1' }, []],
    ['none with --no-color', false, { FORCE_COLOR: '1' }, ['--no-color']],
  ])('%s', (_, colored, env, options) => {
    for (const command of [['rules'], ['explain', 'sysctl-dmesg']]) {
      const { exit, stdout } = aisec([...command, ...options], directory, env);
      expect([exit, stdout.includes(escape)]).toEqual([0, colored]);
    }
  });
});
