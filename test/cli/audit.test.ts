import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Report } from '../../src/engine/report.ts';
import type { Ran } from '../harness/aisec.ts';
import { aisec } from '../harness/aisec.ts';
import { temporaryDirectory } from '../harness/temporary-directory.ts';

const directory = temporaryDirectory();
const write = (name: string, text: string) => {
  writeFileSync(join(directory, name), text);
};
const one = ['audit', '--snapshot', 'weak', '--rule', 'sysctl-dmesg'];
const run = (...args: string[]): Ran => aisec([...one, ...args], directory);
const json = (...args: string[]): Report => JSON.parse(run('--format', 'json', ...args).stdout) as Report;

beforeAll(() => {
  for (const [name, value] of Object.entries({ weak: '0', strong: '1' })) {
    mkdirSync(join(directory, name, 'files/proc/sys/kernel'), { recursive: true });
    write(
      `${name}/host.yaml`,
      JSON.stringify({
        schema: 'aisec/snapshot/v1',
        name,
        collectedAt: '2026-11-21T00:00:00Z',
        privileged: true,
        how: 'made in a test',
        unrecorded: 'absent',
      }),
    );
    write(`${name}/files/proc/sys/kernel/dmesg_restrict`, `${value}\n`);
  }
});

describe('exit code', () => {
  test.each<[number, string[]]>([
    [0, []],
    [1, ['--fail-on', 'low']],
    [0, ['--fail-on', 'medium']],
    [1, ['--min-score', '50']],
    [0, ['--fail-on', 'never']],
    [2, ['--fail-on', 'hihg']],
    [2, ['--min-score', 'many']],
    [2, ['--profile', 'laab']],
    [2, ['--layer', 'hots']],
    [2, ['--rule', 'sysctl-dmseg']],
    [2, ['--format', 'jsn']],
    [2, ['--snapshot', 'nowhere']],
    [2, ['--root', '/nowhere']],
    [2, ['--report', 'json']],
    [2, ['--report', 'jsn=a']],
    [2, ['--no-such-option']],
    [2, ['-o', '/nowhere/report']],
  ])('%i for %j', (exit, args) => {
    const ran = run(...args);
    expect({ exit: ran.exit, stderr: ran.stderr }).toMatchObject({ exit });
    if (exit === 2) expect(ran.stderr).toMatch(/^error: [^\n]+\n(?:[^\n]+\n)?$/);
  });

  test('3 when nothing could be determined', () => {
    const ran = aisec(['audit', '--path', '.', '--rule', 'sysctl-dmesg', '--format', 'json'], directory);
    expect(ran.exit).toBe(3);
    expect((JSON.parse(ran.stdout) as Report).gate.reasons).toEqual(['nothing could be determined']);
  });
});

describe('a mistyped name', () => {
  test.each([
    [['--rule', 'sysctl-dmseg'], 'there is no rule "sysctl-dmseg". Did you mean "sysctl-dmesg"?'],
    [['--layer', 'hots'], 'there is no layer "hots". Did you mean "host"?'],
    [['--format', 'jsn'], 'there is no format "jsn". Did you mean "json"?'],
    [['--fail-on', 'hihg'], 'there is no severity "hihg". Did you mean "high"?'],
    [['--profile', 'laab'], 'there is no profile "laab". Did you mean "lab"?'],
  ])('%j is answered with the nearest', (args, message) => {
    expect(run(...args).stderr).toBe(`error: ${message}\n`);
  });
});

describe('outputs', () => {
  test('-o takes the report, and standard output stays empty', () => {
    expect(run('--format', 'json', '-o', 'out.json').stdout).toBe('');
    expect(JSON.parse(readFileSync(join(directory, 'out.json'), 'utf8'))).toEqual(json());
  });

  test('--report writes further ones beside standard output', () => {
    const ran = run('--report', 'json=more.json', '--report', 'markdown=more.md');
    expect(ran.stdout).toContain('sysctl-dmesg');
    expect(JSON.parse(readFileSync(join(directory, 'more.json'), 'utf8'))).toEqual(json());
    expect(readFileSync(join(directory, 'more.md'), 'utf8')).toContain('sysctl-dmesg');
  });

  test('no stack trace without --verbose, one with it', () => {
    expect(run('--snapshot', 'nowhere').stderr).not.toContain('    at ');
    expect(run('--snapshot', 'nowhere', '--verbose').stderr).toContain('    at ');
  });

  test('a reader that goes away is no error', () => {
    const script = `'${process.execPath}' '${resolve('dist/aisec.js')}' ${one.join(' ')} --format json | true; echo "\${PIPESTATUS[0]}"`;
    expect(execFileSync('bash', ['-c', script], { cwd: directory, encoding: 'utf8' })).toBe('0\n');
  });
});

