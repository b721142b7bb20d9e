package dev.sluice.runner.launch;

import java.nio.file.Path;
import java.util.Optional;

/// What can be said of the Docker engine without starting anything in it.
///
/// @param address as in DOCKER_HOST
/// @param sharesKernel whether it is on this machine and in this kernel, so that a pipe here is a pipe there
/// @param besideUs whether this runner is itself in one of its containers
/// @param seesUs whether it finds the files of this run, at whatever path
/// @param memoryBytes what all of its containers have together
/// @param root the directory where it keeps images, as it sees it
public record EngineReport(
        String version,
        String api,
        String address,
        String platform,
        boolean sharesKernel,
        boolean besideUs,
        boolean seesUs,
        long memoryBytes,
        String root) {

    /// How the container of one connector will be.
    ///
    /// @param image when it is there already; the user of one that is not may be another than `isolation` says
    /// @param pipes where the engine finds the directory of its named pipes; empty when the connector's streams are
    ///     attached. An image without a shell is attached all the same
    public record Container(Optional<Image> image, Isolation isolation, Optional<Path> pipes) {}

    /// An image that is there.
    ///
    /// @param created as the engine says it
    public record Image(long bytes, String created) {}
}
