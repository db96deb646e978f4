/** A YAML file imported as data: the build and the test runner both turn it into its parsed value. */
declare module '*.yaml' {
  const document: unknown;
  export default document;
}
