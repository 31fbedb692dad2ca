import { lint } from './manifest-linter/lint.ts';

const [root = '.'] = process.argv.slice(2);
const complaints = lint(root);
for (const { file, where, rule, message } of complaints) {
  process.stdout.write(`${file}: ${where === '' ? '' : `${where}: `}${message} [${rule}]\n`);
}
process.stdout.write(
  complaints.length === 0
    ? 'lint-manifest: both manifests are sound\n'
    : `lint-manifest: ${complaints.length} faults\n`,
);
process.exitCode = complaints.length === 0 ? 0 : 1;
