/// The flow: one sync of one connection. Read [SyncJob#run] first, which makes attempts, then [Sync#run], which is one,
/// from the stored state to the last checkpoint.
package dev.sluice.runner.sync;
