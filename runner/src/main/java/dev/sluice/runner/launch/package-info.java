/// A connector's image or command becomes a process with pipes, and ends.
///
/// Invariant 4: every connector that was started is stopped, on success, failure, cancel and `kill -9` of the
/// runner; what a killed runner left is found by its [RunDirectory] and swept at the next start.
package dev.sluice.runner.launch;
