package dev.sluice.runner.launch;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What to start, and within which limits.
public sealed interface ConnectorLaunch {
    /// As the user wrote it.
    String name();

    /// What a connector says, with its files named as they are on this machine.
    default String seenFromHere(String said) {
        return said;
    }

    /// A container of its own: no root, no capabilities, limited memory, processes and CPU.
    ///
    /// @param image with its tag
    /// @param buildContext the folder the image is built from, for our own connectors
    /// @param network `bridge`, `none`, `host` or the name of one that exists
    /// @param memoryBytes at this much it is killed
    /// @param localDirectory mounted at `/local`, the conventional place for files
    /// @param readOnly whether its root file system is; when nobody says, that of our own connectors is, and that
    ///     of others, which may write wherever they like, is not
    /// @param tmpBytes the size of `/tmp` where the root file system is read-only
    /// @param pipes how bytes get in and out
    /// @param startTimeout how long it may take until it runs
    record InContainer(
            String image,
            Optional<Path> buildContext,
            String network,
            long memoryBytes,
            double cpus,
            int maxProcesses,
            Optional<Path> localDirectory,
            Optional<Boolean> readOnly,
            long tmpBytes,
            Pipes pipes,
            Duration startTimeout)
            implements ConnectorLaunch {
        private static final Pattern LOCAL = Pattern.compile("(?<![\\w./-])/local(?=/|$|[^\\w.-])");
        public static final long DEFAULT_TMP_BYTES = 1L << 30;
        public static final Duration DEFAULT_START_TIMEOUT = Duration.ofMinutes(5);

        /// With what most leave to the runner.
        public InContainer(
                String image,
                Optional<Path> buildContext,
                String network,
                long memoryBytes,
                double cpus,
                int maxProcesses,
                Optional<Path> localDirectory) {
            this(
                    image,
                    buildContext,
                    network,
                    memoryBytes,
                    cpus,
                    maxProcesses,
                    localDirectory,
                    Optional.empty(),
                    DEFAULT_TMP_BYTES,
                    Pipes.AUTO,
                    DEFAULT_START_TIMEOUT);
        }

        /// The same for another image.
        public InContainer of(String otherImage, Optional<Path> otherContext) {
            return new InContainer(
                    otherImage,
                    otherContext,
                    network,
                    memoryBytes,
                    cpus,
                    maxProcesses,
                    localDirectory,
                    readOnly,
                    tmpBytes,
                    pipes,
                    startTimeout);
        }

        @Override
        public String name() {
            return image;
        }

        @Override
        public String seenFromHere(String said) {
            return localDirectory()
                    .map(local -> LOCAL.matcher(said).replaceAll(Matcher.quoteReplacement(local.toString())))
                    .orElse(said);
        }
    }

    /// How the bytes of a container's standard streams travel.
    enum Pipes {
        /// Named where that works, attached elsewhere.
        AUTO,
        /// Through named pipes in a directory that runner and container share: eight times as fast. Takes an engine
        /// that sees the runner's files, and an image with a shell.
        NAMED,
        /// Through the engine. Works with every engine and every image.
        ATTACH
    }

    /// A process of this user on this machine, without isolation.
    ///
    /// @param command program and arguments, to which verb and options are added
    /// @param directory where it runs, so that relative paths mean the same wherever the runner was called
    record AsProcess(String name, List<String> command, Path directory) implements ConnectorLaunch {
        public AsProcess {
            command = List.copyOf(command);
        }
    }

    /// This program itself, in place of a connector: it takes the records, or gives them.
    ///
    /// @param running what it is connected by
    record ThisProgram(RunningConnector running) implements ConnectorLaunch {
        @Override
        public String name() {
            return running.name();
        }
    }
}
