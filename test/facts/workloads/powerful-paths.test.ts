import { expect, test } from '@jest/globals';
import data from '../../../rules/catalogue/powerful-paths.yaml';
import { PowerfulPaths } from '../../../src/facts/workloads/powerful-paths.ts';

test('the list of paths follows its schema', () => {
  expect(PowerfulPaths.safeParse(data).error).toBeUndefined();
});
