import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { rules } from '../../rules/registry.ts';
import type { Ran } from '../harness/aisec.ts';
import { aisec } from '../harness/aisec.ts';
import { temporaryDirectory } from '../harness/temporary-directory.ts';

const directory = temporaryDirectory();
const run = (...args: string[]): Ran => aisec(args, directory);

describe('aisec rules', () => {
  test('lists every rule', () => {
    const { exit, stdout } = run('rules');
    expect(exit).toBe(0);
    for (const { id } of rules) expect(stdout).toContain(` ${id}`);
  });

  test('prints them as JSON', () => {
    const { stdout } = run('rules', '--format', 'json');
    expect(JSON.parse(stdout)).toEqual({ rules: JSON.parse(JSON.stringify(rules)) as unknown });
  });

  test('prints one as its page', () => {
    const { stdout } = run('rules', 'sysctl-dmesg', '--format', 'markdown');
    expect(stdout).toMatch(/^# sysctl-dmesg\n/);
  });

  test('prints a table of all', () => {
    const { stdout } = run('rules', '--format', 'markdown');
    expect(stdout.trim().split('\n')).toHaveLength(rules.length + 2);
  });

  test.each([
    [['rules', 'sysctl-dmsg'], 'there is no rule "sysctl-dmsg". Did you mean "sysctl-dmesg"?'],
    [['explain', 'sysctl-dmsg'], 'there is no rule "sysctl-dmsg". Did you mean "sysctl-dmesg"?'],
    [['rules', '--format', 'jsn'], 'there is no format "jsn". Did you mean "json"?'],
    [['explain', 'x\u001b[2J'], 'there is no rule "x\\x1b[2J".'],
  ])('%j is an error of use', (argv, message) => {
    const { exit, stdout, stderr } = run(...argv);
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toBe(`error: ${message}\n`);
  });
});

describe('aisec explain', () => {
  test('tells all there is to know', () => {
    const { exit, stdout } = run('explain', 'sysctl-dmesg');
    expect(exit).toBe(0);
    for (const words of ['Why it matters', 'What it says when it fails', 'aisec audit fills in {', 'See']) {
      expect(stdout).toContain(words);
    }
  });
});

describe('own rules', () => {
  test('are listed and explained by their former name too', () => {
    mkdirSync(join(directory, 'own/host'), { recursive: true });
    writeFileSync(join(directory, 'aisec.yaml'), 'rulesDir: own\n');
    writeFileSync(
      join(directory, 'own/host/sysrq-on.yaml'),
      JSON.stringify({
        id: 'sysrq-on',
        check: 'sysctl-value',
        with: { keys: ['kernel.sysrq'], accept: ['1'] },
        severity: 'info',
        title: 'This machine sysrq early',
        why: 'A keyboard reboots it.',
        fix: { summary: 'Turn it off.', risk: 'none' },
        since: '0.1.0',
        aliases: ['sysrq'],
        profiles: { server: { severity: 'low' }, ci: { enabled: false } },
      }),
    );
    expect(run('rules').stdout).toContain('sysrq-on');
    const { stdout } = run('explain', 'sysrq');
    expect(stdout).toContain('This machine sysrq early.');
    expect(stdout).toContain('info; in profile server low; in profile ci off');
    expect(stdout).toMatch(/once +sysrq/);
  });
});
