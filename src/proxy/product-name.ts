/** The name of the program: the one place where code takes it from. */
export const productName = 'tokenpak';
