import { posix } from 'node:path';
import type { Place } from '../workloads/setting.ts';
import { isRemote } from './session.ts';
import type { Mapping, Node, Scalar } from './tree.ts';
import { entriesOf, isNull, valueAt } from './tree.ts';

/** A Dockerfile that a service's build names, or has in it; compose-spec, build.md. */
export interface NamedBuild {
  readonly service: string;
  /** Where the file, or the text, is written. */
  readonly place: Place;
  readonly dockerfile:
    | { readonly kind: 'file'; readonly path: string }
    /** `indent`: of a literal block (`|`), whose lines follow the place one by one; `null` for any other text. */
    | { readonly kind: 'inline'; readonly text: string; readonly indent: number | null }
    /** A variable that nothing sets says which; as it is written. */
    | { readonly kind: 'open'; readonly shown: string };
}

/** The Dockerfiles inside a project that its services name. One by the usual name in the context is not named. */
export function namedBuilds(model: Mapping): readonly NamedBuild[] {
  return entriesOf(valueAt(model, 'services')).flatMap(([service, { value }]): NamedBuild[] => {
    const build = valueAt(value, 'build');
    const inline = scalarAt(build, 'dockerfile_inline');
    if (inline !== null) {
      const text = inline.unset.length > 0 ? inline.shown : (inline.text ?? '');
      const dockerfile = { kind: 'inline', text, indent: inline.indent } as const;
      return [{ service, place: inline.place, dockerfile }];
    }
    const named = scalarAt(build, 'dockerfile');
    if (build === null || named === null) return [];
    const dockerfile = fileOf(build, named);
    return dockerfile === null ? [] : [{ service, place: named.place, dockerfile }];
  });
}

function scalarAt(node: Node | null, key: string): Scalar | null {
  const value = valueAt(node, key);
  return value?.kind === 'scalar' && !isNull(value) ? value : null;
}

/** `null` for a file that lies elsewhere: outside of the project, or with a context that is remote. */
function fileOf(build: Node, named: Scalar): NamedBuild['dockerfile'] | null {
  const context = scalarAt(build, 'context');
  if (context !== null && isRemote(context.shown)) return null;
  if (named.unset.length > 0 || (context?.unset.length ?? 0) > 0) {
    return { kind: 'open', shown: posix.join(context?.shown ?? '', named.shown) };
  }
  const start = (context ?? build).directory;
  // Never resolved against `/`, where `..` of a project's root would lead back into it.
  const relative = posix.join(posix.relative('/', start), context?.text ?? '.');
  const path = posix.join(relative, named.text ?? '');
  const leaves = [relative, path].some((each) => /^\.\.(?:\/|$)/.test(each));
  const isElsewhere = [context?.text, named.text].some((each) => each != null && /^[/~]/.test(each));
  return leaves || isElsewhere ? null : { kind: 'file', path: `/${path}` };
}
