/** The wire formats that tokenpak reads, by the endpoint that defines each. */
export const dialects = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const;

/**
 * A wire format. `openai-chat` also stands for OpenAI's other JSON endpoints (embeddings, models, files, …): they share
 * its error body and its names for usage.
 */
export type Dialect = (typeof dialects)[number];
