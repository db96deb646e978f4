import type { Fix, RuleFile } from './rule.ts';

/**
 * Fills in what a rule leaves out, as its schema does, without the cost of validating it again:
 * the built-in rules were validated when they were generated.
 */
export function withDefaults(file: RuleFile): RuleFile {
  const { fix, fixes, ...rest } = file as Partial<RuleFile> & RuleFile;
  return {
    ...{ with: {}, stopgap: false, references: [], maps: {}, aliases: [], profiles: {} },
    ...rest,
    fix: fixWithDefaults(fix),
    fixes: Object.fromEntries(
      Object.entries((fixes as RuleFile['fixes'] | undefined) ?? {}).map(([message, each]) => [
        message,
        fixWithDefaults(each),
      ]),
    ),
  };
}

function fixWithDefaults(fix: Fix): Fix {
  return { ...{ commands: [], verify: [], undo: [] }, ...fix };
}
