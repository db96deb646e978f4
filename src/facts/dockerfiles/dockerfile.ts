import type { IgnoreFile } from './ignore-file.ts';
import type { Instruction } from './instruction.ts';
import type { Script } from './shell-script.ts';
import type { Resolved } from './words.ts';

/** Every Dockerfile of a project. */
export interface Dockerfiles {
  readonly files: readonly Dockerfile[];
  /** Whether files that instructions name hold secrets or hashes. */
  readonly companions: readonly Companion[];
  /** Every file of the project, relative to it. */
  readonly paths: readonly string[];
  /** By path. */
  readonly ignoreFiles: ReadonlyMap<string, IgnoreFile>;
}

/** A file of the project that a Dockerfile may copy or install from. */
export interface Companion {
  /** Relative to the project. */
  readonly path: string;
  /** `null` when it could not be read. */
  readonly holds: {
    readonly secret: boolean;
    /** Whether every secret in it is one that everybody knows. */
    readonly isWellKnown?: boolean;
    readonly hashes: boolean;
  } | null;
}

export type Dockerfile = ReadDockerfile | UnreadDockerfile;

/** A file that tells no image: a template, one that a build refuses, one that could not be read. */
export interface UnreadDockerfile {
  readonly state: 'unread';
  /** As of one that was read. */
  readonly name: string;
  readonly path: string;
  readonly line: number | null;
  /** A clause. */
  readonly because: string;
}

export interface ReadDockerfile {
  readonly state: 'read';
  /** What findings call it: its path, or which service of a Compose file it is part of. */
  readonly name: string;
  /** The file that it is, or is part of: relative to the project, without a leading slash. */
  readonly path: string;
  /** Arguments before the first FROM. */
  readonly globals: readonly Step[];
  /** As written, to show; line 1 is the first. What does not belong to it is empty. */
  readonly lines: readonly string[];
  readonly stages: readonly Stage[];
  /** The last one: a build makes it when `--target` does not ask for another. */
  readonly final: Stage;
}

export interface Stage {
  readonly name: string | null;
  readonly instruction: Instruction;
  /** What FROM names, variables filled in. */
  readonly image: Resolved;
  /** The stage of this file that it begins with; `null` for an image from elsewhere. */
  readonly base: Stage | null;
  readonly steps: readonly Step[];
}

export type Step =
  | (At & { readonly kind: 'run' | 'health' | 'command' | 'entrypoint'; readonly script: Script })
  | (At & { readonly kind: 'environment' | 'argument'; readonly variables: readonly Variable[] })
  | (At & { readonly kind: 'user'; readonly user: Resolved })
  | (At & {
      readonly kind: 'copy' | 'add';
      /** `--from`: a stage's name or number, or an image; `null` for the build context. */
      readonly from: Resolved | null;
      readonly sources: readonly Source[];
    })
  | (At & { readonly kind: 'no-health' | 'expose' | 'other' });

interface At {
  readonly instruction: Instruction;
}

export interface Variable {
  readonly name: string;
  /** `null`: an argument without a default. */
  readonly value: Resolved | null;
  /** Where the name stands in the instruction's text. */
  readonly at: number;
}

export interface Source {
  readonly path: Resolved;
  readonly at: number;
}
