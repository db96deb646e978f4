import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { rules } from '../../../rules/registry.ts';
import { renderCommand } from '../../../src/engine/template.ts';
import { temporaryDirectory } from '../../harness/temporary-directory.ts';

/** The commands that change daemon.json and dockerd's command line, run over files of the test's own. */
const root = temporaryDirectory();
const mainPid = '/proc/$(systemctl show -p MainPID --value docker)/cmdline';

interface Machine {
  readonly dropIn: string;
  readonly daemonJson: string;
  /** Runs the rule’s commands, every one; the last one’s exit status. */
  readonly run: (id: string, place?: string, part?: 'commands' | 'undo') => number | null;
  /** What systemctl was asked. */
  readonly asked: () => string;
  /** Files beside daemon.json that keep what was there. */
  readonly kept: () => readonly string[];
}

interface Engine {
  /** What is in daemon.json. */
  readonly json?: string;
  /** Whether the engine comes up again. */
  readonly restarts?: boolean;
  /** What `dockerd --validate` says of any daemon.json; `unknown` is an engine before 23, which has no such option. */
  readonly validates?: 'yes' | 'no' | 'unknown';
}

function machine(argv: readonly string[], engine: Engine = {}): Machine {
  const { json = '{}', restarts = true, validates = 'yes' } = engine;
  const directory = mkdtempSync(join(root, 'machine-'));
  const [bin, log, cmdline] = ['bin', 'log', 'cmdline'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  const [dropIn, daemonJson] = [join(directory, 'zz.conf'), join(directory, 'daemon.json')];
  mkdirSync(bin);
  const stub = (name: string, script: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  stub(
    'systemctl',
    `echo "$@" >>${log}; case "$1" in try-restart) exit ${restarts ? '0' : '1'};; *) exit 0;; esac`,
  );
  const help = validates === 'unknown' ? '' : '--validate';
  stub('dockerd', `case "$1" in --help) echo ${help};; *) exit ${validates === 'yes' ? '0' : '1'};; esac`);
  writeFileSync(cmdline, argv.map((word) => `${word}\0`).join(''));
  writeFileSync(daemonJson, json);
  writeFileSync(log, '');
  return {
    ...{ dropIn, daemonJson },
    run: (id, place = 'flag', part = 'commands') => {
      const rule = rules.find((each) => each.id === id);
      const fix = rule?.fixes[place] ?? rule?.fix;
      let status: number | null = 0;
      for (const command of fix?.[part] ?? []) {
        const here = (renderCommand(command, { file: daemonJson, account: 'ann' }) ?? 'false')
          .replaceAll(mainPid, cmdline)
          .replaceAll(/\/etc\/systemd\/system\/docker\.service\.d\/zz-[\w-]+\.conf/g, dropIn)
          .replaceAll('/etc/systemd/system/docker.service.d', directory)
          .replaceAll('/etc/docker/daemon.json', daemonJson)
          .replaceAll('/etc/docker', directory);
        expect(here).not.toContain('/etc/');
        const env = { PATH: `${bin}:/usr/bin:${process.env.PATH ?? ''}`, HOME: process.env.HOME ?? '' };
        ({ status } = spawnSync('/bin/sh', ['-c', here], { env, encoding: 'utf8' }));
      }
      return status;
    },
    asked: () => readFileSync(log, 'utf8'),
    kept: () => readdirSync(directory).filter((name) => name.startsWith('daemon.json.')),
  };
}

/** The words that systemd makes of a drop-in: systemd.service(5), "Command lines"; systemd.unit(5), "Specifiers". */
function words(dropIn: string): string[] {
  const [, , line = ''] = readFileSync(dropIn, 'utf8').split('\n');
  return [...line.replace(/^ExecStart=/, '').matchAll(/"((?:[^"\\]|\\.)*)"(?: |$)/g)].map(([, word = '']) =>
    word
      .replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
      .replaceAll('%%', '%')
      .replaceAll('$$', () => '$'),
  );
}

const awkward = ['--label', 'a b"c', '--log-opt=tag={{.Name}} 5% \\ $HOME', '--bip=', '', "it's"];

