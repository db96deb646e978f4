/** An option with its values, as written: `! --dports 22,80`. */
export interface Option {
  readonly name: string;
  readonly negated: boolean;
  readonly values: readonly string[];
  /** The module it belongs to: the last `-m`. */
  readonly module: string;
}

/** Options with text of somebody's own behind them, which may look like an option. */
const texts = new Set(['--comment', '--log-prefix', '--nflog-prefix', '--string', '--hex-string', '--name']);

/** Groups the words of a rule by option. */
export function optionsOf(words: readonly string[]): readonly Option[] {
  const options: { name: string; negated: boolean; values: string[]; module: string }[] = [];
  let negated = false;
  let module = '';
  for (const word of words) {
    const current = options.at(-1);
    if (current !== undefined && texts.has(current.name) && current.values.length === 0) {
      current.values.push(word);
    } else if (word === '!') negated = true;
    else if (/^--?[a-z]/i.test(word)) {
      options.push({ name: word, negated, values: [], module });
      negated = false;
    } else if (current !== undefined) {
      current.values.push(word);
      if (current.name === '-m' || current.name === '--match') module = word;
    } else options.push({ name: word, negated, values: [], module });
  }
  return options;
}
