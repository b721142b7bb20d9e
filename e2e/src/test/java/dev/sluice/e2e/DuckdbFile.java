package dev.sluice.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// What a DuckDB destination has written. One process at a time has the file, so only between syncs.
record DuckdbFile(Path path) implements Warehouse {
    /// A file in a directory beside the connection files, which a container's user may write to.
    static DuckdbFile in(Path work) {
        try {
            Path directory = Files.createDirectory(work.resolve("warehouse"));
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
            return new DuckdbFile(directory.resolve("warehouse.duckdb"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String destination(String launch) {
        return launch.equals("docker") ? """
                destination:
                  type: "duckdb"
                  network: none
                  local: "warehouse"
                  config:
                    destination_path: "/local/warehouse.duckdb"
                """ : """
                destination:
                  type: "duckdb"
                  launch: process
                  config:
                    destination_path: "warehouse/warehouse.duckdb"
                """;
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:duckdb:" + path);
    }

    @Override
    public String one(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : "no row";
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    @Override
    public void execute(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }
}
