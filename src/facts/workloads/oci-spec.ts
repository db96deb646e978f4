import * as z from 'zod';

const texts = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? []);

const Limit = z.number().nullish();

/** What a runtime is told to run: config.json of a bundle; opencontainers/runtime-spec, config.md and config-linux.md. */
export const OciSpec = z.object({
  annotations: z.record(z.string(), z.string()).nullish(),
  root: z.object({ readonly: z.boolean().default(false) }),
  process: z.object({
    user: z.object({
      uid: z.int().default(0),
      gid: z.int().default(0),
      additionalGids: z.array(z.int()).nullish(),
    }),
    args: texts,
    env: texts,
    capabilities: z.object({ bounding: texts, effective: texts }).nullish(),
    noNewPrivileges: z.boolean().default(false),
    apparmorProfile: z.string().default(''),
  }),
  mounts: z
    .array(
      z.object({
        destination: z.string(),
        type: z.string().default(''),
        source: z.string().default(''),
        options: texts,
      }),
    )
    .nullish()
    .transform((list) => list ?? []),
  linux: z.object({
    namespaces: z.array(z.object({ type: z.string(), path: z.string().default('') })),
    uidMappings: z.array(z.object({ containerID: z.int(), hostID: z.int(), size: z.int() })).nullish(),
    seccomp: z.unknown().optional(),
    maskedPaths: texts,
    readonlyPaths: texts,
    devices: z
      .array(
        z.object({
          path: z.string(),
          type: z.string(),
          major: z.int().default(0),
          minor: z.int().default(0),
        }),
      )
      .nullish()
      .transform((list) => list ?? []),
    resources: z
      .object({
        devices: z
          .array(
            z.object({
              allow: z.boolean(),
              type: z.string().nullish(),
              major: z.int().nullish(),
              minor: z.int().nullish(),
              access: z.string().default(''),
            }),
          )
          .nullish(),
        memory: z.object({ limit: Limit }).nullish(),
        cpu: z.object({ quota: Limit, period: Limit, cpus: z.string().default('') }).nullish(),
        pids: z.object({ limit: Limit }).nullish(),
      })
      .nullish(),
  }),
});
export type OciSpec = z.infer<typeof OciSpec>;

/** @returns `null` for what is no such file */
export function parseOciSpec(text: string): OciSpec | null {
  try {
    return OciSpec.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
