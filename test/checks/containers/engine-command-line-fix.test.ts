import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { rules } from '../../../rules/registry.ts';
import { renderCommand } from '../../../src/engine/template.ts';
import { temporaryDirectory } from '../../harness/temporary-directory.ts';

/** The commands that take an option out of dockerd's command line, run over files of the test's own. */
const root = temporaryDirectory();
const mainPid = '/proc/$(systemctl show -p MainPID --value docker)/cmdline';

interface Machine {
  readonly dropIn: string;
  readonly daemonJson: string;
  /** Runs the rule’s commands, every one; the last one’s exit status. */
  readonly run: (id: string) => number | null;
  /** What systemctl was asked. */
  readonly asked: () => string;
}

/** @param restarts - whether the engine comes up again */
function machine(argv: readonly string[], { json = '{}', restarts = true } = {}): Machine {
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
  stub('dockerd', 'echo --validate');
  writeFileSync(cmdline, argv.map((word) => `${word}\0`).join(''));
  writeFileSync(daemonJson, json);
  writeFileSync(log, '');
  return {
    ...{ dropIn, daemonJson },
    run: (id) => {
      const rule = rules.find((each) => each.id === id);
      const fix = rule?.fixes.flag ?? rule?.fix;
      let status: number | null = 0;
      for (const command of fix?.commands ?? []) {
        const here = (renderCommand(command, { file: daemonJson }) ?? 'false')
          .replaceAll(mainPid, cmdline)
          .replaceAll(/\/etc\/systemd\/system\/docker\.service\.d\/zz-[\w-]+\.conf/g, dropIn)
          .replaceAll('/etc/systemd/system/docker.service.d', directory)
          .replaceAll('/etc/docker/daemon.json', daemonJson)
          .replaceAll('/etc/docker', directory);
        expect(here).not.toContain('/etc/');
        const env = { PATH: `${bin}:${process.env.PATH ?? ''}`, HOME: process.env.HOME ?? '' };
        ({ status } = spawnSync('/bin/sh', ['-c', here], { env, encoding: 'utf8' }));
      }
      return status;
    },
    asked: () => readFileSync(log, 'utf8'),
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
    expect(readFileSync(daemonJson, 'utf8')).toBe(json);
    expect(asked()).toMatch(/try-restart docker\ndaemon-reload\nreset-failed docker\nstart docker\n$/);
  });
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
    expect(readFileSync(daemonJson, 'utf8')).toBe(json);
    expect(asked()).toMatch(/start docker\.service\n$/);
  });
});
