import { enableCompileCache } from 'node:module';
import { codeIn, dataDirectoryIn, isTrusted } from './data-directory.ts';

const argv = process.argv.slice(2);
const code = codeIn(dataDirectoryIn(argv));
// Compiling takes most of the time that a short command takes.
if (isTrusted(code)) enableCompileCache(code);
const { runCommand } = await import('./command.ts');
process.exitCode = await runCommand(argv);
