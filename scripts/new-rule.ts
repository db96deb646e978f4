import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { layers } from '../src/engine/rule.ts';

/** Scaffolds a rule, and with --check a check, each with its test and the recorded host it owes. */

const usage = `npm run new-rule -- LAYER RULE-ID [--check CHECK-ID]

  LAYER     ${layers.join(', ')}
  RULE-ID   names the bad state in kebab-case; it is permanent
  --check   an existing check of that layer, or a new one to scaffold (default: RULE-ID)
`;

const args = process.argv.slice(2);
const at = args.indexOf('--check');
const named = at === -1 ? undefined : args.splice(at, 2)[1];
const [layer = '', id = ''] = args;
const check = named ?? id;
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/;

if (!layers.some((each) => each === layer) || !kebab.test(id) || !kebab.test(check)) {
  process.stderr.write(usage);
  process.exit(2);
}

const name = check.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

const rule = `id: ${id}
check: ${check}
with: {}
severity: medium
title: One line that says what is wrong
why: >-
  What it is and what it means, in two to four plain sentences.
fix:
  summary: What to do, in one sentence.
  commands:
    - ''
  verify:
    - ''
  undo:
    - ''
  risk: none
references:
  - ''
since: 0.1.0
`;

const checkSource = `/** What this check finds, in one sentence. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable } from '../../engine/check.ts';

const messages = {
  wrong: '{subject} is wrong, which means …',
};

export const ${name} = defineCheck({
  id: '${check}',
  needs: {},
  params: z.strictObject({}),
  messages,
  evaluate: (): Verdict<typeof messages>[] => [notApplicable('nothing is judged yet')],
});
`;

const testSource = `import { describe, expect, test } from '@jest/globals';
import { ${name} } from '../../../src/checks/${layer}/${check}.ts';
import { evaluate } from '../../harness/evaluate.ts';

describe('${check}', () => {
  // One row per outcome: pass, fail, not-applicable, undetermined.
  test.each([['not-applicable', {}]])('%s', (outcome, given) => {
    expect(evaluate(${name}, given)).toMatchObject([{ outcome }]);
  });
});
`;

const header = `schema: aisec/snapshot/v1
name: ${id}
collectedAt: 2026-01-01T00:00:00Z
privileged: true
how: written by hand; say from which documentation
unrecorded: absent
`;

const files: [string, string][] = [
  [`rules/${layer}/${id}.yaml`, rule],
  [`fixtures/hosts/${id}/host.yaml`, header],
  [`fixtures/hosts/${id}/expected.yaml`, `fail:\n  ${id}: [host]\n`],
];
if (!existsSync(`src/checks/${layer}/${check}.ts`)) {
  files.push([`src/checks/${layer}/${check}.ts`, checkSource]);
  files.push([`test/checks/${layer}/${check}.test.ts`, testSource]);
}

for (const [file, text] of files) {
  await mkdir(dirname(file), { recursive: true });
  // Never over something that is there.
  await writeFile(file, text, { flag: 'wx' });
  process.stdout.write(`${file}\n`);
}
process.stdout.write('Fill them in, then: npm run generate && npm test\n');
