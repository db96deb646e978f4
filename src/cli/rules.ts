import './zod-setup.ts';
import { checks } from '../checks/registry.ts';
import type { Rule } from '../engine/rule.ts';
import {
  ruleAsMarkdown,
  ruleForTerminal,
  rulesAsJson,
  rulesAsMarkdown,
  rulesForTerminal,
} from '../reporters/rules.ts';
import type { CheckWords } from '../reporters/terminal/explanation.ts';
import { pageOf } from './color.ts';
import { loadConfig } from './config-file.ts';
import { writeResult } from './output.ts';
import { formatOf } from './render.ts';
import { loadRules, resolveRule } from './rule-files.ts';

export interface RulesOptions {
  readonly format: string;
  readonly color: boolean;
}

/** Lists the rules, or shows one. */
export async function runRules(id: string | undefined, options: RulesOptions): Promise<number> {
  const format = formatOf(options.format);
  const all = await knownRules();
  const page = pageOf(options.color, null);
  const rule = id === undefined ? null : resolveRule(id, all);
  switch (format) {
    case 'json':
      await writeResult(rulesAsJson(rule === null ? all : [rule]), null);
      break;
    case 'markdown':
      await writeResult(rule === null ? rulesAsMarkdown(all) : ruleAsMarkdown(rule), null);
      break;
    case 'terminal':
      await writeResult(
        rule === null ? rulesForTerminal(all, page) : ruleForTerminal(rule, wordsOf(rule), page),
        null,
      );
  }
  return 0;
}

export async function runExplain(id: string, options: { readonly color: boolean }): Promise<number> {
  return runRules(id, { ...options, format: 'terminal' });
}

/** Those of ./aisec.yaml's rulesDir included. */
async function knownRules(): Promise<readonly Rule[]> {
  const { config, directory } = await loadConfig(undefined);
  return loadRules(config.rulesDir, directory);
}

function wordsOf(rule: Rule): CheckWords {
  const check = checks.get(rule.check);
  return {
    messages: Object.values(check?.messages ?? {}),
    needs: Object.values(check?.needs ?? {}).map(({ id }) => id),
  };
}
