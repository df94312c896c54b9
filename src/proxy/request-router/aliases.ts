/**
 * Follows aliases to the models that they stand for.
 * @returns the models by alias, and the aliases that lead back to themselves and so to none.
 */
export function resolveAliases(aliases: Readonly<Record<string, string>>): {
  readonly models: ReadonlyMap<string, string>;
  readonly cycles: readonly string[];
} {
  const models = new Map<string, string>();
  const cycles: string[] = [];
  for (const alias of Object.keys(aliases)) {
    const passed = new Set<string>();
    let model = alias;
    while (Object.hasOwn(aliases, model) && !passed.has(model)) {
      passed.add(model);
      model = aliases[model] as string;
    }
    if (passed.has(model)) cycles.push(alias);
    else models.set(alias, model);
  }
  return { models, cycles };
}
