// All control characters but tab and newline, halves of surrogate pairs, and those that reorder text (https://www.unicode.org/reports/tr9/).
const unsafe = /(?![\t\n])[\p{Cc}\p{Cs}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu;

/** Foreign text without what could move the cursor, colour, hide or reorder it. */
export function plainText(text: string): string {
  return text.replace(unsafe, '');
}
