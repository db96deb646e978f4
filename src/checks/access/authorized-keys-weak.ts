/** A key that opens a login is short enough to be broken. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import type { AuthorizedKeys } from '../../facts/sshd/key-files.ts';
import { keyFilesFact } from '../../facts/sshd/key-files.ts';
import { unseenOf } from './key-files.words.ts';

const messages = {
  weak: 'A {type} key of {bits} bits{comment} logs in as {user} ({path}).',
};

const Params = z.strictObject({ rsaBits: z.int() });

export const authorizedKeysWeak = defineCheck({
  id: 'authorized-keys-weak',
  needs: { files: keyFilesFact },
  params: Params,
  messages,
  evaluate: ({ files }, params): readonly Verdict<typeof messages>[] => {
    const verdicts = [
      ...files.authorized.flatMap((file) => judge(file, params)),
      ...unseenOf(files, 'authorized'),
    ];
    return verdicts.length > 0 ? verdicts : [notApplicable('no account has authorized keys')];
  },
});

function judge(
  file: AuthorizedKeys,
  { rsaBits }: z.output<typeof Params>,
): readonly Verdict<typeof messages>[] {
  const { path, owner, keys } = file;
  if (keys.state === 'unknown') return [undetermined(`${keys.detail}; run as root`, path)];
  const weak = keys.value.filter(
    ({ type, bits }) => type.startsWith('ssh-dss') || (type === 'ssh-rsa' && bits !== null && bits < rsaBits),
  );
  if (weak.length === 0) return [pass(path, { source: path, line: null, excerpt: null })];
  return weak.map((key): Verdict<typeof messages> => {
    const type = key.type.startsWith('ssh-dss') ? 'DSA' : 'RSA';
    const data = {
      type,
      bits: key.bits ?? 1024,
      comment: key.comment === '' ? '' : ` (${key.comment})`,
      user: owner.name,
      path,
      line: key.line,
      script: `${String(key.line)}{/^[[:space:]]*#/!{/${key.type}/s/^/# /}}`,
    };
    const excerpt = `${key.type} ${key.comment}`.trim();
    const subject = `${path} ${key.comment === '' ? `key ${String(key.line)}` : key.comment}`;
    return {
      outcome: 'fail',
      message: 'weak',
      subject,
      data,
      evidence: [{ source: path, line: key.line, excerpt }],
    };
  });
}
