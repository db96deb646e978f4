import { readdirSync, writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { outcomes } from '../src/engine/report.ts';
import { auditSnapshot } from '../test/harness/audit-snapshot.ts';

/**
 * Writes what the audit finds on recorded hosts into their expected.yaml: npm run expect -- [NAME …]
 *
 * Read the difference before you commit it: it is what the tests will hold to be true.
 */
const args = process.argv.slice(2);
const names = args.length > 0 ? args : readdirSync('fixtures/hosts');

for (const name of names) {
  const report = await auditSnapshot(`fixtures/hosts/${name}`);
  const expected: Record<string, Record<string, string[]>> = {};
  for (const outcome of outcomes) {
    if (outcome === 'not-applicable') continue;
    for (const finding of report.findings.filter((each) => each.outcome === outcome)) {
      ((expected[outcome] ??= {})[finding.rule] ??= []).push(finding.subject);
    }
  }
  writeFileSync(`fixtures/hosts/${name}/expected.yaml`, stringify(expected, { lineWidth: 110 }));
}
