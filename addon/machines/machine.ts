/**
 * A program to run on a machine. Nothing of it passes through a shell unquoted, and no secret is on its argv:
 * `environment` is set for this program alone, `secrets[0]` is read by it from `/dev/fd/3`, `secrets[1]` from `/dev/fd/4`, and so on.
 */
export interface Command {
  readonly argv: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  /** Text for its stdin. Without it, stdin is empty. */
  readonly input?: string;
  /** Where it runs; the account's home where not given. */
  readonly directory?: string;
}

/** How a command ended. `exitCode` is 128 + N after signal N. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What bounds a run. */
export interface RunLimits {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Bound of what is kept of stdout and stderr each. Default 16 MiB; more is an error. */
  readonly maxBytes?: number;
}

/** What has to hold of a stream before its consumer may see end-of-file. The producer's exit status 0 and at least one byte are always asked. */
export interface Expectation {
  /** Text that must stand in the last 4 KiB. */
  readonly endMarker?: string;
  /** Exact length. */
  readonly bytes?: number;
  /** Extended regular expression; a line of the producer's stderr that matches (in any case) is an error. */
  readonly complaint?: string;
  /** An empty stream is complete too. Default false. */
  readonly mayBeEmpty?: boolean;
}

/** Two programs joined by the pump, and what must hold of the stream between them. */
export interface Pipeline {
  readonly producer: Command;
  readonly consumer: Command;
  readonly expect: Expectation;
}

/** `complete` is the one good verdict; with every other the consumer was ended before it saw end-of-file, or failed itself. */
export type Verdict =
  | 'complete'
  | 'producer-failed'
  | 'producer-complained'
  | 'end-marker-missing'
  | 'wrong-length'
  | 'empty'
  | 'consumer-failed';

/** How a pipeline ended. */
export interface PipelineOutcome {
  readonly verdict: Verdict;
  readonly bytes: number;
  readonly producer: { readonly exitCode: number; readonly stderr: string };
  readonly consumer: Outcome;
}

/** What bounds a pump, and who hears of its progress. */
export interface PumpLimits extends RunLimits {
  /** Told about the bytes that have passed so far, at most once a second. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * "Run this there." Every program runs in a group of its own that ends with the session: when the signal aborts, the time limit
 * passes, the connection breaks or this daemon dies, nothing of it is left running on the machine.
 * Rejects with `connection-lost`, `node-unreachable`, `node-host-key`, `node-account`, `job-timeout`, or the signal's reason;
 * a program's own failure is an outcome, not a rejection.
 */
export interface Machine extends AsyncDisposable {
  readonly name: string;
  run(command: Command, limits?: RunLimits): Promise<Outcome>;
  /** `producer | consumer`, where end-of-file is withheld until the expectation holds, else the consumer is killed. */
  pump(pipeline: Pipeline, limits?: PumpLimits): Promise<PipelineOutcome>;
  /** Puts a file of this storage node on the machine unless its SHA-256 is there already, checks it, and answers its path there. */
  place(
    file: { readonly source: string; readonly name: string; readonly mode: number },
    limits?: RunLimits,
  ): Promise<string>;
}

/** How a machine reaches the share: for one restic process, where to run it and how to name the repository. */
export interface RepositoryLink extends AsyncDisposable {
  readonly directory: string;
  /** `['-r', '.']` in a mount; the sftp backend with its command on a channel. */
  readonly repositoryArguments: readonly string[];
  /** What restic runs with on this machine: TMPDIR in memory where there is enough, so that no byte of a dump reaches its disk. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A share attached to a machine. Disposing it ends the file server first (the fence), then takes away what it left on the machine. */
export interface Attachment extends AsyncDisposable {
  readonly transport: 'mount' | 'channel';
  /** Aborts, with `connection-lost` as reason, as soon as the file server or its ssh session ends. */
  readonly lost: AbortSignal;
  link(): Promise<RepositoryLink>;
}
