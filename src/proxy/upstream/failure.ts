import { ProxyError } from '../errors.ts';

/** How far a call had come when it failed. */
export type CallPhase = 'before the head' | 'in the body';

const tlsCodes = /^(?:ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/;
const timeouts = new Set(['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT']);
const protocolCodes =
  /^(?:HTTPParserError|HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_CONTENT_LENGTH_MISMATCH|UND_ERR_INFO|ERR_ASSERTION|UND_ERR_INVALID_ARG|UND_ERR_RESPONSE)/;

/** A failure of the connection to a provider, as the error that the client is told. The cause's text stays out of it: it can hold addresses and keys. */
export function callFailure(cause: unknown, phase: CallPhase, provider: string): ProxyError {
  if (cause instanceof ProxyError) return cause;
  const code = codeOf(cause);
  if (tlsCodes.test(code)) {
    return new ProxyError('upstream_tls', `${provider}: no trusted TLS connection (${code})`, { cause });
  }
  if (timeouts.has(code))
    return new ProxyError('upstream_timeout', `${provider} did not accept a connection`, { cause });
  const spoken = code === 'UND_ERR_SOCKET' && cause instanceof Error && /^bad (?:response|upgrade)/.test(cause.message);
  if (protocolCodes.test(code) || spoken) {
    return new ProxyError('upstream_protocol', `${provider} did not answer with valid HTTP (${code})`, { cause });
  }
  if (phase === 'in the body') {
    return new ProxyError('upstream_truncated', `${provider} broke off its answer (${code})`, { cause });
  }
  return new ProxyError('upstream_unreachable', `${provider} could not be reached (${code})`, { cause });
}

// A certificate that is not trusted will not be trusted a moment later.
const passingConnectCodes =
  /^(?:ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EPROTO|UND_ERR_CONNECT_TIMEOUT|UND_ERR_SOCKET|ERR_SSL_(?!.*(?:CERT|_CA$)).+)$/;

/** Whether it was a connection that could not be made, for a reason that may pass. Of a call that has none yet. */
export function neverConnected({ cause }: ProxyError): boolean {
  return passingConnectCodes.test(codeOf(cause));
}

function codeOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return codeOf(cause.errors[0]);
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.name : 'unknown';
}
