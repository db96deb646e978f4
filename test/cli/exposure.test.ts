import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { aisec } from '../harness/aisec.ts';
import { temporaryDirectory } from '../harness/temporary-directory.ts';

const directory = temporaryDirectory();

test('what cannot be told is no empty list', () => {
  // The files of a machine that does not run: nothing says what listens.
  const { exit, stdout, stderr } = aisec(['exposure', '--root', '.'], directory);
  expect([exit, stdout]).toEqual([3, '']);
  expect(stderr).toMatch(/^who can reach this machine is not known: [^\n]+\n$/);
});

test('nothing seen is not nothing there, where not everything was seen', () => {
  const snapshot = join(directory, 'part');
  mkdirSync(join(snapshot, 'commands'), { recursive: true });
  const header = {
    schema: 'aisec/snapshot/v1',
    name: 'part',
    collectedAt: '2026-11-21T00:00:00Z',
    privileged: true,
  };
  writeFileSync(join(snapshot, 'host.yaml'), JSON.stringify({ ...header, how: 'made in a test' }));
  const argv = ['ss', '-H', '-t', '-u', '-l', '-n', '-p', '-e'];
  writeFileSync(join(snapshot, 'commands/ss.json'), JSON.stringify({ argv, exitCode: 0, stderr: '' }));
  writeFileSync(join(snapshot, 'commands/ss.out'), '');
  const { exit, stdout, stderr } = aisec(['exposure', '--snapshot', 'part', '--port', '22'], directory);
  expect([exit, stdout]).toEqual([0, 'Nothing was seen to listen on port 22; not everything was seen.\n']);
  expect(stderr).toMatch(/^warning: not everything was seen: /);
});

const weak = resolve('fixtures/hosts/weak');

function ask(...args: string[]) {
  return aisec(['exposure', '--snapshot', weak, ...args], directory);
}

describe('one question', () => {
  const from = ['--from', '203.0.113.7', '--to', '10.77.0.2'];

  test.each<[string[], number, RegExp]>([
    [
      ['--port', '3000'],
      0,
      /^reachable {2}203\.0\.113\.7 → 10\.77\.0\.2:3000\/tcp over host0\n {3}1 {2}-A PRE/,
    ],
    [
      ['--port', '4'],
      0,
      /^blocked {2}203\.0\.113\.7 → 10\.77\.0\.2:4\/tcp over host0\n[^]*nothing listens there\n$/,
    ],
    [['--port', '3000', '--proto', 'udp'], 0, /^blocked /],
    // A mistyped name must not look like a closed port.
    [
      ['--port', '3000', '--interface', 'hots0'],
      3,
      /^unknown .*over hots0\n {3}1 {2}there is no interface hots0\n$/,
    ],
  ])('%j', (args, code, page) => {
    const { exit, stdout } = ask(...from, ...args);
    expect(stdout).toMatch(page);
    expect(exit).toBe(code);
  });

  test('as JSON is one entry of the many', () => {
    const { stdout } = ask(...from, '--port', '22', '--format', 'json');
    const line = JSON.stringify({ from: '203.0.113.7', to: '10.77.0.2', port: 22 });
    writeFileSync(join(directory, 'one.jsonl'), line);
    const many = ask('--queries', 'one.jsonl', '--format', 'json');
    expect(JSON.parse(many.stdout)).toEqual({ queries: [JSON.parse(stdout)] });
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'reachable', proto: 'tcp', interface: 'host0' });
  });

  test.each([
    [['--from', '10.1', '--to', '10.77.0.2', '--port', '22'], '--from 10.1: must be an IP address'],
    [[...from, '--port', '22', '--proto', 'tpc'], 'there is no protocol "tpc". Did you mean "tcp"?'],
    [[...from, '--port', '22', '--format', 'svg'], '--format svg draws the whole map'],
  ])('%j is refused in one line', (args, what) => {
    const { exit, stdout, stderr } = ask(...args);
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toContain(what);
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
  });
});

describe('many questions', () => {
  const lines = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      JSON.stringify({ from: `10.77.${String(index % 250)}.9`, to: '10.77.0.2', port: 1 + (index % 5000) }),
    ).join('\n');

  test('are answered in order, and soon', () => {
    writeFileSync(join(directory, 'many.jsonl'), lines(5000));
    const started = performance.now();
    const { exit, stdout } = ask('--queries', 'many.jsonl', '--format', 'json', '-o', 'answers.json');
    expect([exit, stdout]).toEqual([0, '']);
    const { queries } = JSON.parse(readFileSync(join(directory, 'answers.json'), 'utf8')) as {
      queries: { port: number }[];
    };
    expect(queries.map(({ port }) => port)).toEqual(Array.from({ length: 5000 }, (_, index) => index + 1));
    // Generous: the machine may be busy. Alone it takes half a second.
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('one a line, aligned', () => {
    writeFileSync(join(directory, 'two.jsonl'), `${lines(1)}\n${lines(22).split('\n').at(-1) ?? ''}\n`);
    const { stdout } = ask('--queries', 'two.jsonl');
    expect(stdout.split('\n')).toEqual([
      'blocked    10.77.0.9   10.77.0.2:1/tcp   host0  nothing listens there',
      'reachable  10.77.21.9  10.77.0.2:22/tcp  host0  policy accept (ip filter INPUT)',
      '',
    ]);
  });

  test('of which one is bad print nothing', () => {
    writeFileSync(join(directory, 'bad.jsonl'), `${lines(3)}\n{"to": 1}\n`);
    const { exit, stdout, stderr } = ask('--queries', 'bad.jsonl');
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: bad\.jsonl:4: from: must be an IP address/);
  });

  test('too many are refused before they are read', () => {
    const { exit, stderr } = ask('--queries', '/dev/zero');
    expect([exit, stderr]).toEqual([2, 'error: /dev/zero is larger than 4194304 bytes: split it\n']);
  });

  test('none is no error', () => {
    expect(ask('--queries', '/dev/null', '--format', 'json')).toMatchObject({
      exit: 0,
      stdout: '{\n  "queries": []\n}\n',
    });
  });
});

describe('the map', () => {
  test.each([
    ['dot', /^digraph exposure \{\n/],
    ['mermaid', /^flowchart LR\n/],
    ['svg', /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/],
  ])('as %s draws an open service red', (format, start) => {
    const { exit, stdout } = ask('--format', format, '--port', '11434');
    expect([exit, start.test(stdout)]).toEqual([0, true]);
    expect(stdout).toContain('ollama');
    expect(stdout).toContain('#c62828');
    expect(stdout).not.toContain('grafana');
  });
});

test('the list says what a service asks for, and what kind of sources reach it', () => {
  const { stdout } = ask('--port', '11434', '--format', 'json');
  expect(JSON.parse(stdout)).toMatchObject({
    exposures: [
      {
        service: 'ollama',
        authentication: 'none',
        reachableFrom: [
          { interface: 'host0', scopes: ['lan', 'any'] },
          { interface: 'docker0', scopes: ['containers'] },
        ],
      },
    ],
  });
});
