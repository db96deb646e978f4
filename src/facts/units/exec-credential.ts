import { maskNamed } from '../../host/mask.ts';

/**
 * Whether any argument is a credential. The text of a unit is masked before its words are told apart, so what its
 * quotes or escapes hid from the mask is looked at again word by word.
 */
export function holdsCredential(argv: readonly string[]): boolean {
  return argv.some((argument, index) => {
    const before = argv[index - 1] ?? '';
    const isValue = before.startsWith('-') && !argument.startsWith('-');
    return maskNamed(isValue ? before : '', argument).includes('<masked');
  });
}
