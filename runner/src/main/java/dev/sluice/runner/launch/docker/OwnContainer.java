package dev.sluice.runner.launch.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// The container this runner is in, if it is in one.
final class OwnContainer {
    /// Engines mount these files from a directory that has the container's id as its name. The id is nowhere else:
    /// the host name may be chosen, and since cgroups version 2 a container does not see the name of its group.
    private static final Pattern ID =
            Pattern.compile("/containers/(?:[a-z-]+/)?([0-9a-f]{64})/(?:userdata/)?(?:hostname|hosts|resolv\\.conf) ");

    private OwnContainer() {}

    static Optional<String> id() {
        try {
            return id(Files.readString(Path.of("/proc/self/mountinfo")));
        } catch (IOException e) {
            return Optional.empty(); // Not Linux: then it is in none either.
        }
    }

    static Optional<String> id(String mountinfo) {
        return ID.matcher(mountinfo)
                .results()
                .map((MatchResult m) -> m.group(1))
                .findFirst();
    }
}
