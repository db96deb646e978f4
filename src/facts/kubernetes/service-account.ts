import * as z from 'zod';
import type { Manifest } from './manifest.ts';
import { isBeside } from './manifest.ts';
import type { Pod } from './pods.ts';

export interface ServiceAccount {
  readonly name: string;
  /** Whether its token is mounted into the pod; `null` where an account that is not in the project decides. */
  readonly isMounted: boolean | null;
  /** The binding that gives it rights, such as `RoleBinding reader`; `null` where the project has none. */
  readonly binding: string | null;
}

const Account = z.object({ automountServiceAccountToken: z.boolean().nullish() });
const Binding = z.object({
  subjects: z
    .array(z.object({ kind: z.string(), name: z.string(), namespace: z.string().nullish() }))
    .nullish(),
});

/** Who a pod is for the API server: the pod's own word on the token wins over its account's, and the default is to mount it. */
export function serviceAccountOf({ spec, namespace }: Pod, manifests: readonly Manifest[]): ServiceAccount {
  const named = [spec.serviceAccountName, spec.serviceAccount].find(
    (each) => each !== undefined && each !== null && each !== '',
  );
  const name = named ?? 'default';
  const found = manifests.find(
    (each) =>
      each.kind === 'ServiceAccount' &&
      each.group === '' &&
      each.name === name &&
      isBeside(each, { namespace }),
  );
  const account = Account.safeParse(found?.object ?? {});
  const byAccount = account.success ? (account.data.automountServiceAccountToken ?? null) : null;
  const isHere = found !== undefined || name === 'default';
  return {
    name,
    isMounted: spec.automountServiceAccountToken ?? byAccount ?? (isHere ? true : null),
    binding: bindingOf(name, namespace, manifests),
  };
}

function bindingOf(name: string, namespace: string | null, manifests: readonly Manifest[]): string | null {
  for (const manifest of manifests) {
    if (manifest.kind !== 'RoleBinding' && manifest.kind !== 'ClusterRoleBinding') continue;
    const binding = Binding.safeParse(manifest.object);
    const isBound = (binding.data?.subjects ?? []).some(
      (subject) =>
        subject.kind === 'ServiceAccount' &&
        subject.name === name &&
        isBeside({ namespace: subject.namespace ?? manifest.namespace }, { namespace }),
    );
    if (isBound) return `${manifest.kind} ${manifest.name}`;
  }
  return null;
}
