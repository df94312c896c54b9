/** How headers and parameters are called that hold a credential, `api-key` and `access_token` for two. */
const secret = /(?:^|[-_])(?:api[-_]?key|key|token|secret|auth|authorization|password|signature)$/i;
const harmless = 'idempotency-key';

/** Whether a name is one that a client puts a credential under. */
export function isSecretName(name: string): boolean {
  return secret.test(name) && name.toLowerCase() !== harmless;
}

/** Raw headers without those that hold a credential: what is meant for one provider is no other's business. */
export function withoutSecrets(headers: readonly string[]): string[] {
  return headers.filter((_, index) => !isSecretName(headers[index - (index % 2)] as string));
}
