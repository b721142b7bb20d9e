package dev.sluice.runner.launch;

/// What a container may do, as decided for one connector. Not up for decision, because no connector needs it: no
/// capabilities, no new privileges, the engine's default seccomp profile, no socket of the engine inside.
///
/// @param user `uid:gid` or what the image says; never root
/// @param readOnlyRoot whether it may write nowhere but in `/tmp` and `/local`
/// @param tmpBytes the size of that `/tmp`, which is memory; 0 when the root file system can be written
/// @param network `bridge`, `none`, `host` or the name of one
/// @param memoryBytes at this much it is killed; there is no swap
/// @param cpus how many processors' time it may use
/// @param maxProcesses threads included
public record Isolation(
        String user,
        boolean readOnlyRoot,
        long tmpBytes,
        String network,
        long memoryBytes,
        double cpus,
        int maxProcesses) {

    /// Airbyte's base images read and write as this one since 2024, and so does its platform with older ones.
    private static final String USER = "1000:1000";

    /// @param imageUser as the image says it; may be empty
    public static Isolation of(ConnectorLaunch.InContainer launch, String imageUser) {
        // Ours write to /tmp only. Others may write anywhere, and some a lot.
        boolean readOnly = launch.readOnly().orElse(launch.buildContext().isPresent());
        return new Isolation(
                // The image's own user when it has one that is not root.
                imageUser.isEmpty() || imageUser.matches("(root|0+)(:.*)?") ? USER : imageUser,
                readOnly,
                readOnly ? launch.tmpBytes() : 0,
                launch.network(),
                launch.memoryBytes(),
                launch.cpus(),
                launch.maxProcesses());
    }
}
