/** What a file for `nft -f` would set up, as far as its words tell without nft(8). */
export interface NftFile {
  /** Whether it first throws away every rule in the kernel, other programs' included. */
  readonly flushes: boolean;
  readonly chains: readonly NftFileChain[];
  /** Words that were not followed: includes, variables, single commands. */
  readonly partial: boolean;
}

export interface NftFileChain {
  /** `inet filter`. */
  readonly table: string;
  readonly name: string;
  readonly hook: string | null;
  readonly policy: 'accept' | 'drop';
  /** Its rules' words, one line each. */
  readonly rules: readonly string[];
  readonly line: number;
}

/** Reads the block form of nft(8): `table inet filter { chain input { type filter hook input …; } }`. */
export function parseNftFile(text: string): NftFile {
  const chains: NftFileChain[] = [];
  let table = '';
  let chain: { -readonly [K in keyof NftFileChain]: NftFileChain[K] } | null = null;
  let depth = 0;
  let partial = false;
  for (const { words, line } of statements(text)) {
    const opensTable = /^table (?:(\S+) )?(\S+) \{$/.exec(words);
    const opensChain = /^chain (\S+) \{$/.exec(words);
    if (opensTable !== null) table = `${opensTable[1] ?? 'ip'} ${opensTable[2] ?? ''}`;
    else if (opensChain !== null) {
      chain = { table, name: opensChain[1] ?? '', hook: null, policy: 'accept', rules: [], line };
      chains.push(chain);
    } else if (chain !== null && words !== '}') readInChain(chain, words);
    else if (/^(?:include|define|add|insert|create)\b/.test(words)) partial = true;
    if (words.endsWith('{')) depth += 1;
    if (words === '}') {
      depth -= 1;
      if (depth <= 1) chain = null;
    }
  }
  partial ||= chains.some(({ rules }) => rules.some((rule) => rule.includes('$')));
  return { flushes: /^\s*flush ruleset\b/m.test(text), chains, partial };
}

function readInChain(
  chain: { hook: string | null; policy: 'accept' | 'drop'; rules: readonly string[] },
  words: string,
) {
  const hook = /^type \S+ hook (\S+)/.exec(words);
  const policy = /^policy (accept|drop)$/.exec(words);
  if (hook !== null) chain.hook = hook[1] ?? null;
  else if (policy !== null) chain.policy = policy[1] === 'drop' ? 'drop' : 'accept';
  else chain.rules = [...chain.rules, words];
}

interface Words {
  readonly words: string;
  readonly line: number;
}

/** Statements without comments; braces of blocks stand alone or end one, those of sets stay inside. */
function statements(text: string): readonly Words[] {
  const found: Words[] = [];
  let current = '';
  let line = 1;
  let started = 1;
  let inSet = 0;
  const end = () => {
    const words = current.replaceAll(/\s+/g, ' ').trim();
    if (words !== '') found.push({ words, line: started });
    current = '';
    started = line;
  };
  const token = /"[^"\n]*"|#[^\n]*|\\\n|[{};\n]|[^"#\\{};\n]+|[\s\S]/g;
  for (const [piece] of text.matchAll(token)) {
    if (current.trim() === '') started = line;
    if (piece === '\\\n') line += 1;
    else if (piece.startsWith('#')) continue;
    else if (
      piece === '{' &&
      /^\s*(?:table|chain|set|map|counter|quota|limit|flowtable|ct)\s[^=]*$/.test(current) &&
      inSet === 0
    ) {
      current += '{';
      end();
    } else if (piece === '{') {
      inSet += 1;
      current += piece;
    } else if (piece === '}' && inSet > 0) {
      inSet -= 1;
      current += piece;
    } else if (piece === '}') {
      end();
      current = '}';
      end();
    } else if (piece === '\n' || piece === ';') {
      if (piece === '\n') line += 1;
      if (inSet > 0) current += ' ';
      else end();
    } else current += piece;
  }
  end();
  return found;
}

/** Whether new connections are refused by default; `null` when the words do not tell. */
export function refusesByDefault(file: NftFile): boolean | null {
  const input = file.chains.filter(({ hook }) => hook === 'input');
  const last = (rules: readonly string[]) => rules.at(-1) ?? '';
  if (
    input.some(
      ({ policy, rules }) => policy === 'drop' || /^(?:counter )?(?:drop|reject)\b/.test(last(rules)),
    )
  ) {
    return true;
  }
  return file.partial || input.some(({ rules }) => rules.some((rule) => /\b(?:jump|goto|vmap)\b/.test(rule)))
    ? null
    : false;
}
