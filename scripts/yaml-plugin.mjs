import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/** Lets esbuild import a YAML file as its parsed value. */
export const yamlPlugin = {
  name: 'yaml',
  setup(build) {
    build.onLoad({ filter: /\.yaml$/ }, async ({ path }) => ({
      contents: JSON.stringify(parse(await readFile(path, 'utf8'))),
      loader: 'json',
    }));
  },
};
