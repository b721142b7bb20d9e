package dev.sluice.runner.store;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.state.ConnectionState;
import dev.sluice.runner.state.KeptConfigs;
import dev.sluice.runner.state.Run;
import dev.sluice.runner.state.StateStore;
import dev.sluice.runner.state.SyncState;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/// Connections and their states in a SQL database.
public final class SqlStateStore implements StateStore {
    /// The newest migration. When the database has it, Flyway is not asked: that would be a third of the start.
    private static final int VERSION = 3;

    private static final String HISTORY = "sluice_schema_history";

    private final Database database;

    private SqlStateStore(Database database) {
        this.database = database;
        if (version() < VERSION) {
            // Two that migrate a file at a time wait a minute for each other.
            database.exclusively(() -> {
                if (version() < VERSION) {
                    migrate();
                }
            });
        }
    }

    /// A file on this machine; it and its directory are made when they are missing.
    public static SqlStateStore file(Path file) {
        return new SqlStateStore(new SqliteFile(file));
    }

    /// A PostgreSQL database.
    ///
    /// @param url `postgresql://user:password@host:port/database`, as libpq takes it
    public static SqlStateStore postgres(String url) {
        return new SqlStateStore(new PostgresDatabase(url));
    }

    private int version() {
        try (Connection connection = database.open()) {
            int version = version(connection);
            if (version <= VERSION) {
                return version;
            }
            throw new RunnerException(
                    FailureType.CONFIG_ERROR,
                    "state.newer",
                    "the state store was made by a newer Sluice: its version is %d, this one knows %d"
                            .formatted(version, VERSION),
                    database.location(),
                    "use that Sluice, or name another place with --state");
        } catch (SQLException e) {
            throw database.unusable(e);
        }
    }

    /// The newest migration the database has; 0 when it has none.
    private static int version(Connection connection) throws SQLException {
        try (ResultSet tables = connection.getMetaData().getTables(null, null, HISTORY, null)) {
            if (!tables.next()) {
                return 0;
            }
        }
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT coalesce(max(CAST(version AS INTEGER)), 0) FROM " + HISTORY + " WHERE success")) {
            ResultSet row = query.executeQuery();
            row.next();
            return row.getInt(1);
        }
    }

    private void migrate() {
        try {
            Flyway.configure()
                    .dataSource(database.dataSource())
                    .locations("classpath:dev/sluice/runner/store/migrations")
                    .table(HISTORY)
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof SQLException sql) {
                    throw database.unusable(sql); // Flyway's own message is a report of many lines.
                }
            }
            throw new RunnerException(
                    FailureType.SYSTEM_ERROR,
                    "state.cannot_migrate",
                    "the tables of the state store cannot be made: " + e.getMessage(),
                    database.location(),
                    "name another place with --state; report it with this line",
                    e);
        }
    }

    @Override
    public ConnectionState acquire(String connection) {
        return SqlConnectionState.acquire(database, connection);
    }

    @Override
    public Optional<SyncState> peek(String name) {
        try (Connection connection = database.open();
                PreparedStatement query =
                        connection.prepareStatement("SELECT 1 FROM sluice_connection WHERE name = ?")) {
            query.setString(1, name);
            return query.executeQuery().next() ? Optional.of(load(connection, name)) : Optional.empty();
        } catch (SQLException e) {
            throw database.unusable(e);
        }
    }

    @Override
    public KeptConfigs configs(String connection) {
        return new SqlKeptConfigs(database, connection);
    }

    @Override
    public List<Run> runs(String name, int limit) {
        return history(name, "", limit);
    }

    @Override
    public Optional<Run> run(String name, long sync) {
        return history(name, " AND sync = " + sync, 1).stream().findFirst();
    }

    private List<Run> history(String name, String condition, int limit) {
        List<Run> runs = new ArrayList<>();
        try (Connection connection = database.open();
                PreparedStatement query = connection.prepareStatement(
                        "SELECT sync, started_at, log, ended_at, outcome, attempts, records, bytes, committed, checkpoints,"
                                + " failure_code, failure FROM sluice_sync WHERE connection = ?" + condition
                                + " ORDER BY sync DESC LIMIT ?")) {
            query.setString(1, name);
            query.setInt(2, limit);
            ResultSet row = query.executeQuery();
            while (row.next()) {
                runs.add(new Run(
                        row.getLong(1),
                        Instant.ofEpochMilli(row.getLong(2)),
                        Optional.ofNullable(row.getString(3)),
                        row.getString(5) == null ? Optional.empty() : Optional.of(end(row))));
            }
        } catch (SQLException e) {
            throw database.unusable(e);
        }
        return runs;
    }

    private static Run.End end(ResultSet row) throws SQLException {
        return new Run.End(
                Instant.ofEpochMilli(row.getLong(4)),
                Run.Outcome.valueOf(row.getString(5)),
                row.getInt(6),
                row.getLong(7),
                row.getLong(8),
                row.getLong(9),
                row.getLong(10),
                Objects.requireNonNullElse(row.getString(11), ""),
                row.getString(12));
    }

    @Override
    public Optional<String> holder(String name) {
        try (Connection session = database.open()) {
            return database.holder(session, name);
        } catch (SQLException e) {
            throw database.unusable(e);
        }
    }

    static SyncState load(Connection connection, String name) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT type, namespace, stream, state FROM sluice_state WHERE connection = ?")) {
            query.setString(1, name);
            TreeMap<StreamDescriptor, JsonNode> cursors = new TreeMap<>();
            ResultSet row = query.executeQuery();
            while (row.next()) {
                JsonNode state = json(row.getString(4));
                switch (row.getString(1)) {
                    case "GLOBAL" -> {
                        return new SyncState.Global((ObjectNode) state);
                    }
                    case "LEGACY" -> {
                        return new SyncState.Legacy(state);
                    }
                    default ->
                        cursors.put(new StreamDescriptor(row.getString(3), Optional.of(row.getString(2))), state);
                }
            }
            return new SyncState.PerStream(cursors);
        }
    }

    private static JsonNode json(String text) {
        try {
            return Json.mapper().readTree(text);
        } catch (JacksonException e) {
            throw new IllegalStateException("a stored state is not JSON", e);
        }
    }

    @Override
    public String location() {
        return database.location();
    }

    @Override
    public void close() {
        // Every call opens and closes its own connection; what is held is held by a ConnectionState.
    }
}
