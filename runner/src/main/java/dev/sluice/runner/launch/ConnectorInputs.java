package dev.sluice.runner.launch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.protocol.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The files one connector gets, in a directory of its own inside the [RunDirectory]: nobody but this user can
/// reach it, and within it everybody may read, because a container's user is another one (uid 1000).
public record ConnectorInputs(Path directory, List<String> arguments) {

    /// Writes the documents of a command.
    ///
    /// @param seenAs the path of the directory as the connector sees it
    public static ConnectorInputs write(RunDirectory run, ConnectorCommand command, String seenAs) {
        Path directory = null;
        try {
            directory = Files.createTempDirectory(run.path(), command.verb() + "-");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            List<String> arguments = new ArrayList<>();
            arguments.add(command.verb());
            for (Map.Entry<String, JsonNode> document : command.documents().entrySet()) {
                String name = document.getKey() + ".json";
                Path file = directory.resolve(name);
                Files.write(file, Json.mapper().writeValueAsBytes(document.getValue()));
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
                arguments.add("--" + document.getKey());
                arguments.add((seenAs.isEmpty() ? directory.toString() : seenAs) + "/" + name);
            }
            return new ConnectorInputs(directory, List.copyOf(arguments));
        } catch (IOException e) {
            if (directory != null) {
                new ConnectorInputs(directory, List.of()).delete();
            }
            throw run.unwritable(e);
        }
    }

    /// Removes the files; safe to call again.
    public void delete() {
        try {
            RunDirectory.delete(directory);
        } catch (IOException e) {
            // The whole run directory goes at the end; what is left then is swept by the next runner.
        }
    }
}
