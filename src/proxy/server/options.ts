import { z } from 'zod';

/** Where tokenpak listens. */
export const listenOptions = z.strictObject({
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('The address. On 127.0.0.1, the same port of ::1 is taken as well where it is free.'),
  port: z.int().min(0).max(65535).default(8766).describe('The port; 0 takes any that is free.'),
  expose: z.boolean().default(false).describe('Needed for any address that is not loopback, beside a token.'),
  tokenEnv: z
    .string()
    .default('TOKENPAK_TOKEN')
    .describe('The environment variable that holds the token which every request must bring when exposed.'),
  allowedHosts: z
    .array(z.string())
    .default([])
    .describe('Host names besides 127.0.0.1, localhost and ::1 that a request may be addressed to.'),
});
export type ListenOptions = z.infer<typeof listenOptions>;

/** How much is taken on at once. */
export const capacityOptions = z.strictObject({
  connections: z.int().min(1).default(8192).describe('Open connections of clients.'),
  inFlight: z.int().min(1).default(4096).describe('Requests at the same time.'),
  inFlightPerProvider: z.int().min(1).default(2048).describe('Requests at the same time to one provider.'),
  queue: z.int().min(0).default(512).describe('Requests that may wait for a place.'),
  queueMs: z.int().min(0).default(5000).describe('How long they may wait.'),
  lagMs: z
    .int()
    .min(0)
    .default(200)
    .describe('How late the event loop may be by its own work before new requests are refused; 0 is no limit.'),
  maxBodyBytes: z
    .int()
    .min(1024)
    .default(64 * 1024 * 1024)
    .describe('The largest JSON body; files and audio have no limit.'),
});
export type CapacityOptions = z.infer<typeof capacityOptions>;

/** How long the client may take; milliseconds. */
export const clientDeadlineOptions = z.strictObject({
  headersMs: z.int().min(100).default(10_000).describe("For a request's headers."),
  bodyMs: z.int().min(100).default(60_000).describe('For a JSON body.'),
  keepAliveMs: z.int().min(1000).default(75_000).describe('Between two requests of one connection.'),
  writeStallMs: z.int().min(100).default(300_000).describe('Without reading anything of an answer.'),
});
export type ClientDeadlineOptions = z.infer<typeof clientDeadlineOptions>;
