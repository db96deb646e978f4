/** A file of ours or of the user's that does not say what it must; shown without a stack trace. */
export class InputError extends Error {
  override readonly name = 'InputError';
}
