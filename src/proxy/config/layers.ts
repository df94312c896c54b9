import { isMapping } from './mapping.ts';
import type { Position } from './yaml-source.ts';

/** Where a value comes from. */
export type Origin =
  | ({ readonly kind: 'file'; readonly file: string } & Position)
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'flag'; readonly name: string }
  | { readonly kind: 'default' };

export interface Layers {
  /** The settings so far, not yet checked. */
  readonly value: Record<string, unknown>;
  /** Sets one value; later ones win. A parent that is no mapping stays as it is, for the check to name. */
  readonly set: (path: readonly string[], value: unknown, origin: Origin) => void;
  /** Where exactly this value was set. */
  readonly origin: (path: readonly PropertyKey[]) => Origin;
  /** Where it was set, or the nearest part around it: where to point when something is missing. */
  readonly nearest: (path: readonly PropertyKey[]) => Origin;
}

/** Lays environment and flags over the file's content, remembering where each value came from. */
export function createLayers(
  value: Record<string, unknown>,
  file: string,
  positions: ReadonlyMap<string, Position>,
): Layers {
  const origins = new Map<string, Origin>();
  for (const [key, position] of positions) origins.set(key, { kind: 'file', file, ...position });

  return {
    value,
    set(path, leaf, origin) {
      const parents = path.slice(0, -1);
      let target = value;
      for (const step of parents) {
        const next = (target[step] ??= Object.create(null));
        if (!isMapping(next)) return;
        target = next;
      }
      target[path.at(-1) ?? ''] = leaf;
      origins.set(path.join('.'), origin);
    },
    origin: (path) => origins.get(path.join('.')) ?? { kind: 'default' },
    nearest(path) {
      for (let length = path.length; length > 0; length--) {
        const origin = origins.get(path.slice(0, length).join('.'));
        if (origin) return origin;
      }
      return { kind: 'default' };
    },
  };
}
