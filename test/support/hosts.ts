/** Isolated hosts for tests and the demo. Needs root and Linux; see host.ts for what a host is. */
export type { Host, HostOptions, HostRun, HostRunOptions } from './host.ts';
export { createNetwork, type HostNetwork } from './network.ts';
