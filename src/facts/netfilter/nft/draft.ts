import type { FilterRule } from '../ruleset.ts';

/** A rule so far. */
export type Draft = Pick<FilterRule, 'matches' | 'effects' | 'target'>;
