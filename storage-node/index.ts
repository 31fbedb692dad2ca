export type { BackupFilter } from './catalog/backups.ts';
export type { DueEnvironment, EnvironmentRecord, EnvironmentStore, PlannedRun } from './catalog/environments.ts';
export type { JobChange, JobFilter, JobOutcome, JobStore, NewJob } from './catalog/jobs.ts';
export type { CheckReport } from './flows/check.ts';
export { openStorageNode, type StorageOptions } from './flows/open.ts';
export type { Drift } from './flows/reconcile.ts';
export type { ProvisionRequest, ResticCommand, StorageNode, WriterRequest } from './flows/storage-node.ts';
export type { Candidate, RetentionDecision } from './retention/decide.ts';
export type { KeepRule, Period, RetentionPolicy, Span, Tier } from './retention/policy.ts';
