const { parse } = require('yaml');

/** Lets a test import a YAML file as its parsed value, as the build does. */
module.exports = {
  process: (text) => ({ code: `export default ${JSON.stringify(parse(text))};` }),
};
