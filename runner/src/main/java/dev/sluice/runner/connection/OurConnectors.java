package dev.sluice.runner.connection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The connectors that came with this Sluice: `type: x` under `source:` is the folder `connectors/source-x`.
///
/// @param home the directory of this Sluice
/// @param version the tag of their images
public record OurConnectors(Path home, String version) {

    /// The folder of a connector, when there is one of this type.
    public Optional<Path> find(String side, String type) {
        return Optional.of(home.resolve("connectors").resolve(side + "-" + type))
                .filter(_ -> type.matches("[a-z0-9-]+"))
                .filter(Files::isDirectory);
    }

    /// What can stand as `type:` on one side.
    public List<String> types(String side) {
        String prefix = side + "-";
        return names().stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()))
                .toList();
    }

    /// All of them, by the names of their folders.
    public List<String> names() {
        try (Stream<Path> folders = Files.list(home.resolve("connectors"))) {
            return folders.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .filter(name -> name.matches("(source|destination)-.+"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of(); // Sluice without connectors of its own runs those of others.
        }
    }

    public String image(Path folder) {
        return "sluice/%s:%s".formatted(folder.getFileName(), version);
    }

    /// The program the build has put there, which runs the connector as a process.
    public Path program(Path folder) {
        return folder.resolve("target/connector/run");
    }
}
