/// A connector as a local process: for its author, for tests, and for a first look without Docker.
package dev.sluice.runner.launch.process;
