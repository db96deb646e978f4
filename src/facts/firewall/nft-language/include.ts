import { posix } from 'node:path';
import type { Evidence } from '../../../host/evidence.ts';
import { known, unknown } from '../../../host/evidence.ts';
import type { Host } from '../../../host/host.ts';
import type { Token } from './tokens.ts';
import { isSign, isWord, tokensOf } from './tokens.ts';

/** As in src/parser_bison.y and as a limit of our own: files within files, and tokens of all of them. */
const [deepest, most] = [16, 500_000];
/** Where nft(8) looks for a path that begins with neither `/` nor `.`. */
const includePath = '/etc';

/**
 * The tokens of a file with those that it includes in their place; `null` when there is no such file.
 * A relative path with a dot starts at `/`, where systemd runs nftables.service.
 */
export function readWithIncludes(host: Host, path: string): Promise<Evidence<readonly Token[] | null>> {
  return readFile(host, path, 0);
}

async function readFile(host: Host, path: string, depth: number): Promise<Evidence<readonly Token[] | null>> {
  if (depth > deepest) return unknown('unparsable', `${path} is included by itself, or too deeply`, path);
  const text = await host.read(path);
  if (text.state === 'unknown') return text;
  if (text.value === null) return known(null, path);
  const tokens = tokensOf({ path, text: text.value });
  const all: Token[] = [];
  let from = 0;
  for (const [index, token] of tokens.entries()) {
    if (!isWord(token, 'include') || !startsStatement(tokens, index)) continue;
    const target = tokens[index + 1];
    if (target?.kind !== 'quoted') continue;
    const included = await readIncluded(host, target, depth);
    if (included.state === 'unknown') return included;
    all.push(...tokens.slice(from, index));
    for (const one of included.value) all.push(one);
    if (all.length > most) return unknown('too-large', `${path} includes too much`, path);
    from = index + 2;
  }
  for (const token of tokens.slice(from)) all.push(token);
  return known(all, path);
}

function startsStatement(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1];
  return (
    before === undefined || before.kind === 'newline' || [';', '{', '}'].some((sign) => isSign(before, sign))
  );
}

async function readIncluded(host: Host, target: Token, depth: number): Promise<Evidence<readonly Token[]>> {
  const at = `${target.file.path}:${String(target.line)}`;
  const pattern = /^[./]/.test(target.text)
    ? posix.resolve('/', target.text)
    : posix.join(includePath, target.text);
  const isPattern = /[*?[]/.test(pattern);
  const paths = isPattern ? await pathsLike(host, pattern) : known([pattern], pattern);
  if (paths.state === 'unknown') return paths;
  if (paths.value === null)
    return unknown('unparsable', `${at} includes ${target.text}, which aisec does not follow`, at);
  const files = await Promise.all(paths.value.map((path) => readFile(host, path, depth + 1)));
  const failed = files.find((file) => file.state === 'unknown');
  if (failed?.state === 'unknown') return failed;
  const found = files.flatMap((file) => (file.state === 'known' && file.value !== null ? [file.value] : []));
  if (!isPattern && found.length === 0) {
    return unknown(
      'unparsable',
      `${at} includes ${target.text}, which does not exist: nft loads nothing of it`,
      at,
    );
  }
  return known(found.flat(), at);
}

/** Files that a pattern in the last part of a path names, in order; `null` for patterns of folders. */
async function pathsLike(host: Host, pattern: string): Promise<Evidence<readonly string[] | null>> {
  const [folder, last] = [posix.dirname(pattern), posix.basename(pattern)];
  const like = globPattern(last);
  if (/[*?[]/.test(folder) || like === null) return known(null, pattern);
  const names = await host.list(folder);
  if (names.state === 'unknown') return names;
  const matching = (names.value ?? []).filter((name) => !name.startsWith('.') && like.test(name));
  return known(
    matching.toSorted().map((name) => posix.join(folder, name)),
    folder,
  );
}

/** `*` and `?` of glob(7); runs of `*` are one, so that no name takes long. */
function globPattern(pattern: string): RegExp | null {
  if (/[[\]\\]/.test(pattern) || (pattern.match(/\*+/g) ?? []).length > 3) return null;
  const source = pattern
    .replaceAll(/[.+^${}()|]/g, '\\$&')
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`);
}
