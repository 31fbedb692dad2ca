const MASK = '***';
/** Shorter values would mask ordinary words and show by their absence what they are. */
const SHORTEST = 4;

/** Knows the secrets in use and takes them out of any text that is written down. */
export interface Redactor {
  /** Remembers a secret, with the forms in which programs repeat it (JSON, URL, base64, shell quotes). */
  learn(secret: string): void;
  /** The text with every known secret replaced. */
  redact(text: string): string;
}

export function createRedactor(): Redactor {
  const known = new Set<string>();
  return {
    learn(secret) {
      if (secret.length < SHORTEST) return;
      const forms = [
        secret,
        JSON.stringify(secret).slice(1, -1),
        encodeURIComponent(secret),
        Buffer.from(secret).toString('base64'),
        secret.replaceAll("'", "'\\''"),
      ];
      for (const form of forms) known.add(form);
    },
    redact(text) {
      let clean = text;
      for (const secret of [...known].sort((a, b) => b.length - a.length)) clean = clean.replaceAll(secret, MASK);
      return clean;
    },
  };
}
