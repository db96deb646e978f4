/** The loaded NVIDIA driver is older than its branch's security fix, or its branch gets none any more. */
import * as z from 'zod';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { dottedVersionCompare } from '../../facts/gpu/dotted-version.ts';
import { gpuFact } from '../../facts/gpu/gpu.ts';

const messages = {
  old: 'The NVIDIA driver is {version}; known holes of its branch are fixed in {fixed} ({bulletin}).',
  unsupported:
    'The NVIDIA driver is {version}, of a branch that got no fixes with {bulletin}: the supported branches are {branches}.',
};

export const gpuDriverVersion = defineCheck({
  id: 'gpu-driver-version',
  needs: { gpu: gpuFact },
  params: z.strictObject({
    /** First fixed version of every supported branch. */
    fixed: z.array(z.string().regex(/^\d+(?:\.\d+)+$/)).min(1),
    /** The bulletin that they are from. */
    bulletin: z.string().min(1),
  }),
  messages,
  evaluate: ({ gpu }, { fixed, bulletin }) => {
    if (gpu?.nvidia == null) return [notApplicable('no NVIDIA driver is loaded')];
    const subject = 'NVIDIA driver';
    const { version: read } = gpu.nvidia;
    if (read.state === 'unknown') return [undetermined(read.detail, subject)];
    const { value: version, source } = read;
    const branch = branchOf(version);
    const evidence = [{ source, line: 1, excerpt: version }];
    const floor = fixed.find((each) => branchOf(each) === branch);
    if (floor !== undefined && dottedVersionCompare(version, floor) >= 0) return [pass(subject, ...evidence)];
    if (floor === undefined && branch > Math.max(...fixed.map(branchOf))) {
      const because = `driver branch ${String(branch)} is newer than this version of aisec knows (${bulletin})`;
      return [{ ...undetermined(because, subject), evidence }];
    }
    const branches = fixed.map(branchOf).join(', ');
    const data = { version, bulletin, branches, branch, fixed: floor ?? '' };
    const message = floor === undefined ? 'unsupported' : 'old';
    return [{ outcome: 'fail', message, subject, data, evidence }];
  },
});

function branchOf(version: string): number {
  return Number(version.split('.')[0]);
}
