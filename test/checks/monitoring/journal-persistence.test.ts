import { describe, expect, test } from '@jest/globals';
import { journalPersistence } from '../../../src/checks/monitoring/journal-persistence.ts';
import type { Journal } from '../../../src/facts/logging/journal.ts';
import { evaluate } from '../../harness/evaluate.ts';

const journal = (
  storage: Journal['storage'],
  directory: boolean,
  others: readonly string[] | null = [],
  shippers: readonly string[] = [],
): Journal => ({
  storage,
  directory,
  others,
  shippers,
  citation: { source: '/etc/systemd/journald.conf', line: 2, excerpt: `Storage=${storage}` },
});

describe('journal-persistence', () => {
  test.each([
    ['pass', journal('persistent', false)],
    ['pass', journal('auto', true)],
    ['fail', journal('auto', false)],
    ['fail', journal('volatile', true)],
    ['fail', journal('none', true)],
    ['pass', journal('volatile', false, ['rsyslogd'])],
    ['undetermined', journal('volatile', false, null)],
    ['undetermined', journal('volatile', false, [], ['vector'])],
    ['pass', journal('volatile', false, ['rsyslogd'], ['vector'])],
    ['not-applicable', null],
  ])('%s: %j', (outcome, given) => {
    expect(evaluate(journalPersistence, { journal: given })).toMatchObject([{ outcome }]);
  });
});
