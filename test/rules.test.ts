import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { rules } from '../rules/registry.ts';
import { checks } from '../src/checks/registry.ts';
import { outcomes } from '../src/engine/report.ts';
import { placeholdersOf } from '../src/engine/template.ts';
import { recordedHosts } from './harness/recorded-hosts.ts';

/** What every rule and every check owes; see docs/contributing.md. */

/** Where a finding is put right, if not on the machine. */
const variants = ['compose', 'kubernetes', 'swarm'];

const fixesOf = (rule: (typeof rules)[number]) => [rule.fix, ...Object.values(rule.fixes)];

describe.each(rules.map((rule) => [rule.id, rule] as const))('rule %s', (id, rule) => {
  const check = checks.get(rule.check);

  test('names a check, with parameters that the check takes', () => {
    expect(check?.params.safeParse(rule.with).error).toBeUndefined();
  });

  test('has fixes only for messages of its check, and for places that a finding can be in', () => {
    const known = Object.keys(check?.messages ?? {}).flatMap((message) => [
      message,
      ...variants.map((variant) => `${message}/${variant}`),
    ]);
    expect([...known, ...variants]).toEqual(expect.arrayContaining(Object.keys(rule.fixes)));
  });

  test('says what to run, how to see that it worked, and how to go back', () => {
    // A fix that is made by hand may leave them to the stopgap that is chosen for the machine.
    for (const fix of fixesOf(rule).filter(({ commands }) => !rule.stopgap || commands.length > 0)) {
      const onlyLooks = fix.commands.every((command) => fix.verify.includes(command));
      expect({
        id,
        commands: fix.commands.length > 0,
        verify: fix.verify.length > 0,
        undo: fix.undo.length > 0,
      }).toEqual({ id, commands: true, verify: true, undo: !onlyLooks });
    }
  });

  test('takes back no edits of the owner with its own', () => {
    const lines = fixesOf(rule).flatMap(({ commands, undo }) => [...commands, ...undo]);
    expect(lines.filter((line) => /\bgit (?:checkout|restore|reset|clean|stash)\b/.test(line))).toEqual([]);
  });

  test('leaves closing a port to the stopgaps', () => {
    const lines = fixesOf(rule).flatMap(({ commands, verify, undo }) => [...commands, ...verify, ...undo]);
    expect(lines.filter((line) => /aisec_until|-I DOCKER-USER|ufw prepend deny/.test(line))).toEqual([]);
    if (rule.stopgap) expect(Object.keys(check?.optional ?? {})).toContain('stopgaps');
  });

  test('leaves quoting to the program', () => {
    const lines = fixesOf(rule).flatMap(({ commands, verify, undo }) => [...commands, ...verify, ...undo]);
    const quoted = lines.filter((line) => placeholdersOf(line).some((name) => isInQuotes(line, `{${name}}`)));
    expect(quoted).toEqual([]);
  });

  test('has a page', () => {
    expect(existsSync(`docs/rules/${id}.md`)).toBe(true);
  });

  test('fails and passes on a recorded host', () => {
    const seen = new Set(recordedHosts().flatMap(({ expected }) => outcomesOf(expected, id)));
    expect([...seen]).toEqual(expect.arrayContaining(['fail', 'pass']));
  });
});

describe.each([...checks.values()].map((check) => [check.id, check] as const))('check %s', (id) => {
  test('is used by a rule', () => {
    expect(rules.map((rule) => rule.check)).toContain(id);
  });

  test('has a test that names every outcome it can have', () => {
    const layer = rules.find((rule) => rule.check === id)?.layer ?? 'no layer';
    const source = readFileSync(`src/checks/${layer}/${id}.ts`, 'utf8');
    const tests = readFileSync(`test/checks/${layer}/${id}.test.ts`, 'utf8');
    const missing = ['pass', 'fail', 'not-applicable', 'undetermined', 'manual'].filter(
      (outcome) => canBe(source, outcome) && !tests.includes(`'${outcome}'`),
    );
    expect(missing).toEqual([]);
  });
});

test('ids and former ids are unique', () => {
  const ids = rules.flatMap((rule) => [rule.id, ...rule.aliases]);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

function outcomesOf(
  expected: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  id: string,
): string[] {
  return outcomes.filter((outcome) => expected[outcome]?.[id] !== undefined);
}

/** Whether a check's source can give this outcome: as a literal, or through the function of that name. */
function canBe(source: string, outcome: string): boolean {
  const builder = { pass: 'pass(', 'not-applicable': 'notApplicable(', undetermined: 'undetermined(' }[
    outcome
  ];
  return source.includes(`'${outcome}'`) || (builder !== undefined && source.includes(builder));
}

/** Quotes opened before the placeholder and closed behind it: the value would be quoted twice. */
function isInQuotes(line: string, placeholder: string): boolean {
  const before = line.slice(0, line.indexOf(placeholder));
  let open: string | null = null;
  for (let at = 0; at < before.length; at++) {
    const character = before[at] ?? '';
    if (character === '\\' && open !== "'") at++;
    else if (open === null && (character === '"' || character === "'")) open = character;
    else if (character === open) open = null;
  }
  return open !== null;
}
