import { defineFact } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { knownInPart } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import type { ProjectFiles } from '../project-files.ts';
import { projectFilesFact } from '../project-files.ts';
import { chartGaps, chartOf, chartsAmong } from './helm.ts';
import { isKustomizationFile, readKustomization } from './kustomize.ts';
import type { Manifest } from './manifest.ts';
import { manifestsOf, placeWord } from './manifest.ts';
import { readDocuments } from './yaml-text.ts';

/** Text of manifests that one audit takes apart. */
const mostText = 16 * 1024 * 1024;
const atOnce = 16;

/**
 * Kubernetes objects in the YAML and JSON files of a project, in the order of their files; empty for a machine.
 * What could not be read, and what must be rendered first (Helm templates, overlays of Kustomize), is a gap.
 */
export const manifestsFact = defineFact<readonly Manifest[]>({
  id: 'manifests',
  kinds: ['live', 'rootfs', 'snapshot', 'project'],
  gather: async (host, read) => {
    const files = await read(projectFilesFact);
    if (files.state === 'unknown') return files;
    return manifestsAmong(host, files.value);
  },
});

async function manifestsAmong(
  host: Host,
  { paths, incomplete }: ProjectFiles,
): Promise<Evidence<readonly Manifest[]>> {
  const candidates = paths.filter((path) => /\.(?:ya?ml|json)$/.test(path) || isKustomizationFile(path));
  const { texts, gaps, tooLarge } = await readTexts(host, candidates);
  const kustomized = readKustomizations(texts, new Set(paths));
  const charts = chartsAmong(paths);
  const templates = new Map<string, readonly string[]>();
  const found: Manifest[] = [];
  for (const [path, text] of texts) {
    if (isKustomizationFile(path) || kustomized.patchFiles.has(path)) continue;
    const chart = text.includes('{{') ? chartOf(path, charts) : null;
    if (chart !== null) {
      templates.set(chart, [...(templates.get(chart) ?? []), path]);
      continue;
    }
    const file = readFile(path, text);
    found.push(...file.manifests);
    gaps.push(...file.gaps);
  }
  gaps.push(...kustomized.gaps, ...chartGaps(templates));
  // Data is often kept in large JSON files: that one of them is a manifest matters where there are any.
  if (found.length > 0) gaps.push(...tooLarge);
  if (incomplete !== null) gaps.push(incomplete);
  return knownInPart(found, 'Kubernetes manifests', gaps);
}

interface Texts {
  readonly texts: ReadonlyMap<string, string>;
  readonly gaps: string[];
  /** JSON files that are too large to read. */
  readonly tooLarge: readonly string[];
}

/** Those that may hold manifests: the rest is not kept. */
async function readTexts(host: Host, paths: readonly string[]): Promise<Texts> {
  const texts = new Map<string, string>();
  const gaps: string[] = [];
  const tooLarge: string[] = [];
  let size = 0;
  for (let from = 0; from < paths.length; from += atOnce) {
    const some = paths.slice(from, from + atOnce);
    const read = await Promise.all(some.map(async (path) => [path, await host.read(path)] as const));
    for (const [path, text] of read) {
      if (text.state === 'unknown') {
        (text.why === 'too-large' && path.endsWith('.json') ? tooLarge : gaps).push(text.detail);
        continue;
      }
      const isOurs =
        isKustomizationFile(path) ||
        (text.value !== null && /\bapiVersion\b/.test(text.value) && /\bkind\b/.test(text.value));
      if (text.value === null || !isOurs) continue;
      size += text.value.length;
      if (size > mostText)
        return { texts, gaps: [...gaps, 'only the first 16 MiB of manifests were read'], tooLarge };
      texts.set(path, text.value);
    }
  }
  return { texts, gaps, tooLarge };
}

function readKustomizations(texts: ReadonlyMap<string, string>, paths: ReadonlySet<string>) {
  const patchFiles = new Set<string>();
  const gaps: string[] = [];
  for (const [path, text] of texts) {
    if (!isKustomizationFile(path)) continue;
    // apiVersion and kind may be left out of it, and a document is read for them.
    for (const document of readDocuments(text, { always: true })) {
      if ('problem' in document) {
        gaps.push(`${placeWord({ file: path.slice(1), ...document })}: ${document.problem}`);
        continue;
      }
      const kustomization = readKustomization(path, document.value, paths);
      for (const file of kustomization.patchFiles) patchFiles.add(file);
      gaps.push(...kustomization.gaps);
    }
  }
  return { patchFiles, gaps };
}

function readFile(
  path: string,
  text: string,
): { readonly manifests: readonly Manifest[]; readonly gaps: readonly string[] } {
  const file = path.slice(1);
  const manifests: Manifest[] = [];
  const gaps: string[] = [];
  for (const document of readDocuments(text)) {
    if ('problem' in document) {
      const why = text.includes('{{')
        ? 'no YAML until its {{ … }} are filled in'
        : 'no YAML that can be read';
      gaps.push(`${placeWord({ file, ...document })}: ${why} (${document.problem})`);
    } else {
      manifests.push(...manifestsOf(file, document));
    }
  }
  return { manifests, gaps };
}
