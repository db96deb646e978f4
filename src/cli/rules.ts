import { unknownName } from './usage-error.ts';
import { rules } from '../../rules/registry.ts';

export function runRules(_id: string | undefined, _format: string): number {
  return 0;
}

export function runExplain(id: string): number {
  return unknownName(
    'rule',
    id,
    rules.map((rule) => rule.id),
  );
}
