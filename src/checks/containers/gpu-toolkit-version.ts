/** The NVIDIA Container Toolkit has known holes. */
import * as z from 'zod';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { dottedVersionCompare } from '../../facts/gpu/dotted-version.ts';
import { nvidiaToolkitFact } from '../../facts/gpu/toolkit.ts';

const messages = {
  vulnerable:
    'nvidia-container-toolkit {version} lets a container take over this machine ({cves}); fixed in {fixed}.',
};

export const gpuToolkitVersion = defineCheck({
  id: 'gpu-toolkit-version',
  needs: { toolkit: nvidiaToolkitFact },
  params: z.strictObject({
    holes: z
      .array(
        z.strictObject({
          cve: z.string(),
          fixed: z.string(),
          /** Not open in this mode, or with this low-level runtime first in the configuration. */
          except: z
            .strictObject({ mode: z.string() })
            .or(z.strictObject({ runtime: z.string() }))
            .optional(),
        }),
      )
      .min(1),
  }),
  messages,
  evaluate: ({ toolkit }, { holes }) => {
    if (toolkit === null) return [notApplicable('the NVIDIA Container Toolkit is not installed')];
    const subject = 'nvidia-container-toolkit';
    const read = toolkit.version;
    if (read.state === 'unknown') return [undetermined(read.detail, subject)];
    const { value: version, source } = read;
    const evidence = [{ source, line: null, excerpt: `nvidia-container-toolkit ${version}` }];
    const set = (name: string) => {
      const setting = toolkit.setting(`nvidia-container-runtime.${name}`);
      return setting.state === 'known' ? setting.value?.value : undefined;
    };
    const runtimes = set('runtimes');
    // An exception has to be proved: what the configuration does not say leaves the hole open.
    const open = holes.filter(({ fixed, except }) => {
      if (dottedVersionCompare(version, fixed) >= 0) return false;
      if (except === undefined) return true;
      return 'mode' in except
        ? set('mode') !== except.mode
        : !Array.isArray(runtimes) || String(runtimes[0]).split('/').at(-1) !== except.runtime;
    });
    if (open.length === 0) return [pass(subject, ...evidence)];
    const fixed =
      open
        .map((hole) => hole.fixed)
        .toSorted(dottedVersionCompare)
        .at(-1) ?? '';
    const data = { version, cves: open.map(({ cve }) => cve).join(', '), fixed };
    return [{ outcome: 'fail', message: 'vulnerable', subject, data, evidence }];
  },
});
