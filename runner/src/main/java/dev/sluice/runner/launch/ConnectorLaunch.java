package dev.sluice.runner.launch;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What to start, and within which limits.
public sealed interface ConnectorLaunch {
    /// As the user wrote it.
    String name();

    /// A container of its own: no root, no capabilities, limited memory, processes and CPU.
    ///
    /// @param image with its tag
    /// @param buildContext the folder the image is built from, for our own connectors
    /// @param network `bridge`, `none`, `host` or the name of one that exists
    /// @param memoryBytes at this much it is killed
    /// @param localDirectory mounted at `/local`, the conventional place for files
    record InContainer(
            String image,
            Optional<Path> buildContext,
            String network,
            long memoryBytes,
            double cpus,
            int maxProcesses,
            Optional<Path> localDirectory)
            implements ConnectorLaunch {
        /// The same limits for another image.
        public InContainer of(String otherImage, Optional<Path> otherContext) {
            return new InContainer(otherImage, otherContext, network, memoryBytes, cpus, maxProcesses, localDirectory);
        }

        @Override
        public String name() {
            return image;
        }
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
