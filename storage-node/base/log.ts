import { type DestinationStream, pino } from 'pino';
import type { Redactor } from './redact.ts';

/** What a line carries beside its message. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Structured log. Fixed keys: `job`, `environment`, `engine`, `step`, `code`. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same log with fields that every line carries. */
  with(fields: LogFields): Log;
}

/** The single door through which log lines leave: one JSON object a line, secrets taken out of the finished line. */
export function createLog(redactor: Redactor, write: (line: string) => void): Log {
  const destination: DestinationStream = { write: (line: string) => write(redactor.redact(line)) };
  const root = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    destination,
  );
  const wrap = (logger: typeof root): Log => ({
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
    with: (fields) => wrap(logger.child(fields) as typeof root),
  });
  return wrap(root);
}

/** A log that says nothing, for places where nobody listens. */
export const silentLog: Log = { info() {}, warn() {}, error() {}, with: () => silentLog };
