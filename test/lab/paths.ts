import { join } from 'node:path';

/** The lab is run from the root of the checkout, by npm. */
export const checkout = process.cwd();
export const labSources = join(checkout, 'test/lab');
