/** A Dockerfile puts a file of the network into the image without saying what must be in it. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck } from '../../engine/check.ts';
import { dockerfilesFact } from '../../facts/dockerfiles/dockerfiles.ts';
import type { Doubt } from '../../facts/dockerfiles/each-dockerfile.ts';
import {
  citeInstruction,
  eachDockerfile,
  fileData,
  settle,
  subjectIn,
} from '../../facts/dockerfiles/each-dockerfile.ts';

const messages = {
  url: '`{file}` adds {url} without a checksum: whatever the server answers on the day of the build is in the image.',
  git: '`{file}` adds the repository {url} without a commit: whatever it holds on the day of the build is in the image.',
};

export const dockerfileRemoteAdd = defineCheck({
  id: 'dockerfile-remote-add',
  needs: { dockerfiles: dockerfilesFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ dockerfiles }) =>
    eachDockerfile<typeof messages>(dockerfiles, (file) => {
      const failures: Verdict<typeof messages>[] = [];
      const doubts: Doubt[] = [];
      for (const step of file.stages.flatMap(({ steps }) => steps)) {
        if (step.kind !== 'add' || step.instruction.flags.some(isChecksum)) continue;
        for (const { path, at } of step.sources) {
          const evidence = citeInstruction(file, step.instruction, at);
          const kind = kindOf(path.text);
          if (kind === null && path.missing.length > 0 && !path.text.startsWith('/')) {
            const because = `${file.path}:${String(evidence.line)}: what it adds depends on ${path.missing.join(', ')}`;
            doubts.push({ because, evidence });
          }
          if (kind === null) continue;
          failures.push({
            outcome: 'fail',
            message: kind,
            subject: subjectIn(file, `ADD ${path.text}`),
            data: { ...fileData(file), url: path.text },
            evidence: [evidence],
          });
        }
      }
      return settle(file, failures, doubts);
    }),
});

function isChecksum({ name, value }: { readonly name: string; readonly value: string }): boolean {
  return name === 'checksum' && value !== '';
}

/** `null`: nothing of the network, or a repository at a commit, which says what it holds. */
function kindOf(source: string): 'url' | 'git' | null {
  const isGit = /^(?:git@|git:\/\/|ssh:\/\/)|^https?:\/\/[^?#]*\.git(?:[?#]|$)/i.test(source);
  if (isGit) return /#[0-9a-f]{40}(?::|$)|[?&]checksum=[0-9a-f]{40}/.test(source) ? null : 'git';
  return /^https?:\/\//i.test(source) ? 'url' : null;
}