describe('aisec.yaml', () => {
  const withConfig = (text: string, ...args: string[]) => {
    write('config.yaml', text);
    return run('--config', 'config.yaml', ...args);
  };
  const today = new Date().toISOString().slice(0, 10);

  test('a waiver lets the gate pass and is shown', () => {
    const waiver = `failOn: low\nwaivers: [{rule: sysctl-dmesg, reason: shared lab, expires: ${today}}]\n`;
    const ran = withConfig(waiver, '--format', 'json');
    expect(ran.exit).toBe(0);
    expect((JSON.parse(ran.stdout) as Report).findings[0]).toMatchObject({
      outcome: 'fail',
      waived: { reason: 'shared lab', expires: today },
    });
  });

  test('an expired waiver stops working and says so', () => {
    const waiver = 'failOn: low\nwaivers: [{rule: sysctl-dmesg, reason: shared lab, expires: 2020-01-01}]\n';
    const ran = withConfig(waiver);
    expect(ran.exit).toBe(1);
    expect(ran.stderr).toContain('warning: the waiver of sysctl-dmesg expired on 2020-01-01');
  });

  test.each([
    ['rules: {sysctl-dmseg: off}\n', /there is no rule "sysctl-dmseg". Did you mean "sysctl-dmesg"\?/],
    ['profil: lab\n', /^error: config\.yaml:1: unknown key "profil", did you mean "profile"\?\n$/],
    ['rulesDir: empty\n', /rulesDir empty holds no rules/],
  ])('%j is refused', (text, message) => {
    const ran = withConfig(text);
    expect(ran.exit).toBe(2);
    expect(ran.stderr).toMatch(message);
  });

  test('a named file that is not there is refused', () => {
    expect(run('--config', 'absent.yaml')).toMatchObject({ exit: 2 });
  });

  test('rules of one’s own take part; a broken one names file, line and key', () => {
    mkdirSync(join(directory, 'own/host'), { recursive: true });
    const rule = (more: string) => {
      write(
        'own/host/my-rule.yaml',
        `id: my-rule\ncheck: sysctl-value\nwith: {keys: [kernel.dmesg_restrict], accept: ['1']}\n` +
          `severity: critical\ntitle: Mine\nwhy: Because.\nfix: {summary: Do., risk: none}\nsince: 1.0.0\n${more}`,
      );
    };
    write('config.yaml', 'rulesDir: own\n');
    const args = ['audit', '--snapshot', 'weak', '--config', 'config.yaml', '--rule', 'my-rule'];
    rule('');
    expect(aisec(args, directory).exit).toBe(1);
    rule('wy: x\n');
    expect(aisec(args, directory)).toMatchObject({
      exit: 2,
      stderr: 'error: own/host/my-rule.yaml:9: unknown key "wy", did you mean "why"?\n',
    });
  });
});

describe('rules of one’s own are never left out without a word', () => {
  test.each([
    ['own/host/my-rule.yml', /own\/host\/my-rule\.yml: its name must end in \.yaml/],
    ['own/host', /own\/host could not be read/],
  ])('%s', (path, message) => {
    rmSync(join(directory, 'own'), { recursive: true, force: true });
    mkdirSync(join(directory, dirname(path)), { recursive: true });
    write(path, 'id: my-rule\n');
    write('config.yaml', 'rulesDir: own\n');
    const ran = aisec(['audit', '--snapshot', 'weak', '--config', 'config.yaml'], directory);
    expect(ran.exit).toBe(2);
    expect(ran.stderr).toMatch(message);
  });
});

