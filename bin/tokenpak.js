#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/cli/main.js', import.meta.url);
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`error: tokenpak needs Node.js 20.19 or later; this is ${process.versions.node}.`);
  process.exitCode = 1;
} else if (!existsSync(main)) {
  console.error('error: tokenpak is not built yet. Run: npm run build');
  process.exitCode = 1;
} else {
  const { NODE_ENV, DEV } = process.env;
  // Libraries for the screen read these when they are imported.
  process.env.NODE_ENV = 'production';
  delete process.env.DEV;
  if (process.env.NO_COLOR) process.env.FORCE_COLOR = '0';
  await import(main.href).then((module) => module.main(process.argv.slice(2), { NODE_ENV, DEV }));
}
