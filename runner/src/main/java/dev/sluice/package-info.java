/// Sluice as a library: [Sluice#open] gives sources and destinations, which are checked, read and synced as
/// by the command line. docs/embedding.md shows it.
///
/// Public are this package, the messages of `dev.sluice.protocol`, and what this package returns or takes:
/// [dev.sluice.runner.RunnerException], [dev.sluice.runner.RunLog], [dev.sluice.runner.sync.SyncReport] and
/// [dev.sluice.runner.sync.StreamProgress]. Everything else in `dev.sluice.runner` may change at any time.
///
/// Errors are [dev.sluice.runner.RunnerException]s: what happened, where, what to do now, with a code that
/// docs/errors.md explains, and never a secret. Nothing here is printed: what connectors say goes to the log
/// that [Sluice.Builder#log] names.
///
/// Every method may be called from any thread, also at the same time, but for [Records], which one thread at
/// a time reads. What blocks hears an interrupt: it stops the connectors it has started, waits until nothing
/// of them is left, and throws `runner.stopped` or `sync.cancelled`; the thread's interrupt stays set.
package dev.sluice;
