/// The promise itself, kept by what users run: `./sluice` as a process of its own, connectors as containers and
/// processes, real databases. Knows no class of the runner and none of a connector.
///
/// What a test waits for is a condition it can see (a row, a stored state, a request the vendor got), never a time.
package dev.sluice.e2e;
