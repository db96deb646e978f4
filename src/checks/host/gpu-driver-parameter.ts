/** The NVIDIA driver was loaded with a parameter that opens it. */
import * as z from 'zod';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { gpuFact } from '../../facts/gpu/gpu.ts';

const messages = { open: 'The NVIDIA driver runs with {parameter} {value}: {meaning}.' };

export const gpuDriverParameter = defineCheck({
  id: 'gpu-driver-parameter',
  needs: { gpu: gpuFact },
  params: z.strictObject({
    /** Names that drivers give it in /proc/driver/nvidia/params; the first that is there counts. */
    parameters: z.array(z.string()).min(1),
    /** The value that is safe. */
    accept: z.string(),
    /** What another value means, as a clause. */
    meaning: z.string().min(1),
  }),
  messages,
  evaluate: ({ gpu }, { parameters, accept, meaning }) => {
    if (gpu?.nvidia == null) return [notApplicable('no NVIDIA driver is loaded')];
    const read = gpu.nvidia.parameters;
    const subject = 'NVIDIA driver';
    if (read.state === 'unknown') return [undetermined(read.detail, subject)];
    const parameter = parameters.find((name) => read.value[name] !== undefined);
    const value = parameter === undefined ? undefined : read.value[parameter];
    if (parameter === undefined || value === undefined) {
      return [undetermined(`${read.source} does not show ${parameters.join(' or ')}`, subject)];
    }
    const evidence = [{ source: read.source, line: null, excerpt: `${parameter}: ${value}` }];
    if (value === accept) return [pass(subject, ...evidence)];
    const data = { parameter, value, meaning };
    return [{ outcome: 'fail', message: 'open', subject, data, evidence }];
  },
});
