import { enableCompileCache } from 'node:module';
import { compiledIn, isTrusted } from './compiled.ts';
import { dataDirectoryIn } from './config.ts';

const argv = process.argv.slice(2);
const compiled = compiledIn(dataDirectoryIn(argv));
// Compiling takes most of the time that a short command takes.
if (isTrusted(compiled)) enableCompileCache(compiled);
const { runCommand } = await import('./command.ts');
process.exitCode = await runCommand(argv);
