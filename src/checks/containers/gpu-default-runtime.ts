/** The engine runs every container with the NVIDIA runtime. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { nvidiaToolkitFact } from '../../facts/gpu/toolkit.ts';
import type { Engine } from '../../facts/workloads/engine.ts';
import { enginesFact } from '../../facts/workloads/engine.ts';

const messages = {
  nvidia:
    'The engine runs every container with `{runtime}`: an image whose own environment says NVIDIA_VISIBLE_DEVICES=all takes every GPU, and the toolkit’s code runs as root for containers that never asked for it.',
};

const Runtimes = z.record(z.string(), z.object({ path: z.string().default('') }));

export const gpuDefaultRuntime = defineCheck({
  id: 'gpu-default-runtime',
  needs: { engines: enginesFact },
  optional: { toolkit: nvidiaToolkitFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ engines, toolkit }) => {
    if (engines.length === 0) return [notApplicable('there is no Docker Engine')];
    const absent = toolkit.state === 'known' && toolkit.value === null;
    return engines.map((engine) => judge(engine, absent));
  },
});

function judge(engine: Engine, absent: boolean): Verdict<typeof messages> {
  const { name: subject, defaultRuntime: runtime } = engine;
  const without: Verdict<typeof messages> = {
    outcome: 'not-applicable',
    subject,
    because: 'the NVIDIA Container Toolkit is not installed',
  };
  if (runtime === null) {
    const because =
      'daemon.json names no default runtime, and the command line of the engine, which does not run, may';
    return absent ? without : undetermined(because, subject);
  }
  const option = engine.options['default-runtime'];
  const source = option?.source ?? 'docker info';
  const evidence = [{ source, line: option?.line ?? null, excerpt: `default-runtime: ${runtime}` }];
  if (!isNvidia(runtime, engine)) return absent ? without : pass(subject, ...evidence);
  const file = source.startsWith('/') ? { file: source } : {};
  return { outcome: 'fail', message: 'nvidia', subject, data: { runtime, ...file }, evidence };
}

/** By its name, or by the program that daemon.json gives for the name. */
function isNvidia(runtime: string, { options }: Engine): boolean {
  const runtimes = Runtimes.safeParse(options.runtimes?.value);
  const path = runtimes.success ? (runtimes.data[runtime]?.path ?? '') : '';
  return runtime.includes('nvidia') || path.includes('nvidia');
}
