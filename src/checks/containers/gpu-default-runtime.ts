/** The engine runs every container with the NVIDIA runtime. */
import * as z from 'zod';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { nvidiaToolkitFact } from '../../facts/gpu/toolkit.ts';
import type { Engine } from '../../facts/workloads/engine.ts';
import { engineFact } from '../../facts/workloads/engine.ts';

const messages = {
  nvidia:
    'The engine runs every container with `{runtime}`: an image whose own environment says NVIDIA_VISIBLE_DEVICES=all takes every GPU, and the toolkit’s code runs as root for containers that never asked for it.',
};

const Runtimes = z.record(z.string(), z.object({ path: z.string().default('') }));

export const gpuDefaultRuntime = defineCheck({
  id: 'gpu-default-runtime',
  needs: { engine: engineFact },
  optional: { toolkit: nvidiaToolkitFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ engine, toolkit }) => {
    if (engine === null) return [notApplicable('there is no Docker Engine')];
    const subject = 'Docker Engine';
    const runtime = engine.defaultRuntime;
    const absent = toolkit.state === 'known' && toolkit.value === null;
    if (runtime === null) {
      if (absent) return [notApplicable('the NVIDIA Container Toolkit is not installed')];
      const because =
        'daemon.json names no default runtime, and the command line of the engine, which does not run, may';
      return [undetermined(because, subject)];
    }
    const option = engine.options['default-runtime'];
    const source = option?.source ?? 'docker info';
    const evidence = [{ source, line: option?.line ?? null, excerpt: `default-runtime: ${runtime}` }];
    if (!isNvidia(runtime, engine)) {
      if (absent) {
        return [notApplicable('the NVIDIA Container Toolkit is not installed')];
      }
      return [pass(subject, ...evidence)];
    }
    const file = source.startsWith('/') ? { file: source } : {};
    return [{ outcome: 'fail', message: 'nvidia', subject, data: { runtime, ...file }, evidence }];
  },
});

/** By its name, or by the program that daemon.json gives for the name. */
function isNvidia(runtime: string, { options }: Engine): boolean {
  const runtimes = Runtimes.safeParse(options.runtimes?.value);
  const path = runtimes.success ? (runtimes.data[runtime]?.path ?? '') : '';
  return runtime.includes('nvidia') || path.includes('nvidia');
}
