/** Patterns and factors of fail2ban's MyTime.str2seconds, in its order. */
const units: readonly (readonly [RegExp, number])[] = [
  [unit('days?|da|dd?'), 86_400],
  [unit('weeks?|wee?|ww?'), 604_800],
  [unit('months?|mon?'), 2_629_800],
  [unit('years?|yea?|yy?'), 31_557_600],
  [unit('seconds?|sec?|ss?'), 1],
  [unit('minutes?|min?|mm?'), 60],
  [unit('hours?|hou?|hh?'), 3_600],
];

function unit(names: string): RegExp {
  return new RegExp(String.raw`(?<=[\d\s])(?:${names})\b`, 'gi');
}

/**
 * Seconds of a fail2ban duration: `600`, `10m`, `1d 12h`, `24*60*60`; negative is for ever.
 *
 * @returns `null` when fail2ban would not understand it
 */
export function secondsOf(text: string): number | null {
  // No duration that people write is longer; the patterns below need not see it.
  if (text.length > 200) return null;
  let expression = text.replace(/(?<=[a-z])(\d)/gi, ' $1');
  for (const [pattern, factor] of units) expression = expression.replace(pattern, `*${String(factor)}`);
  expression = expression.replace(/(\d)\s+(\d)/g, '$1+$2');
  // fail2ban evaluates it as Python, where `#` starts a comment.
  const tokens = tokensOf(expression.replace(/#.*/, ''));
  if (tokens === null) return null;
  const rest = [...tokens];
  const value = sum(rest);
  return value === null || rest.length > 0 || !Number.isFinite(value) ? null : value;
}

function tokensOf(expression: string): readonly string[] | null {
  const tokens = expression.match(/\d+(?:\.\d*)?|\.\d+|[-+*/()]|\s+|./g) ?? [];
  const solid = tokens.filter((token) => token.trim() !== '');
  return solid.every((token) => /^(?:\d|\.\d|[-+*/()]$)/.test(token)) ? solid : null;
}

function sum(tokens: string[]): number | null {
  let value = product(tokens);
  while (value !== null && (tokens[0] === '+' || tokens[0] === '-')) {
    const sign = tokens.shift() === '+' ? 1 : -1;
    const next = product(tokens);
    value = next === null ? null : value + sign * next;
  }
  return value;
}

function product(tokens: string[]): number | null {
  let value = factor(tokens);
  while (value !== null && (tokens[0] === '*' || tokens[0] === '/')) {
    const divide = tokens.shift() === '/';
    const next = factor(tokens);
    if (next === null) return null;
    value = divide ? value / next : value * next;
  }
  return value;
}

function factor(tokens: string[]): number | null {
  const token = tokens.shift();
  if (token === '-' || token === '+') {
    const value = factor(tokens);
    return value === null ? null : token === '-' ? -value : value;
  }
  if (token === '(') {
    const value = sum(tokens);
    return tokens.shift() === ')' ? value : null;
  }
  return token !== undefined && /^[\d.]/.test(token) ? Number(token) : null;
}
