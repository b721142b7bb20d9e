package dev.sluice.runner.launch;

/// What can be said of the Docker engine without starting anything in it.
///
/// @param address as in DOCKER_HOST
/// @param sharesFiles whether it is on this machine and in this kernel, so that a pipe here is a pipe there
/// @param memoryBytes what all of its containers have together
/// @param root the directory where it keeps images, as it sees it
public record EngineReport(
        String version,
        String api,
        String address,
        String platform,
        boolean sharesFiles,
        long memoryBytes,
        String root) {

    /// An image that is there.
    ///
    /// @param created as the engine says it
    public record Image(long bytes, String created) {}
}
