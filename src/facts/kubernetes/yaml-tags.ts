import type { ScalarTag, Tags } from 'yaml';

/**
 * What kubectl's parser makes of plain scalars (sigs.k8s.io/yaml, goyaml.v2/resolve.go): YAML 1.1, but numbers as Go reads them, and
 * neither base 60 nor, without a tag, dates.
 *
 * @param tags - the library's tags of YAML 1.1
 */
export function kubectlTags(tags: Tags): Tags {
  const known = tags.filter((tag) => typeof tag === 'string' || !replaced.test(tag.tag));
  return [withPrefix, decimal, whole, ...known];
}

const replaced = /:(?:int|float|timestamp|binary|omap|pairs|set)$/;

/** An underscore anywhere is as good as none. */
const withPrefix: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^(?!_)[-+]?_*0_*(?:[bB][01_]+|[oO][0-7_]+|[xX][\da-fA-F_]+|[0-7_]+)$/,
  resolve: (text) => {
    const [, sign = '', digits = ''] = /^([-+]?)(.*)$/.exec(text.replaceAll('_', '')) ?? [];
    const value = Number(/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits);
    return Number.isNaN(value) ? text : sign === '-' ? -value : value;
  },
};

const decimal: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  test: /^(?!_)[-+]?(?:[\d_]+(?:\.[\d_]*)?|\.[\d_]+)(?:[eE][-+_]*[\d_]+)?$/,
  resolve: (text) => {
    const plain = text.startsWith('.') ? text : text.replaceAll('_', '');
    return /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(plain) ? Number(plain) : text;
  },
};

/** For `!!int`, which asks for a tag of its own name. */
const whole: ScalarTag = { ...decimal, tag: 'tag:yaml.org,2002:int', test: /^[-+]?\d[\d_]*$/ };
