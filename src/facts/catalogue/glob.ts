/** The whole of a text, where `*` stands for any part of it. */
export function globExpression(glob: string): RegExp {
  const pattern = glob.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pattern.join('.*')}$`);
}
