import { oneLine } from '../../../tui/cells.ts';

/** Foreign text for the inside of an element or of an attribute in double quotes. */
export function escaped(text: string): string {
  return oneLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
