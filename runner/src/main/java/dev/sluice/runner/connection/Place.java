package dev.sluice.runner.connection;

import java.nio.file.Path;
import java.util.Optional;

/// Where a connection is described: in a file, or by a program.
///
/// @param directory from which its relative paths start, and in whose `.sluice` its state is kept
/// @param file empty when a program describes it
public record Place(Path directory, Optional<Path> file) {
    public static Place file(Path file) {
        return new Place(file.toAbsolutePath().normalize().getParent(), Optional.of(file));
    }

    public static Place program(Path directory) {
        return new Place(directory.toAbsolutePath().normalize(), Optional.empty());
    }
}
