import { type Complain, type Complaint, readDocument } from './document.ts';
import { checkForms, checkSecrets } from './forms.ts';
import { checkPins, checkSamePins } from './pins.ts';
import { checkInlineScripts, checkScripts } from './scripts.ts';
import { checkWiring } from './wiring.ts';

const ADDON = 'manifest.jps.yaml';
const STORAGE = 'storage-node/manifest.jps.yaml';

/** Everything that is wrong with the manifests of a checkout and their scripts. */
export function lint(root: string): readonly Complaint[] {
  const complaints: Complaint[] = [];
  const complainOf =
    (file: string): Complain =>
    (rule, where, message) =>
      void complaints.push({ rule, file, where, message });
  const documents = [readDocument(root, ADDON), readDocument(root, STORAGE)] as const;
  for (const document of documents) {
    const complain = complainOf(document.file);
    checkForms(document, complain);
    checkSecrets(document, complain);
    checkWiring(root, document, complain);
    checkInlineScripts(document, complain);
    checkPins(root, document, complain);
  }
  checkSamePins(documents, complainOf(ADDON));
  checkScripts(root, complainOf);
  return complaints;
}
