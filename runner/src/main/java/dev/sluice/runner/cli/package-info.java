/// The command line: a class per command, that parses, calls and prints. Results go to standard output,
/// everything else to standard error.
package dev.sluice.runner.cli;
