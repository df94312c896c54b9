/** The registry cannot be read, or not be changed so. Nothing was written. The message is for the user. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
}
