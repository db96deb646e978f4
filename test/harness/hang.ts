/** Milliseconds after which bad input is said to hold the program up; the slowest machine needs a fraction. */
export const hang = 60_000;
