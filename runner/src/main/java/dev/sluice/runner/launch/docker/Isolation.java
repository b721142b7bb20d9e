package dev.sluice.runner.launch.docker;

import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ContainerConfig;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import dev.sluice.runner.launch.ConnectorLaunch;
import java.util.List;
import java.util.Map;

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

    static Isolation of(ConnectorLaunch.InContainer launch, ContainerConfig image) {
        // Ours write to /tmp only. Others may write anywhere, and some a lot.
        boolean readOnly = launch.readOnly().orElse(launch.buildContext().isPresent());
        return new Isolation(
                user(image),
                readOnly,
                readOnly ? launch.tmpBytes() : 0,
                launch.network(),
                launch.memoryBytes(),
                launch.cpus(),
                launch.maxProcesses());
    }

    /// The image's own user when it has one that is not root.
    private static String user(ContainerConfig image) {
        String user = image == null || image.getUser() == null ? "" : image.getUser();
        return user.isEmpty() || user.matches("(root|0+)(:.*)?") ? USER : user;
    }

    /// As the engine wants it, with the reason beside what needs one.
    HostConfig hostConfig() {
        HostConfig host = HostConfig.newHostConfig()
                // The engine would keep every record in a log file.
                .withLogConfig(new LogConfig(LogConfig.LoggingType.NONE))
                // Forwards SIGTERM and reaps children, which a connector as process 1 would not.
                .withInit(true)
                .withCapDrop(Capability.ALL)
                .withSecurityOpts(List.of("no-new-privileges"))
                .withMemory(memoryBytes)
                // The same number: no swap, so that a connector over its limit dies instead of crawling.
                .withMemorySwap(memoryBytes)
                .withNanoCPUs((long) (cpus * 1_000_000_000L))
                .withPidsLimit((long) maxProcesses)
                .withNetworkMode(network)
                .withReadonlyRootfs(readOnlyRoot);
        return readOnlyRoot
                // Executable, because drivers unpack their native libraries there.
                ? host.withTmpFs(Map.of("/tmp", "rw,exec,nosuid,nodev,mode=1777,size=" + tmpBytes))
                : host;
    }
}
