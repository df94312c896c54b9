import { dialectFormats, type StreamEnding } from '../dialects/index.ts';
import { jsonArrayDecoder } from '../json-array-decoder.ts';
import type { Observer } from '../observers.ts';
import type { Reply } from '../reply.ts';
import { sseDecoder, type EventDecoder } from '../sse-decoder.ts';
import type { StreamEvent } from '../stream-events.ts';
import type { Transform } from '../transforms.ts';

export type StreamForm = 'events' | 'array';

/** What a stream's bytes pass through, innermost first. */
export interface LayerChain {
  /** Shows the bytes to the observers inside the first transform. */
  readonly observe: (chunk: Buffer) => void;
  /** Takes the bytes through the transforms, and shows what they emit to the observers behind each. */
  readonly transform: (chunk: Buffer) => Buffer | null;
  /** What was held back, when the stream has ended. */
  readonly flush: () => Buffer | null;
  /** Whether the dialect's last event may be in these bytes, or end in them: false is certain. */
  readonly mayHoldLast: (chunk: Buffer) => boolean;
  /** Whether the dialect's last event has been seen. */
  readonly hasLast: () => boolean;
  /** How the stream stands; `unknown` where an event was too large to read, `garbled` where something is no event at all. */
  readonly ending: () => StreamEnding | 'unknown' | 'garbled';
  readonly midEvent: () => boolean;
}

interface OuterLayer {
  readonly transform: Transform;
  readonly decoder: EventDecoder | null;
}

/** Decodes a reply's events once for all observers between two transforms, and not at all where nobody listens. */
export function layerChain(reply: Reply, form: StreamForm, mustBeComplete: boolean): LayerChain {
  const watch = mustBeComplete ? dialectFormats[reply.dialect].watch() : null;
  const firstTransform = reply.layers.findIndex((layer) => 'transform' in layer);
  const innerEnd = firstTransform < 0 ? reply.layers.length : firstTransform;
  const inner = listeners(reply.layers.slice(0, innerEnd));
  let last = false;
  const decoder = decoderFor(form, (event) => {
    if (watch?.last(event)) last = true;
    for (const observer of inner) observer.event?.(event);
  });
  const outer = outerLayers(reply.layers.slice(innerEnd), form);

  function through(
    chunk: Buffer | null,
    step: (layer: OuterLayer, bytes: Buffer | null) => Buffer | null,
  ): Buffer | null {
    return outer.reduce((bytes, layer) => {
      const emitted = step(layer, bytes);
      if (emitted) layer.decoder?.push(emitted);
      return emitted;
    }, chunk);
  }

  return {
    observe: decoder.push,
    transform: (chunk) =>
      outer.length === 0 ? chunk : through(chunk, (layer, bytes) => bytes && layer.transform.push(bytes)),
    flush: () =>
      through(null, (layer, bytes) => concatenated(bytes && layer.transform.push(bytes), layer.transform.flush())),
    mayHoldLast(chunk) {
      const { lastMark } = dialectFormats[reply.dialect];
      return watch !== null && lastMark !== null && (decoder.midEvent() || lastMark.test(chunk.toString('latin1')));
    },
    hasLast: () => last,
    ending() {
      const ending = watch?.ending() ?? 'complete';
      if (ending === 'complete' && form === 'array' && decoder.midEvent()) return 'cut';
      if (ending !== 'cut' || decoder.lost() === 'nothing') return ending;
      return decoder.lost() === 'too large' ? 'unknown' : 'garbled';
    },
    midEvent: decoder.midEvent,
  };
}

function outerLayers(layers: Reply['layers'], form: StreamForm): OuterLayer[] {
  return layers.flatMap((layer, index) => {
    if (!('transform' in layer)) return [];
    const next = layers.findIndex((other, position) => position > index && 'transform' in other);
    const behind = listeners(layers.slice(index + 1, next < 0 ? undefined : next));
    const show = (event: StreamEvent): void => behind.forEach((observer) => observer.event?.(event));
    return [{ transform: layer.transform, decoder: behind.length > 0 ? decoderFor(form, show) : null }];
  });
}

function listeners(layers: Reply['layers']): Observer[] {
  return layers.flatMap((layer) => ('observer' in layer && layer.observer.event ? [layer.observer] : []));
}

function decoderFor(form: StreamForm, give: (event: StreamEvent) => void): EventDecoder {
  return form === 'events' ? sseDecoder(give) : jsonArrayDecoder(give);
}

function concatenated(first: Buffer | null, second: Buffer | null): Buffer | null {
  return first && second ? Buffer.concat([first, second]) : (first ?? second);
}
