/** Milliseconds that tokenpak says in a reply's head it took; null where it says nothing. */
export function overheadOf(head: string): number | null {
  const said = /\nserver-timing:[^\n]*\btokenpak;dur=([\d.]+)/i.exec(head)?.[1];
  return said === undefined ? null : Number(said);
}
