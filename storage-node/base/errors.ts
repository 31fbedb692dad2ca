interface ErrorFacts {
  /** Exit status of the command line. */
  readonly exit: number;
  /** Status of the HTTP door. */
  readonly http: number;
  /** Whether the same request may succeed later without anybody's help. */
  readonly retry: boolean;
  /** What to do, where the place that failed knows nothing better. */
  readonly hint: string;
}

/** The closed catalogue: every failure that leaves the program has one of these codes. */
export const ERRORS = {
  bug: { exit: 70, http: 500, retry: false, hint: 'this is a fault of the add-on; send the job’s log to its makers.' },
  'request-invalid': { exit: 2, http: 400, retry: false, hint: 'correct the named field and send the request again.' },
  'job-running': {
    exit: 10,
    http: 422,
    retry: true,
    hint: 'wait until the running job has ended; see: dbbackup jobs.',
  },
  'job-cancelled': {
    exit: 11,
    http: 409,
    retry: false,
    hint: 'the job was stopped on request; start it again when wanted.',
  },
  interrupted: { exit: 12, http: 503, retry: true, hint: 'the daemon ended while the job ran; run it again.' },
  'job-timeout': {
    exit: 13,
    http: 504,
    retry: true,
    hint: 'raise the time limit or look for what blocks the database.',
  },
  'job-stalled': {
    exit: 17,
    http: 504,
    retry: true,
    hint: 'the job’s log says what it did last; look at the database server and the network, or raise stallMinutes.',
  },
  'daemon-running': {
    exit: 14,
    http: 409,
    retry: false,
    hint: 'one daemon owns a data directory; stop it or name another.',
  },
  'daemon-unreachable': { exit: 15, http: 502, retry: true, hint: 'start it: dbbackup serve --data DIR.' },
  'data-directory': {
    exit: 16,
    http: 500,
    retry: false,
    hint: 'name a directory that this user may write, with a short path.',
  },
  'environment-unknown': {
    exit: 20,
    http: 404,
    retry: false,
    hint: 'see: dbbackup list --environments; install the add-on first.',
  },
  'backup-unknown': { exit: 21, http: 404, retry: false, hint: 'see: dbbackup list.' },
  'job-unknown': { exit: 22, http: 404, retry: false, hint: 'see: dbbackup jobs.' },
  'backup-held': { exit: 23, http: 409, retry: false, hint: 'unpin it first, or wait until its hold ends.' },
  'policy-refused': { exit: 24, http: 403, retry: false, hint: 'the owner of the storage has switched this off.' },
  'node-unreachable': {
    exit: 30,
    http: 502,
    retry: true,
    hint: 'check that the database node runs and answers on its ssh port.',
  },
  'node-host-key': {
    exit: 31,
    http: 409,
    retry: false,
    hint: 'make sure that the node was redeployed on purpose, then run the install hook with the new host key.',
  },
  'node-account': {
    exit: 32,
    http: 409,
    retry: false,
    hint: 'run scripts/node/prepare on the database node with the key that the prepare hook answers.',
  },
  'node-tools': { exit: 33, http: 409, retry: false, hint: 'install the named program on the database node.' },
  'node-space': { exit: 34, http: 507, retry: true, hint: 'free the named space on the database node.' },
  'node-replica': {
    exit: 35,
    http: 409,
    retry: false,
    hint: 'make the primary the first node of the layer, or install on the primary.',
  },
  'connection-lost': { exit: 36, http: 502, retry: true, hint: 'check the network between storage and database node.' },
  'mount-failed': {
    exit: 37,
    http: 502,
    retry: true,
    hint: 'check FUSE on the database node, or set transport to channel.',
  },
  'mount-unproven': {
    exit: 38,
    http: 500,
    retry: false,
    hint: 'the directory on the node is not the storage; nothing was written.',
  },
  'tool-altered': {
    exit: 39,
    http: 409,
    retry: false,
    hint: 'a program placed on the node differs from the one sent; find out who changed it.',
  },
  'database-unreachable': {
    exit: 40,
    http: 502,
    retry: true,
    hint: 'check that the database server runs on the master node.',
  },
  'credentials-refused': {
    exit: 41,
    http: 401,
    retry: false,
    hint: 'enter the database user and password again with configure.',
  },
  'privileges-missing': { exit: 42, http: 403, retry: false, hint: 'grant the named privileges to the database user.' },
  'name-refused': {
    exit: 43,
    http: 400,
    retry: false,
    hint: 'rename the named object; such a name cannot be backed up safely.',
  },
  'engine-unsupported': {
    exit: 44,
    http: 400,
    retry: false,
    hint: 'choose one of: mariadb, postgresql, redis, mongodb, custom.',
  },
  'dump-failed': { exit: 50, http: 500, retry: true, hint: 'see the job’s log for the words of the dump program.' },
  'dump-incomplete': {
    exit: 51,
    http: 500,
    retry: true,
    hint: 'the dump ended without its end marker; nothing was kept of it.',
  },
  'dump-changed': {
    exit: 52,
    http: 409,
    retry: true,
    hint: 'tables were altered during the dump; back up while no migration runs.',
  },
  'restore-failed': {
    exit: 53,
    http: 500,
    retry: false,
    hint: 'see the job’s log for the words of the restore program.',
  },
  'restore-mismatch': {
    exit: 54,
    http: 500,
    retry: false,
    hint: 'what was restored differs from what the backup recorded.',
  },
  'version-refused': {
    exit: 55,
    http: 409,
    retry: false,
    hint: 'restore into a server of the same or a newer version.',
  },
  'storage-full': {
    exit: 60,
    http: 507,
    retry: true,
    hint: 'enlarge the storage, keep fewer backups, or delete some.',
  },
  'storage-failed': { exit: 61, http: 500, retry: true, hint: 'see the daemon’s log on the storage node.' },
  'repository-locked': {
    exit: 62,
    http: 423,
    retry: true,
    hint: 'another operation holds the repository; it is tried again.',
  },
  'repository-damaged': { exit: 63, http: 500, retry: false, hint: 'run: dbbackup check; do not delete anything.' },
  'repository-missing': {
    exit: 64,
    http: 404,
    retry: false,
    hint: 'bring the repository folder back, or install again to begin anew.',
  },
  'backup-unverified': {
    exit: 65,
    http: 500,
    retry: true,
    hint: 'the storage does not hold what the node said it wrote; nothing was listed.',
  },
  'key-missing': {
    exit: 66,
    http: 500,
    retry: false,
    hint: 'bring back the key file of the data directory, or import the exported key.',
  },
  'message-unsent': {
    exit: 80,
    http: 502,
    retry: true,
    hint: 'check the mail server or the address of the webhook; it is tried again.',
  },
  'message-refused': {
    exit: 81,
    http: 502,
    retry: false,
    hint: 'correct the address with configure; the message is not sent again.',
  },
} as const satisfies Record<string, ErrorFacts>;

export type ErrorCode = keyof typeof ERRORS;

/** What leaves the program about a failure: in answers, results of hooks, job rows and logs. */
export interface ErrorReport {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

/** A failure with a code of the catalogue. The message is lowercase and names its subject; the hint says what to do. */
export class AddonError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'AddonError';
    this.code = code;
    this.hint = options.hint ?? ERRORS[code].hint;
  }

  get facts(): ErrorFacts {
    return ERRORS[this.code];
  }
}

/** Any thrown value as an AddonError: what is none of ours becomes `bug`, an abort becomes its reason. */
export function toAddonError(thrown: unknown): AddonError {
  if (thrown instanceof AddonError) return thrown;
  if (thrown instanceof Error && thrown.name === 'AbortError' && thrown.cause instanceof AddonError)
    return thrown.cause;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new AddonError('bug', message, { cause: thrown });
}

/** The part of an error that may be shown and stored. */
export function reportOf(thrown: unknown): ErrorReport {
  const error = toAddonError(thrown);
  return { code: error.code, message: error.message, hint: error.hint };
}
