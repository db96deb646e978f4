/** Every local user may use the GPU. */
import * as z from 'zod';
import type { Citation, Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass } from '../../engine/check.ts';
import type { GpuNode } from '../../facts/gpu/gpu.ts';
import { gpuFact } from '../../facts/gpu/gpu.ts';

const messages = {
  open: 'Every local user may use {device} (mode {mode}): any service that is broken into reaches the driver, the largest kernel interface of this machine, and other users’ memory on the card.',
};

export const gpuDeviceMode = defineCheck({
  id: 'gpu-device-mode',
  needs: { gpu: gpuFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ gpu }) => {
    if (gpu === null || gpu.nodes.length === 0) return [notApplicable('there is no GPU device')];
    return gpu.nodes.map((node): Verdict<typeof messages> => {
      const { path, stat } = node;
      const evidence = [cite(node)];
      if ((stat.mode & 0o006) === 0) return pass(path, ...evidence);
      const data = { device: path, mode: octal(stat.mode), group: stat.gid };
      return { outcome: 'fail', message: 'open', subject: path, data, evidence };
    });
  },
});

function cite({ path, stat }: GpuNode): Citation {
  const excerpt = `mode ${octal(stat.mode)}, uid ${String(stat.uid)}, gid ${String(stat.gid)}`;
  return { source: path, line: null, excerpt };
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
