import manifest from '../../package.json' with { type: 'json' };

/** The version in package.json; the build writes it into the program. */
export const version: string = manifest.version;
