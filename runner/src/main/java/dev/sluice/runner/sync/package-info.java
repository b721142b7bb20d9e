/// The flow: one sync of one connection, from the stored state to the last checkpoint. Read [Sync#run] first.
package dev.sluice.runner.sync;
