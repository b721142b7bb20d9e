package dev.sluice.destination.duckdb;

import dev.sluice.cdk.ConnectorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;

/// The open file: one connection, one transaction at a time. What DuckDB says comes out as a sentence for the
/// user, as a [ConnectorException].
final class Database implements AutoCloseable {
    private static final Pattern LOCKED = Pattern.compile("Conflicting lock is held in (.*?) ?\\(?PID (\\d+)\\)?");

    private final Path file;
    private final DuckDBConnection connection;

    private Database(Path file, DuckDBConnection connection) {
        this.file = file;
        this.connection = connection;
    }

    /// Opens the file, or creates it, with the folders it lies in.
    static Database open(Path file) {
        if (Files.isDirectory(file)) {
            throw ConnectorException.config("%s is a folder; `destination_path` names the file in it, for example %s"
                    .formatted(file, file.resolve("warehouse.duckdb")));
        }
        try {
            Files.createDirectories(file.getParent());
        } catch (IOException e) {
            throw ConnectorException.config(
                    "the folder of %s cannot be made: %s; choose another `destination_path`".formatted(file, e), e);
        }
        // DuckDB notices only when it writes its log, which is after the first rows.
        if (!Files.isWritable(file.getParent())) {
            throw ConnectorException.config("this user may not write in %s; DuckDB keeps a log beside %s"
                    .formatted(file.getParent(), file.getFileName()));
        }
        Properties options = new Properties();
        // What we use is built in; nothing is to be fetched from the network.
        options.setProperty("autoinstall_known_extensions", "false");
        options.setProperty("autoload_known_extensions", "false");
        options.setProperty("custom_user_agent", "sluice");
        try {
            DuckDBConnection connection = (DuckDBConnection) new DuckDBDriver().connect("jdbc:duckdb:" + file, options);
            Database database = new Database(file, connection);
            try {
                connection.setAutoCommit(false);
                database.settle();
                return database;
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw explain(e, file);
        } catch (LinkageError e) {
            throw ConnectorException.system(
                    "DuckDB's library for %s on %s is not in the connector's lib folder; package it there (README.md)"
                            .formatted(System.getProperty("os.name"), System.getProperty("os.arch")),
                    e);
        }
    }

    /// By itself DuckDB takes 80 % of the memory (of the container, if it has a limit), as if the JVM were not there.
    private void settle() {
        String[] limit = text("SELECT current_setting('memory_limit')").split(" ");
        execute("SET memory_limit = '%s %s'"
                .formatted(String.format(Locale.ROOT, "%.2f", Double.parseDouble(limit[0]) / 2), limit[1]));
        // Texts without an offset, and columns without a time zone, are in UTC.
        execute("SET TimeZone = 'UTC'");
        useAllThreads(false);
        // Compressed as soon as there is something to compress, that is at 122,880 rows; five times that by default.
        execute("SET write_buffer_row_group_count = 1");
        // Each commit that leaves more than this in the log rewrites the file; 16 MB is a second of rows.
        execute("SET checkpoint_threshold = '256 MiB'");
        commit();
    }

    Path file() {
        return file;
    }

    /// For statements that read whole tables: rows come from one thread, and with more than one DuckDB copies small
    /// batches twice.
    void useAllThreads(boolean all) {
        execute("SET threads = " + (all ? Runtime.getRuntime().availableProcessors() : 1));
    }

    void execute(String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw explain(e, file);
        }
    }

    /// The first column of the first row, or null when there is no row.
    String text(String sql) {
        List<String[]> rows = rows(sql);
        return rows.isEmpty() ? null : rows.getFirst()[0];
    }

    /// Whether there is a row.
    boolean any(String sql) {
        return !rows(sql + " LIMIT 1").isEmpty();
    }

    /// All rows, each as texts.
    List<String[]> rows(String sql) {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            int columns = result.getMetaData().getColumnCount();
            List<String[]> rows = new ArrayList<>();
            while (result.next()) {
                String[] row = new String[columns];
                for (int i = 0; i < columns; i++) {
                    row[i] = result.getString(i + 1);
                }
                rows.add(row);
            }
            return rows;
        } catch (SQLException e) {
            throw explain(e, file);
        }
    }

    /// Rows before it survive a power cut.
    void commit() {
        try {
            connection.commit();
        } catch (SQLException e) {
            throw explain(e, file);
        }
    }

    /// Undoes what is not committed; quietly, because it follows a failure or nothing.
    void rollback() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // After an I/O error DuckDB has already undone it and takes no more commands.
        }
    }

    /// Makes the source of rows at this address readable as `temp.main.<name>`.
    void register(String name, long address) {
        connection.registerArrowStream(name, new org.apache.arrow.c.ArrowArrayStream(address));
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw explain(e, file);
        }
    }

    private static ConnectorException explain(SQLException e, Path file) {
        String said = e.getMessage() == null ? "" : e.getMessage();
        Matcher locked = LOCKED.matcher(said);
        if (said.contains("Could not set lock on file")) {
            String holder = locked.find()
                    ? "process %s (%s)".formatted(locked.group(2), locked.group(1))
                    : "another process, or its file system has no locks";
            return ConnectorException.config(
                    "%s is in use: %s holds it, and DuckDB lets one process write; close it there, then sync again"
                            .formatted(file, holder),
                    e);
        }
        if (said.contains("not a valid DuckDB database file")) {
            return ConnectorException.config(
                    "%s exists and is not a DuckDB file; choose another `destination_path`".formatted(file), e);
        }
        if (said.contains("we can only read versions")) {
            return ConnectorException.config(
                    ("%s was written by a newer DuckDB than the one in this connector; write it again with"
                                    + " STORAGE_VERSION 'v1.0.0', or choose another `destination_path`")
                            .formatted(file),
                    e);
        }
        if (said.contains("Permission denied") || said.contains("Read-only file system")) {
            return ConnectorException.config("this user may not write %s: %s".formatted(file, firstLine(said)), e);
        }
        if (said.contains("No space left on device") || said.contains("Disk quota exceeded")) {
            return ConnectorException.temporary(
                    "the disk of %s is full; what was committed is kept, make room and sync again".formatted(file), e);
        }
        if (said.contains("IO Error") || said.contains("Could not write") || said.contains("Failed to commit")) {
            return ConnectorException.temporary("%s cannot be read or written: %s".formatted(file, firstLine(said)), e);
        }
        if (said.contains("Out of Memory Error")) {
            return ConnectorException.temporary(
                    "DuckDB needs more memory than it has: %s; give the connector more".formatted(firstLine(said)), e);
        }
        return ConnectorException.system("DuckDB refused a statement: " + firstLine(said), e);
    }

    /// DuckDB adds the statement and an arrow into it. Some failures come with the driver's own sentence before.
    private static String firstLine(String said) {
        int at = said.indexOf("\nError: ");
        return said.substring(at < 0 ? 0 : at + "\nError: ".length())
                .lines()
                .findFirst()
                .orElse("");
    }
}
