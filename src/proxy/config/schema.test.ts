import prettier from 'prettier';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { expectation } from './expectation.ts';
import { providerOptions } from '../provider-router/options.ts';
import { configSchema } from './schema.ts';

// Both files are generated. When this test fails they are stale: run it with `--update`, and read what has changed.

const jsonSchema = z.toJSONSchema(configSchema, {
  io: 'input',
  override({ zodSchema, jsonSchema: part }) {
    // A built-in provider has all of its settings already; which name that is, a JSON schema cannot know here.
    if (zodSchema === providerOptions) delete part.required;
  },
});

describe('what is generated from the schema of the configuration', () => {
  it('is the JSON schema that editors check tokenpak.yaml with', async () => {
    const text = JSON.stringify({ ...jsonSchema, title: 'tokenpak.yaml' });
    const formatted = await prettier.format(text, { parser: 'json', printWidth: 120 });
    await expect(formatted).toMatchFileSnapshot('../../../templates/tokenpak.schema.json');
  });

  it('is the reference of the configuration', async () => {
    const formatted = await prettier.format(reference(), { parser: 'markdown', printWidth: 120 });
    await expect(formatted).toMatchFileSnapshot('../../../docs/configuration.md');
  });

  it('describes every setting', () => {
    const undescribed = sections().flatMap(({ rows }) => rows.filter(({ description }) => description === ''));
    expect(undescribed).toEqual([]);
  });
});

interface Row {
  readonly key: string;
  readonly expected: string;
  readonly standard: string;
  readonly description: string;
}

interface Section {
  readonly title: string;
  readonly description: string;
  readonly rows: readonly Row[];
}

function sections(): Section[] {
  const parts = Object.entries(configSchema.shape).map(([key, schema]) => ({ key, schema, inner: bare(schema) }));
  const single = parts.filter(({ inner }) => !isMapping(inner)).map(({ key, schema }) => row(key, schema));
  const grouped = parts.flatMap(({ key, schema, inner }) => {
    const item = inner instanceof z.ZodRecord ? inner.valueType : inner instanceof z.ZodArray ? inner.element : inner;
    const group = bare(item);
    if (!(group instanceof z.ZodObject)) return [];
    const prefix = inner instanceof z.ZodRecord ? `${key}.NAME` : inner instanceof z.ZodArray ? `${key}[]` : key;
    const rows = Object.entries(group.shape).map(([name, option]) => row(`${prefix}.${name}`, option as z.ZodType));
    return [{ title: key, description: schema.description ?? '', rows }];
  });
  return [{ title: 'At the top', description: 'Single settings.', rows: single }, ...grouped];
}

function isMapping(schema: z.core.$ZodType): boolean {
  const isOfSingleValues = schema instanceof z.ZodRecord && schema.valueType instanceof z.ZodString;
  if (schema instanceof z.ZodArray) return schema.element instanceof z.ZodObject;
  return schema instanceof z.ZodObject || (schema instanceof z.ZodRecord && !isOfSingleValues);
}

function bare(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional
    ? bare(schema.unwrap())
    : schema;
}

function row(key: string, schema: z.ZodType): Row {
  const standard = schema.safeParse(undefined);
  return {
    key,
    expected: expectation(bare(schema)),
    standard: !standard.success
      ? 'must be set'
      : standard.data === undefined
        ? ''
        : `\`${JSON.stringify(standard.data)}\``,
    description: schema.description ?? '',
  };
}

function reference(): string {
  const tables = sections().map(({ title, description, rows }) => {
    const lines = rows.map(
      (cells) => `| \`${cells.key}\` | ${cells.expected} | ${cells.standard} | ${cells.description} |`,
    );
    return [`## ${title}`, description, ['| key | takes | default | |', '|---|---|---|---|', ...lines].join('\n')].join(
      '\n\n',
    );
  });
  return [introduction, ...tables, afterword].join('\n\n');
}

const introduction = `# Configuration

<!-- Generated from the schema by src/proxy/config/schema.test.ts. -->

tokenpak needs no configuration. What is to differ stands in \`tokenpak.yaml\` in your configuration directory
(\`tokenpak config path\` says where; \`tokenpak config init\` writes one to begin with) or in the file that \`--config\`
or \`TOKENPAK_CONFIG\` names. Flags stand before variables, variables before the file, the file before the defaults;
\`tokenpak config show --origin\` prints each setting and where it comes from. Nothing is read from the working
directory.

The file is YAML 1.2 of at most 256 KiB, without tags, anchors and aliases. A key that is not known is an error, and so
is a credential: name the environment variable that holds it, or a file of its own. \`tokenpak config validate\` lists
everything that is wrong. A running proxy reads the file again when it changes; one that is wrong changes nothing. What
\`listen\`, \`capacity\`, \`client\`, \`ledger\`, \`metrics\` and \`log.file\` say takes effect at the next start. Pages of their
own have [access keys](access-keys.md), [limits](limits.md), [budgets](budgets.md), [routes](routing.md), and
[breakers, retries and reloading](reliability.md).`;

const afterword = `## Environment

| variable | means |
|---|---|
| \`TOKENPAK_PORT\`, \`TOKENPAK_HOST\` | \`listen.port\`, \`listen.host\` |
| \`TOKENPAK_LOG_LEVEL\` | \`log.level\` |
| \`TOKENPAK_REQUEST_TIMEOUT\` | \`deadlines.totalMs\`, but in seconds |
| \`TOKENPAK_UPSTREAM_RETRIES\` | \`upstreamRetries\` |
| \`TOKENPAK_CB_ENABLED\` | \`breaker.enabled\`: \`true\` or \`false\` |
| \`TOKENPAK_CB_FAILURE_THRESHOLD\`, \`TOKENPAK_CB_WINDOW_SECONDS\` | \`breaker.failures\`, \`breaker.windowSeconds\` |
| \`TOKENPAK_CB_RECOVERY_TIMEOUT\`, \`TOKENPAK_CB_MIN_FAILURE_RATIO\` | \`breaker.recoverySeconds\`, \`breaker.minFailureRatio\` |
| \`TOKENPAK_CONFIG\` | the configuration file, an absolute path |
| \`TOKENPAK_HOME\` | one directory, an absolute path, for the configuration file and everything that is written |
| \`TOKENPAK_TOKEN\` | the token that requests must bring when the proxy is exposed |
| \`ANTHROPIC_API_KEY\`, \`OPENAI_API_KEY\`, \`GEMINI_API_KEY\` | keys for clients that bring none of their own |
| \`HTTPS_PROXY\`, \`HTTP_PROXY\`, \`NO_PROXY\` | read where \`proxy: env\` says so |
| \`NODE_EXTRA_CA_CERTS\` | certificate authorities to trust as well |
| \`NO_COLOR\` | no colours |

Keys and tokens are taken out of the environment once they have been read.`;