describe('an option is taken out of the command line', () => {
  test.each([
    ['engine-icc', ['--icc=true'], { icc: false }],
    ['engine-experimental', ['--experimental'], {}],
    ['engine-userland-proxy', ['--userland-proxy=true'], { 'userland-proxy': false }],
    ['engine-live-restore', ['--live-restore=false'], { 'live-restore': true }],
    ['engine-iptables-off', ['--iptables=false'], {}],
    ['engine-userns-off', ['--userns-remap', ''], { 'userns-remap': 'default' }],
    [
      'engine-insecure-registry',
      ['--insecure-registry', 'a.lan', '--insecure-registry=b.lan'],
      { 'insecure-registries': [] },
    ],
  ])('%s: %j', (id, option, json) => {
    const { run, dropIn, daemonJson, asked } = machine([
      '/usr/bin/dockerd',
      '-H',
      'fd://',
      ...option,
      ...awkward,
    ]);
    expect(run(id)).toBe(0);
    expect(words(dropIn)).toEqual(['/usr/bin/dockerd', '-H', 'fd://', ...awkward]);
    expect(JSON.parse(readFileSync(daemonJson, 'utf8'))).toEqual(json);
    expect(asked()).toMatch(/daemon-reload\n(?:.*\n)?try-restart docker\n$/);
  });

  test('engine-log-rotation takes the other options of the log with it', () => {
    const { run, dropIn, daemonJson } = machine([
      '/usr/bin/dockerd',
      '--log-opt',
      'tag=x=y',
      '--log-opt=max-file=5',
    ]);
    expect(run('engine-log-rotation')).toBe(0);
    expect(words(dropIn)).toEqual(['/usr/bin/dockerd']);
    expect(JSON.parse(readFileSync(daemonJson, 'utf8'))).toEqual({
      'log-opts': { tag: 'x=y', 'max-file': '5', 'max-size': '10m' },
    });
  });

  test('nothing is changed where the unit’s command line has no such option', () => {
    const { run, dropIn, daemonJson, asked } = machine(['/bin/sh', '-c', 'dockerd --icc=true']);
    run('engine-icc');
    expect(existsSync(dropIn)).toBe(false);
    expect(readFileSync(daemonJson, 'utf8')).toBe('{}');
    expect(asked()).toBe('');
  });

  test('an engine that does not come up again is started as it was', () => {
    const json = '{"debug":true}';
    const { run, dropIn, daemonJson, asked } = machine(['/usr/bin/dockerd', '--icc=true'], {
      json,
      restarts: false,
    });
    expect(run('engine-icc')).not.toBe(0);
    expect(existsSync(dropIn)).toBe(false);
    expect(JSON.parse(readFileSync(daemonJson, 'utf8'))).toEqual(JSON.parse(json));
    expect(asked()).toMatch(/try-restart docker\ndaemon-reload\nreset-failed docker\nstart docker\n$/);
  });
});

/** By rule: the option on the command line, and what daemon.json may say of it before. */
const changes: readonly (readonly [id: string, flag: readonly string[], before: object])[] = [
  ['engine-icc', ['--icc=true'], { icc: true }],
  ['engine-experimental', ['--experimental'], { experimental: true }],
  ['engine-userland-proxy', ['--userland-proxy=true'], { 'userland-proxy': true }],
  ['engine-live-restore', ['--live-restore=false'], { 'live-restore': false }],
  ['engine-iptables-off', ['--iptables=false'], { iptables: false }],
  ['engine-userns-off', ['--userns-remap', ''], { 'userns-remap': '' }],
  [
    'engine-insecure-registry',
    ['--insecure-registry', 'a.lan'],
    { 'insecure-registries': ['a.lan', 'b.lan'] },
  ],
  ['engine-log-rotation', ['--log-opt', 'tag=x'], { 'log-opts': { 'max-size': '1g', labels: 'a' } }],
];
const places = ['engine', 'rootless', 'flag', 'file'];

describe.each(
  changes.flatMap(([id, flag, before]) => places.map((place) => [id, place, flag, before] as const)),
)('%s, fixed in its place %s,', (id, place, flag, before) => {
  const argv = ['/usr/bin/dockerd', ...flag];
  // An engine does not start where the command line and daemon.json name the same option.
  const earlier = { flag: [{}], engine: [{}, before] }[place] ?? [before];

  test.each(earlier)('is taken back and nothing else: %j', (own) => {
    const written = { debug: true, ...own };
    const { run, dropIn, daemonJson, kept } = machine(argv, { json: JSON.stringify(written) });
    const now = () => JSON.parse(readFileSync(daemonJson, 'utf8')) as Record<string, unknown>;
    run(id, place);
    run(id, place);
    expect(kept()).toHaveLength(1);
    writeFileSync(daemonJson, JSON.stringify({ ...now(), debug: false, mtu: 1400 }));
    for (const time of ['first', 'second']) {
      expect([time, run(id, place, 'undo')]).toEqual([time, 0]);
      expect(now()).toEqual({ ...written, debug: false, mtu: 1400 });
    }
    expect(kept()).toEqual([]);
    expect(existsSync(dropIn)).toBe(false);
  });

  test.each(place === 'engine' ? ['{"debug": true,}', '[]'] : ['{"debug": true,}'])(
    'leaves a daemon.json alone that the engine would not take: %s',
    (json) => {
      const broken: Engine = { json, validates: json === '[]' ? 'no' : 'unknown' };
      const { run, dropIn, daemonJson, kept, asked } = machine(argv, broken);
      run(id, place);
      run(id, place, 'undo');
      expect(readFileSync(daemonJson, 'utf8')).toBe(json);
      expect(kept()).toEqual([]);
      expect(existsSync(dropIn)).toBe(false);
      expect(asked()).not.toMatch(/restart|reload docker/);
    },
  );
});

