/// A connector in a container of its own; the only user of docker-java.
///
/// Docker is the control plane: create, start, wait, inspect, remove, each with a limit. What flows between the
/// runner and the container flows through named pipes in a mounted directory, which carry a gigabyte per second
/// where the engine's attach stream carries a fifth of that at nine times the CPU. Attached streams are for images
/// without a shell and engines that do not see the runner's files; [ContainerStreams] says what both promise.
package dev.sluice.runner.launch.docker;
