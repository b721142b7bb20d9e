/// A connector in a container of its own; the only user of docker-java.
///
/// Docker is the control plane only: create, start, wait, inspect, remove. What flows between the runner and
/// the container flows through named pipes in a mounted directory, which carries a gigabyte per second where
/// the engine's attach stream carries a fifth of that at nine times the CPU, and whose end of input arrives.
package dev.sluice.runner.launch.docker;
