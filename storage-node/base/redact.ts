const MASK = '***';
/** Shorter values would mask ordinary words and show by their absence what they are. */
const SHORTEST = 4;

const inJson = (text: string) => JSON.stringify(text).slice(1, -1);

/** Knows the secrets in use and takes them out of any text that is written down. */
export interface Redactor {
  /** Remembers a secret, with the forms in which programs repeat it (JSON, also twice; URL, form, base64, shell and SQL quotes). */
  learn(secret: string): void;
  /** The text with every known secret replaced. */
  redact(text: string): string;
}

/** A redactor that knows nothing yet. */
export function createRedactor(): Redactor {
  const known = new Set<string>();
  return {
    learn(secret) {
      if (secret.length < SHORTEST) return;
      const forms = [
        secret,
        encodeURIComponent(secret.toWellFormed()),
        new URLSearchParams([['', secret]]).toString().slice(1),
        Buffer.from(secret).toString('base64'),
        secret.replaceAll("'", "'\\''"),
        secret.replaceAll("'", "''"),
      ];
      // A log line is JSON itself, and may quote a program that speaks JSON.
      for (const form of forms)
        known
          .add(form)
          .add(inJson(form))
          .add(inJson(inJson(form)));
    },
    redact(text) {
      let clean = text;
      for (const secret of [...known].sort((a, b) => b.length - a.length)) clean = clean.replaceAll(secret, MASK);
      return clean;
    },
  };
}
