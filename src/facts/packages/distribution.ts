import { defineFact } from '../../engine/fact.ts';
import { mapEvidence } from '../../host/evidence.ts';

/** Distribution and release as in cves.yaml: `debian 12`, `ubuntu 24.04`; `null` where os-release(5) does not say. */
export const distributionFact = defineFact<string | null>({
  id: 'distribution',
  gather: async (host) =>
    mapEvidence(await host.read('/etc/os-release'), (text) => {
      const field = (name: string) => new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(text ?? '')?.[1] ?? '';
      const [id, version] = [field('ID'), field('VERSION_ID')];
      return id === '' || version === '' ? null : `${id} ${version}`;
    }),
});
