/**
 * The environment variables by which clients are pointed at a proxy. Anthropic's SDK and Claude Code, and Google's SDK
 * and CLI, add the version to the path themselves; OpenAI's SDK expects it in the base URL.
 */
export function clientVariables(baseUrl: string): Readonly<Record<string, string>> {
  return {
    ANTHROPIC_BASE_URL: baseUrl,
    OPENAI_BASE_URL: `${baseUrl}/v1`,
    // The name of the same among older clients, such as aider.
    OPENAI_API_BASE: `${baseUrl}/v1`,
    GOOGLE_GEMINI_BASE_URL: baseUrl,
  };
}
