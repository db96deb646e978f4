import type { Companion, Dockerfiles } from '../../src/facts/dockerfiles/dockerfile.ts';
import { parseDockerfile } from '../../src/facts/dockerfiles/dockerfiles.ts';
import { maskSecrets } from '../../src/host/mask.ts';
import { rules } from '../../rules/registry.ts';

/** Dockerfiles as the fact has them: masked at the door. The first is `Dockerfile`, further ones `Dockerfile.1`, …. */
export function dockerfiles(
  texts: string | readonly string[],
  companions: readonly Companion[] = [],
): Dockerfiles {
  const files = [texts]
    .flat()
    .map((text, index) =>
      parseDockerfile(index === 0 ? 'Dockerfile' : `Dockerfile.${String(index)}`, maskSecrets(text)),
    );
  return { files, companions, paths: companions.map(({ path }) => path), ignoreFiles: new Map() };
}

/** The parameters that a built-in rule gives its check. */
export function paramsOf(id: string): Readonly<Record<string, unknown>> {
  return rules.find((rule) => rule.id === id)?.with ?? {};
}
