import type { Evidence } from '../../../host/evidence.ts';
import { known, unknown } from '../../../host/evidence.ts';
import type { Host } from '../../../host/host.ts';
import { readWithIncludes } from './include.ts';
import type { NftFile } from './ruleset.ts';
import { parseNftTokens } from './ruleset.ts';
import { serviceNames } from './services.ts';

/** What `nft -f` would load from a file; `known(null)`: there is no such file. */
export async function readNftFile(host: Host, path: string): Promise<Evidence<NftFile | null>> {
  const [tokens, services] = await Promise.all([readWithIncludes(host, path), host.read('/etc/services')]);
  if (tokens.state === 'unknown') return tokens;
  if (tokens.value === null) return known(null, path);
  const names = serviceNames(services.state === 'known' ? (services.value ?? '') : '');
  const file = parseNftTokens(tokens.value, names, path);
  if (!('wrong' in file)) return known(file, path);
  const { path: source, line, text } = file.wrong;
  return unknown('unparsable', `${source}:${String(line)} was not understood: ${text}`, path);
}
