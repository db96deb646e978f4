import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { outcomes } from '../src/engine/report.ts';
import { auditRecorded } from '../test/harness/audit-recorded.ts';
import { allRecorded } from '../test/harness/recorded-hosts.ts';

/**
 * Writes what the audit finds on recorded hosts and repositories into their expected.yaml: npm run expect -- [NAME …]
 *
 * Read the difference before you commit it: it is what the tests will hold to be true.
 */
const names = process.argv.slice(2);

for (const recorded of allRecorded()) {
  if (names.length > 0 && !names.includes(recorded.name)) continue;
  const report = await auditRecorded(recorded);
  const expected: Record<string, Record<string, string[]>> = {};
  for (const outcome of outcomes) {
    if (outcome === 'not-applicable') continue;
    for (const finding of report.findings.filter((each) => each.outcome === outcome)) {
      ((expected[outcome] ??= {})[finding.rule] ??= []).push(finding.subject);
    }
  }
  writeFileSync(`${recorded.directory}/expected.yaml`, stringify(expected, { lineWidth: 110 }));
}
