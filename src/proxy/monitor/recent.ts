const maxRequests = 500;
/** Characters: names in a request are the client's to choose, so a number of requests alone is no bound. */
const maxCharacters = 2 * 1024 * 1024;

export interface Recent {
  readonly add: (json: string) => void;
  /** At most `limit` finished requests as JSON, newest first. */
  readonly newest: (limit: number) => string[];
}

/** The last finished requests, as the JSON that was rendered for the ledger. */
export function createRecent(): Recent {
  const rows: string[] = [];
  let characters = 0;
  return {
    add(json) {
      rows.push(json);
      characters += json.length;
      while (rows.length > maxRequests || characters > maxCharacters) characters -= rows.shift()!.length;
    },
    newest: (limit) => rows.slice(Math.max(0, rows.length - limit)).toReversed(),
  };
}
