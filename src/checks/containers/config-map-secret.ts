/** A credential is written into a ConfigMap. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass } from '../../engine/check.ts';
import { configMapsOf } from '../../facts/kubernetes/config-maps.ts';
import { citeManifest } from '../../facts/kubernetes/each-pod.ts';
import { manifestsFact } from '../../facts/kubernetes/manifests.ts';
import { maskedLiteral, maskedWellKnown } from '../../host/mask.ts';

const messages = {
  literal:
    'ConfigMap `{name}` holds a credential ({keys}): everybody who may read the namespace’s configuration, or this repository, has it.',
  wellKnown:
    'ConfigMap `{name}` holds credentials ({keys}), and everybody knows the value of {known}: it protects nothing.',
};

export const configMapSecret = defineCheck({
  id: 'config-map-secret',
  needs: { manifests: manifestsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ manifests }): readonly Verdict<typeof messages>[] => {
    const maps = configMapsOf(manifests);
    if (maps.length === 0) return [notApplicable('there are no Kubernetes manifests with a ConfigMap')];
    return maps.map(({ name, manifest, entries }): Verdict<typeof messages> => {
      const known = entries.filter(({ value }) => value.includes(maskedWellKnown));
      const all = entries.filter((entry) => known.includes(entry) || entry.value.includes(maskedLiteral));
      if (all.length === 0)
        return pass(name, citeManifest(manifest, ['data'], `${String(entries.length)} keys`));
      const evidence = all.map(({ field, key }) => citeManifest(manifest, [field, key], `${key}: masked`));
      const words = (some: typeof all) => some.map(({ key }) => key).join(', ');
      const data = {
        name,
        file: manifest.file,
        object: manifest.name,
        namespace: manifest.namespace ?? 'default',
        keys: words(all),
        known: words(known),
      };
      return {
        outcome: 'fail',
        message: known.length > 0 ? 'wellKnown' : 'literal',
        subject: name,
        data,
        evidence,
      };
    });
  },
});