test('a default runtime comes back, and nothing else', () => {
  const { run, daemonJson, kept } = machine([], { json: '{"default-runtime": "nvidia"}' });
  expect([1, 2].map(() => run('gpu-by-default-runtime', 'engine'))).toEqual([0, 0]);
  writeFileSync(daemonJson, '{"default-runtime": "runc", "mtu": 1400}');
  expect([1, 2].map(() => run('gpu-by-default-runtime', 'engine', 'undo'))).toEqual([0, 0]);
  const now = JSON.parse(readFileSync(daemonJson, 'utf8')) as unknown;
  expect(now).toEqual({ 'default-runtime': 'nvidia', mtu: 1400 });
  expect(kept()).toEqual([]);
});

test('a registry that was added since stays when the others come back', () => {
  const { run, daemonJson } = machine([], { json: '{"insecure-registries": ["a.lan"]}' });
  run('engine-insecure-registry', 'engine');
  writeFileSync(daemonJson, '{"insecure-registries": ["c.lan", "a.lan"]}');
  run('engine-insecure-registry', 'engine', 'undo');
  expect(JSON.parse(readFileSync(daemonJson, 'utf8'))).toEqual({ 'insecure-registries': ['a.lan', 'c.lan'] });
});

test('options of the log that were added since stay', () => {
  const { run, daemonJson } = machine(['/usr/bin/dockerd', '--log-opt', 'tag=x'], {});
  run('engine-log-rotation');
  const options = { 'max-size': '10m', 'max-file': '3', tag: 'x' };
  expect(JSON.parse(readFileSync(daemonJson, 'utf8'))).toEqual({ 'log-opts': options });
  writeFileSync(daemonJson, JSON.stringify({ 'log-opts': { ...options, labels: 'a' } }));
  run('engine-log-rotation', 'flag', 'undo');
  expect(JSON.parse(readFileSync(daemonJson, 'utf8'))).toEqual({ 'log-opts': { labels: 'a' } });
});

describe.each(['docker-api-exposed', 'docker-api-loopback'])('%s', (id) => {
  test.each([
    [
      ['-H', 'fd://', '-H', 'tcp://0.0.0.0:2375'],
      ['-H', 'fd://'],
    ],
    [['-Htcp://0.0.0.0:2375', '-H=unix:///run/docker.sock'], ['-H=unix:///run/docker.sock']],
    [
      ['--host=tcp://[::]:2375', '--host', 'fd://'],
      ['--host', 'fd://'],
    ],
    [['-H', '0.0.0.0:2375', '--host=:2376'], []],
  ])('%j', (given, left) => {
    const { run, dropIn, asked } = machine(['/usr/bin/dockerd', ...given, ...awkward]);
    expect(run(id)).toBe(0);
    expect(words(dropIn)).toEqual(['/usr/bin/dockerd', ...left, ...awkward]);
    expect(asked()).toBe('daemon-reload\ntry-restart docker.service\n');
  });

  test('where daemon.json alone names it the command line stays as it is', () => {
    const { run, dropIn, daemonJson } = machine(['/usr/bin/dockerd'], {
      json: '{"hosts": ["tcp://0.0.0.0:2375"]}',
    });
    expect(run(id)).toBe(0);
    expect(existsSync(dropIn)).toBe(false);
    expect(JSON.parse(readFileSync(daemonJson, 'utf8'))).toEqual({});
  });

  test('an engine that does not come up again is started as it was', () => {
    const json = '{"hosts":["tcp://0.0.0.0:2375"]}';
    const { run, dropIn, daemonJson, asked } = machine(['/usr/bin/dockerd', '-H', ':1'], {
      json,
      restarts: false,
    });
    expect(run(id)).not.toBe(0);
    expect(existsSync(dropIn)).toBe(false);
    expect(JSON.parse(readFileSync(daemonJson, 'utf8'))).toEqual(JSON.parse(json));
    expect(asked()).toMatch(/start docker\.service\n$/);
  });

  test('what listened before comes back, and nothing else', () => {
    const { run, dropIn, daemonJson, kept } = machine(['/usr/bin/dockerd'], {
      json: '{"hosts": ["tcp://0.0.0.0:2375"]}',
    });
    expect([run(id), run(id)]).toEqual([0, 0]);
    writeFileSync(daemonJson, '{"mtu": 1400}');
    expect([run(id, 'flag', 'undo'), run(id, 'flag', 'undo')]).toEqual([0, 0]);
    expect(JSON.parse(readFileSync(daemonJson, 'utf8'))).toEqual({
      hosts: ['tcp://0.0.0.0:2375'],
      mtu: 1400,
    });
    expect(kept()).toEqual([]);
    expect(existsSync(dropIn)).toBe(false);
  });

  test('a daemon.json that does not parse is left alone, and the engine with it', () => {
    const { run, dropIn, daemonJson, asked } = machine(['/usr/bin/dockerd', '-H', ':1'], {
      json: '{',
      validates: 'unknown',
    });
    expect(run(id)).not.toBe(0);
    expect(run(id, 'flag', 'undo')).not.toBe(0);
    expect(readFileSync(daemonJson, 'utf8')).toBe('{');
    expect(existsSync(dropIn)).toBe(false);
    expect(asked()).not.toMatch(/start/);
  });
});
