import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { versionOf } from './installed.ts';
import type { Peer, PeerContext } from './peer.ts';

function configuration({ upstreamPort }: PeerContext): string {
  return `
model_list:
  - model_name: claude-haiku-4-5
    litellm_params:
      model: anthropic/claude-haiku-4-5
      api_base: http://127.0.0.1:${upstreamPort}
      api_key: bench-key-that-is-no-secret
litellm_settings:
  telemetry: false
`;
}

export const litellm: Peer = {
  name: 'LiteLLM',
  hint: "pip install 'litellm[proxy]'",
  version: () => versionOf('litellm', ['--version']),
  launch(context) {
    const file = path.join(context.scratch, 'litellm.yaml');
    writeFileSync(file, configuration(context), { mode: 0o600 });
    const port = String(context.port);
    return {
      command: ['litellm', '--config', file, '--host', '127.0.0.1', '--port', port, '--num_workers', '1'],
      // It would fetch its price table from the network at each start.
      env: { LITELLM_LOCAL_MODEL_COST_MAP: 'True', HOME: context.scratch },
      terms: { headers: [], rewrites: true },
    };
  },
};
