import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { checks } from '../checks/registry.ts';
import type { Layer } from '../engine/rule.ts';
import { Rule, layers } from '../engine/rule.ts';
import { InputError } from '../engine/input-error.ts';
import { parseYamlAs } from '../engine/yaml-document.ts';
import { rules } from '../../rules/registry.ts';
import { UsageError, unknownName } from './usage-error.ts';

/**
 * The built-in rules, and those of the owner's own folder (laid out as `rules/`: one folder per layer).
 *
 * @throws InputError naming file, line and key of a broken rule
 */
export async function loadRules(rulesDir: string | undefined, relativeTo: string): Promise<readonly Rule[]> {
  if (rulesDir === undefined) return rules;
  const directory = join(relativeTo, rulesDir);
  const own: Rule[] = [];
  for (const layer of layers) {
    for (const name of await yamlFilesIn(join(directory, layer))) {
      const file = join(directory, layer, name);
      own.push(parseRule(await readFile(file, 'utf8'), file, layer));
    }
  }
  if (own.length === 0)
    throw new UsageError(`rulesDir ${directory} holds no rules: put them in ${directory}/LAYER/ID.yaml`);
  const replaced = new Set(own.map((rule) => rule.id));
  return [...rules.filter((rule) => !replaced.has(rule.id)), ...own];
}

/**
 * The rule of this id, or of which this id is a former name.
 *
 * @throws UsageError naming the nearest there is
 */
export function resolveRule(id: string, all: readonly Rule[]): Rule {
  const rule = all.find((each) => each.id === id || each.aliases.includes(id));
  return (
    rule ??
    unknownName(
      'rule',
      id,
      all.map((each) => each.id),
    )
  );
}

function parseRule(text: string, file: string, layer: Layer): Rule {
  const rule = parseYamlAs(Rule, text, file);
  if (rule.id !== basename(file, '.yaml')) {
    throw new InputError(`${file}: id: must be the file's name, "${basename(file, '.yaml')}"`);
  }
  const check = checks.get(rule.check);
  if (check === undefined) unknownName(`check (in ${file})`, rule.check, [...checks.keys()]);
  const params = check.params.safeParse(rule.with);
  if (!params.success) {
    const [issue] = params.error.issues;
    throw new InputError(
      `${file}: with.${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'invalid'}`,
    );
  }
  return { ...rule, layer };
}

/** @throws UsageError where a rule would be left out without a word */
async function yamlFilesIn(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new UsageError(
      `${directory} could not be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  const misnamed = names.find((name) => name.endsWith('.yml'));
  if (misnamed !== undefined)
    throw new UsageError(`${join(directory, misnamed)}: its name must end in .yaml`);
  return names.filter((name) => name.endsWith('.yaml')).toSorted();
}
