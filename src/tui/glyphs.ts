/** The characters that frames and charts are drawn with. */
export interface Glyphs {
  readonly ascii: boolean;
  readonly topLeft: string;
  readonly topRight: string;
  readonly bottomLeft: string;
  readonly bottomRight: string;
  readonly across: string;
  readonly down: string;
}

export const unicodeGlyphs: Glyphs = {
  ascii: false,
  topLeft: '╭',
  topRight: '╮',
  bottomLeft: '╰',
  bottomRight: '╯',
  across: '─',
  down: '│',
};

export const asciiGlyphs: Glyphs = {
  ascii: true,
  topLeft: '+',
  topRight: '+',
  bottomLeft: '+',
  bottomRight: '+',
  across: '-',
  down: '|',
};
