/** sshd refuses its own configuration. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, pass, undetermined } from '../../engine/check.ts';
import type { SshdServer } from '../../facts/sshd/server.ts';
import { sshdFact } from '../../facts/sshd/sshd.ts';
import { eachServer } from './sshd-scope.words.ts';

const messages = {
  invalid: '`{name}` refuses its configuration: {error}. The next restart leaves nobody a way in.',
};

export const sshdConfigTest = defineCheck({
  id: 'sshd-config-test',
  needs: { sshd: sshdFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ sshd }) => eachServer(sshd, judge),
});

function judge({ name, kind, test, tree }: SshdServer): Verdict<typeof messages> {
  if (kind === 'file' || kind === 'fragment') {
    return {
      outcome: 'not-applicable',
      subject: name,
      because: 'sshd -t runs on the machine that the file is for',
    };
  }
  if (test.state === 'unknown') return undetermined(test.detail, name);
  if (test.value === '') return pass(name, { source: test.source, line: null, excerpt: null });
  const [, file, line] = /^(.*?):? line (\d+):/.exec(test.value) ?? [];
  const evidence =
    file === undefined
      ? [{ source: test.source, line: null, excerpt: test.value }]
      : [{ source: file, line: Number(line), excerpt: test.value }];
  const data = { name, error: test.value.replace(/\.$/, ''), config: tree.file };
  return { outcome: 'fail', message: 'invalid', subject: name, data, evidence };
}