describe('collect', () => {
  test('records a root directory, which replays to the same findings', () => {
    mkdirSync(join(directory, 'root/etc'), { recursive: true });
    write('root/etc/hostname', 'imagebox\n');
    expect(aisec(['collect', '--root', 'root', '-o', 'root.tar.gz'], directory)).toMatchObject({ exit: 0 });
    const audit = (...target: string[]) => {
      const report = JSON.parse(aisec(['audit', '--format', 'json', ...target], directory).stdout) as Report;
      return { ...report, target: { name: report.target.name } };
    };
    expect(audit('--snapshot', 'root.tar.gz')).toEqual(audit('--root', 'root'));
  });

  test('overwrites nothing', () => {
    write('there.tar.gz', 'mine');
    const ran = aisec(['collect', '--root', 'root', '-o', 'there.tar.gz'], directory);
    expect(ran).toMatchObject({
      exit: 2,
      stderr: 'error: there.tar.gz exists already: aisec overwrites nothing\n',
    });
    expect(readFileSync(join(directory, 'there.tar.gz'), 'utf8')).toBe('mine');
  });

  test('leaves nothing else behind', () => {
    expect(readdirSync(join(directory, 'root'))).toEqual(['etc']);
  });
});

describe('a repository', () => {
  const git = (...args: string[]) => {
    const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org'];
    execFileSync('git', ['-C', join(directory, 'repo'), ...identity, ...args], { stdio: 'ignore' });
  };
  const failed = (...args: string[]) => {
    const ran = aisec(
      ['audit', '--path', 'repo', '--fail-on', 'never', '--format', 'json', ...args],
      directory,
    );
    const { findings } = JSON.parse(ran.stdout) as Report;
    return findings
      .filter(({ outcome }) => outcome === 'fail')
      .map(({ rule, subject }) => `${rule} ${subject}`);
  };

  beforeAll(() => {
    mkdirSync(join(directory, 'repo/one'), { recursive: true });
    mkdirSync(join(directory, 'repo/two'), { recursive: true });
    write('repo/one/sshd_config', 'X11Forwarding yes\n');
    write('repo/two/sshd_config', 'X11Forwarding yes\n');
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'first');
    write('repo/two/sshd_config', 'X11Forwarding yes\nPermitRootLogin no\n');
  });

  test('is named from its root', () => {
    expect(failed()).toEqual(
      expect.arrayContaining(['ssh-x11-forwarding one/sshd_config', 'ssh-x11-forwarding two/sshd_config']),
    );
  });

  test('is looked at where it changed, and nowhere else', () => {
    const found = failed('--changed-since', 'HEAD');
    expect(found).toContain('ssh-x11-forwarding two/sshd_config');
    expect(found.filter((each) => each.includes('one/'))).toEqual([]);
  });

  test('git runs nothing that the repository names, and writes nothing', () => {
    const before = readFileSync(join(directory, 'repo/.git/index'));
    git('config', 'core.fsmonitor', 'touch fsmonitor-ran');
    failed('--changed-since', 'HEAD');
    expect(readdirSync(join(directory, 'repo')).toSorted()).toEqual(['.git', 'one', 'two']);
    expect(readFileSync(join(directory, 'repo/.git/index')).equals(before)).toBe(true);
    git('config', '--unset', 'core.fsmonitor');
  });

  test.each([
    [
      ['--path', 'repo', '--changed-since', 'nowhere'],
      /^error: --changed-since: git says of repo: .*nowhere/,
    ],
    [
      ['--path', 'repo', '--changed-since', '--output=x'],
      /^error: --changed-since: no commit begins with a dash/,
    ],
    [['--changed-since', 'HEAD'], /^error: --changed-since is about a repository/],
    [
      ['--path', 'weak', '--changed-since', 'HEAD'],
      /^error: --changed-since: git says of weak: [^\n]*not a git repository/i,
    ],
  ])('%j is refused in one line', (args, message) => {
    const ran = aisec(['audit', ...args], directory);
    expect(ran.exit).toBe(2);
    expect(ran.stderr).toMatch(message);
  });
});
