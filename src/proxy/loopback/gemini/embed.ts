import { recordsIn } from '../json-members.ts';
import { embeddingVector } from '../embedding-vector.ts';
import { jsonAnswer, type Provided } from '../provided.ts';
import type { LoopbackRequest } from '../request.ts';

/** `POST /v1beta/models/{model}:embedContent`. */
export function embedContent({ hash, members }: LoopbackRequest): Provided {
  return jsonAnswer({ embedding: { values: embeddingVector(hash, 0, members.get('outputDimensionality')) } });
}

/** `POST /v1beta/models/{model}:batchEmbedContents`. */
export function batchEmbedContents({ hash, members }: LoopbackRequest): Provided {
  const requests = recordsIn(members.get('requests'));
  const embeddings = requests.map(({ outputDimensionality }, index) => ({
    values: embeddingVector(hash, index, outputDimensionality),
  }));
  return jsonAnswer({ embeddings });
}
