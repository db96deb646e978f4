/** A Dockerfile installs Debian packages in whatever version the mirror has. */
import * as z from 'zod';
import type { Citation, Verdict } from '../../engine/check.ts';
import { defineCheck } from '../../engine/check.ts';
import type { Invocation } from '../../facts/dockerfiles/commands.ts';
import { dockerfilesFact } from '../../facts/dockerfiles/dockerfiles.ts';
import type { Doubt } from '../../facts/dockerfiles/each-dockerfile.ts';
import {
  citeInstruction,
  eachDockerfile,
  fileData,
  mostCited,
  pipelinesIn,
  settle,
} from '../../facts/dockerfiles/each-dockerfile.ts';

const messages = {
  unpinned:
    '`{file}` installs packages without a version ({packages}): two builds of the same file are not the same image.',
};

export const dockerfileApt = defineCheck({
  id: 'dockerfile-apt',
  needs: { dockerfiles: dockerfilesFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ dockerfiles }) =>
    eachDockerfile<typeof messages>(dockerfiles, (file) => {
      const { ran, doubts } = pipelinesIn(file, ['run']);
      const unpinned: string[] = [];
      const evidence: Citation[] = [];
      const unknown: Doubt[] = [];
      for (const { step, pipeline } of ran) {
        for (const invocation of pipeline) {
          const bare = packagesOf(invocation).filter((name) => !/^[^$]*[^$=]=./.test(name));
          if (bare.length === 0) continue;
          const cited = citeInstruction(file, step.instruction, invocation.at);
          const names = bare.filter((name) => !name.startsWith('$'));
          for (const name of names) unpinned.push(name);
          if (names.length > 0) evidence.push(cited);
          else {
            const because = `${file.path}:${String(cited.line)}: what it installs depends on ${bare.join(', ')}`;
            unknown.push({ because, evidence: cited });
          }
        }
      }
      const names = [...new Set(unpinned)];
      if (names.length === 0) return settle(file, [], [...doubts, ...unknown]);
      const packages = `${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`;
      const data = { ...fileData(file), packages };
      const failure: Verdict<typeof messages> = {
        outcome: 'fail',
        message: 'unpinned',
        subject: file.name,
        data,
        evidence: evidence.slice(0, mostCited),
      };
      return settle(file, [failure], doubts);
    }),
});

/** Options of apt-get and aptitude whose value is the next word. */
const valued = /^(?:-[oct]|--(?:option|config-file|target-release|default-release|host-architecture))$/;

/** Packages by name: `name/release` chooses no version; a file (`/a.deb`, `./a.deb`) is none (apt-get(8)). */
function packagesOf({ program, args }: Invocation): string[] {
  if (!/^(?:apt|apt-get|aptitude)$/.test(program)) return [];
  const words: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const text = args[at]?.text ?? '';
    if (valued.test(text)) at += 1;
    else if (!text.startsWith('-')) words.push(text);
  }
  const [command, ...packages] = words;
  if (command !== 'install') return [];
  return packages.filter((name) => !/^\.{0,2}\//.test(name) && !name.endsWith('.deb') && name !== '\n');
}
