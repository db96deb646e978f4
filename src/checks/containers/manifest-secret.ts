/** A credential is written into a ConfigMap or a Secret of a manifest. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { gitIndexFact } from '../../facts/git-index.ts';
import { citeManifest } from '../../facts/kubernetes/each-pod.ts';
import { manifestsFact } from '../../facts/kubernetes/manifests.ts';
import type { Kept, Store } from '../../facts/kubernetes/stored-values.ts';
import { storesOf } from '../../facts/kubernetes/stored-values.ts';

const messages = {
  configMap:
    'ConfigMap `{name}` holds a credential ({keys}): everybody who may read the namespace’s configuration, or this repository, has it.',
  configMapKnown:
    'ConfigMap `{name}` holds credentials ({keys}), and everybody knows the value of {known}: it protects nothing.',
  secret:
    'Secret `{name}` is written out with a credential ({keys}): base64 hides nothing, and everybody who has this repository, or its history, has it.',
  secretKnown:
    'Secret `{name}` is written out with credentials ({keys}), and everybody knows the value of {known}: it protects nothing.',
};
type Judged = Verdict<typeof messages>;

export const manifestSecret = defineCheck({
  id: 'manifest-secret',
  needs: { manifests: manifestsFact },
  optional: { tracked: gitIndexFact },
  params: z.strictObject({ kind: z.enum(['ConfigMap', 'Secret']) }),
  messages,
  evaluate: ({ manifests, tracked }, { kind }): readonly Judged[] => {
    const stores = storesOf(manifests, kind);
    if (stores.length === 0) return [notApplicable(`there are no Kubernetes manifests with a ${kind}`)];
    return stores.map((store): Judged => {
      const { name, manifest } = store;
      if (kind === 'ConfigMap') return judge(store, ['configMap', 'configMapKnown']);
      if (tracked.state === 'known' && !tracked.value(manifest.file))
        return pass(name, { source: tracked.source, line: null, excerpt: `${manifest.file} is not tracked` });
      return judge(store, ['secret', 'secretKnown']);
    });
  },
});

type Message = keyof typeof messages;

function judge({ name, manifest, values }: Store, [literal, wellKnown]: readonly [Message, Message]): Judged {
  const keysOf = (...kept: readonly Kept[]) => values.filter((value) => kept.includes(value.kept));
  const known = keysOf('well-known');
  const all = keysOf('literal', 'well-known');
  if (all.length > 0) {
    const data = {
      name,
      file: manifest.file,
      object: manifest.name,
      namespace: manifest.namespace ?? 'default',
      keys: wordsOf(all),
      known: wordsOf(known),
    };
    const message = known.length > 0 ? wellKnown : literal;
    return { outcome: 'fail', message, subject: name, data, evidence: evidenceOf(manifest, all) };
  }
  const open = [
    ...doubt(
      keysOf('placeholder'),
      'is to be replaced, and whether that happens before it is applied is not told here',
    ),
    ...doubt(keysOf('other'), 'is written out, and neither name nor value tells whether it is a credential'),
  ];
  if (open.length > 0) {
    const evidence = evidenceOf(manifest, keysOf('placeholder', 'other'));
    return { ...undetermined(`of the ${manifest.kind} ${name}, ${open.join('; ')}`, name), evidence };
  }
  return pass(name, citeManifest(manifest, ['data'], `${String(values.length)} keys, no credential`));
}

function doubt(values: Store['values'], why: string): readonly string[] {
  return values.length === 0 ? [] : [`${wordsOf(values)} ${why}`];
}

function evidenceOf(manifest: Store['manifest'], values: Store['values']) {
  return values.map(({ field, key }) => citeManifest(manifest, [field, key], `${key}: masked`));
}

function wordsOf(values: Store['values']): string {
  return values.map(({ key }) => key).join(', ');
}
