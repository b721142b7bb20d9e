package dev.sluice.destination.duckdb;

import dev.sluice.cdk.ConnectorException;
import dev.sluice.cdk.config.ConfigForm;
import dev.sluice.cdk.config.Setting;
import java.nio.file.Path;
import java.util.Optional;

/// The settings, under the names that the published connector gave them.
@ConfigForm(title = "DuckDB Destination Spec")
record DuckdbConfig(
        @Setting(
                title = "MotherDuck API Key",
                description = "Not used for files; MotherDuck is not supported yet.",
                secret = true,
                order = 2)
        Optional<String> motherduckApiKey,

        @Setting(
                title = "Destination DB",
                description = "Path of the DuckDB file; it is created, with its folders, when it does not exist.",
                examples = {"\"/local/destination.duckdb\"", "\"warehouse.duckdb\""},
                order = 0)
        String destinationPath,

        @Setting(
                title = "Schema Name",
                description = "Schema of the streams that have no namespace of their own.",
                defaultValue = "\"main\"",
                examples = "\"main\"",
                pattern = "^[A-Za-z0-9_]*$",
                patternDescriptor = "letters, digits and underscores",
                order = 1)
        String schema) {

    DuckdbConfig {
        // The published pattern allows an empty text.
        schema = schema.isEmpty() ? "main" : schema;
    }

    /// The file, absolute.
    ///
    /// @throws ConnectorException a configuration error when the path does not name a file
    Path file() {
        String path = destinationPath.strip();
        if (path.startsWith("md:") || path.startsWith("motherduck:")) {
            throw ConnectorException.config("MotherDuck is not supported yet (`destination_path` begins with '%s');"
                            .formatted(path.substring(0, path.indexOf(':') + 1))
                    + " name a file, for example /local/destination.duckdb");
        }
        if (path.isEmpty() || path.startsWith(":memory:")) {
            throw ConnectorException.config(
                    "a database in memory would be gone with the end of the sync; set `destination_path` to a file");
        }
        if (path.indexOf('?') >= 0 || path.indexOf(';') >= 0 || path.indexOf('\0') >= 0) {
            throw ConnectorException.config(
                    "`destination_path` holds a '?' or ';', behind which DuckDB expects options; rename the file");
        }
        return Path.of(path).toAbsolutePath().normalize();
    }
}
