package dev.sluice.runner.store;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.state.ConnectionState;
import dev.sluice.runner.state.Generation;
import dev.sluice.runner.state.KeptConfig;
import dev.sluice.runner.state.Run;
import dev.sluice.runner.state.Side;
import dev.sluice.runner.state.SyncState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongFunction;

/// One connection's rows, written by the one runner that holds its lock and its epoch.
final class SqlConnectionState implements ConnectionState {
    private final Database database;
    private Connection session;
    private Database.Lock lock;
    private final String name;
    private final long epoch;

    private SqlConnectionState(Database database, Connection session, Database.Lock lock, String name)
            throws SQLException {
        this.database = database;
        this.session = session;
        this.lock = lock;
        this.name = name;
        session.setAutoCommit(false);
        this.epoch = raiseEpoch();
    }

    static SqlConnectionState acquire(Database database, String name) {
        Connection session = null;
        Optional<Database.Lock> lock = Optional.empty();
        try {
            session = database.open();
            lock = database.tryLock(session, name);
            if (lock.isPresent()) {
                return new SqlConnectionState(database, session, lock.get(), name);
            }
            session.close();
        } catch (SQLException e) {
            lock.ifPresent(Database.Lock::close);
            closeQuietly(session);
            throw database.unusable(e);
        }
        throw new RunnerException(
                FailureType.TRANSIENT_ERROR,
                "connection.busy",
                "another sync of the connection '%s' is running".formatted(name),
                database.location(),
                "wait until it has ended, or stop it; two at a time would write the same rows twice");
    }

    private long raiseEpoch() throws SQLException {
        try (PreparedStatement raise =
                session.prepareStatement("INSERT INTO sluice_connection (name, epoch) VALUES (?, 1)"
                        + " ON CONFLICT (name) DO UPDATE SET epoch = sluice_connection.epoch + 1 RETURNING epoch")) {
            raise.setString(1, name);
            ResultSet row = raise.executeQuery();
            row.next();
            long raised = row.getLong(1);
            row.close();
            session.commit();
            return raised;
        }
    }

    @Override
    public SyncState state() {
        return transaction(() -> SqlStateStore.load(session, name));
    }

    @Override
    public Map<StreamDescriptor, Generation> generations() {
        return transaction(() -> {
            Map<StreamDescriptor, Generation> generations = new TreeMap<>();
            try (PreparedStatement query = session.prepareStatement(
                    "SELECT namespace, stream, generation, complete, refresh FROM sluice_generation WHERE connection = ?")) {
                query.setString(1, name);
                ResultSet row = query.executeQuery();
                while (row.next()) {
                    generations.put(
                            new StreamDescriptor(row.getString(2), Optional.of(row.getString(1))),
                            new Generation(row.getLong(3), row.getInt(4) == 1, row.getInt(5) == 1));
                }
            }
            return generations;
        });
    }

    @Override
    public long begin(LongFunction<Optional<String>> log) {
        return transaction(() -> {
            requireEpoch();
            long sync;
            try (PreparedStatement last = session.prepareStatement(
                    "SELECT coalesce(max(sync), 0) + 1 FROM sluice_sync WHERE connection = ?")) {
                last.setString(1, name);
                ResultSet row = last.executeQuery();
                row.next();
                sync = row.getLong(1);
            }
            try (PreparedStatement write = session.prepareStatement(
                    "INSERT INTO sluice_sync (connection, sync, started_at, log) VALUES (?, ?, ?, ?)")) {
                write.setString(1, name);
                write.setLong(2, sync);
                write.setLong(3, System.currentTimeMillis());
                write.setString(4, log.apply(sync).orElse(null));
                write.executeUpdate();
            }
            return sync;
        });
    }

    @Override
    public void start(SyncState from, Map<StreamDescriptor, Generation> generations) {
        transaction(() -> {
            requireEpoch();
            replaceState(from);
            for (var entry : generations.entrySet()) {
                try (PreparedStatement write = session.prepareStatement(
                        "INSERT INTO sluice_generation (connection, namespace, stream, generation, complete, refresh)"
                                + " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (connection, namespace, stream)"
                                + " DO UPDATE SET generation = excluded.generation, complete = excluded.complete,"
                                + " refresh = excluded.refresh")) {
                    stream(write, entry.getKey());
                    write.setLong(4, entry.getValue().id());
                    write.setInt(5, entry.getValue().complete() ? 1 : 0);
                    write.setInt(6, entry.getValue().refresh() ? 1 : 0);
                    write.executeUpdate();
                }
            }
            return null;
        });
    }

    @Override
    public void save(SyncState state) {
        transaction(() -> {
            requireEpoch();
            replaceState(state);
            return null;
        });
    }

    @Override
    public void complete(StreamDescriptor stream) {
        transaction(() -> {
            requireEpoch();
            try (PreparedStatement write = session.prepareStatement("UPDATE sluice_generation SET complete = 1"
                    + " WHERE connection = ? AND namespace = ? AND stream = ?")) {
                stream(write, stream);
                write.executeUpdate();
            }
            return null;
        });
    }

    @Override
    public void end(long sync, Run.End end) {
        transaction(() -> {
            requireEpoch();
            try (PreparedStatement write = session.prepareStatement(
                    "UPDATE sluice_sync SET ended_at = ?, outcome = ?, attempts = ?, records = ?,"
                            + " bytes = ?, committed = ?, checkpoints = ?, failure_code = ?, failure = ?"
                            + " WHERE connection = ? AND sync = ?")) {
                write.setLong(1, end.at().toEpochMilli());
                write.setString(2, end.outcome().name());
                write.setInt(3, end.attempts());
                write.setLong(4, end.records());
                write.setLong(5, end.bytes());
                write.setLong(6, end.committed());
                write.setLong(7, end.checkpoints());
                write.setString(8, end.code());
                write.setString(9, end.message());
                write.setString(10, name);
                write.setLong(11, sync);
                write.executeUpdate();
            }
            return null;
        });
    }

    @Override
    public Optional<KeptConfig> config(Side side) {
        return transaction(() -> SqlKeptConfigs.load(session, name, side));
    }

    @Override
    public void keep(Side side, KeptConfig config) {
        transaction(() -> {
            requireEpoch();
            SqlKeptConfigs.write(session, name, side, config);
            return null;
        });
    }

    @Override
    public void drop(Side side, KeptConfig config) {
        transaction(() -> {
            requireEpoch();
            SqlKeptConfigs.delete(session, name, side, config);
            return null;
        });
    }

    /// Fences off a runner that was believed dead: what it writes late must not undo what came after it.
    private void requireEpoch() throws SQLException {
        try (PreparedStatement check =
                session.prepareStatement("UPDATE sluice_connection SET epoch = epoch WHERE name = ? AND epoch = ?")) {
            check.setString(1, name);
            check.setLong(2, epoch);
            if (check.executeUpdate() != 1) {
                throw new RunnerException(
                        FailureType.SYSTEM_ERROR,
                        "connection.taken_over",
                        "another runner has taken over the connection '%s'".formatted(name),
                        database.location(),
                        "this sync stores nothing any more; let the other one finish");
            }
        }
    }

    private void replaceState(SyncState state) throws SQLException {
        try (PreparedStatement delete = session.prepareStatement("DELETE FROM sluice_state WHERE connection = ?")) {
            delete.setString(1, name);
            delete.executeUpdate();
        }
        switch (state) {
            case SyncState.PerStream(var cursors) -> {
                for (var cursor : cursors.entrySet()) {
                    insertState("STREAM", cursor.getKey(), cursor.getValue());
                }
            }
            case SyncState.Global(var global) -> insertState("GLOBAL", new StreamDescriptor(""), global);
            case SyncState.Legacy(var data) -> insertState("LEGACY", new StreamDescriptor(""), data);
        }
    }

    private void insertState(String type, StreamDescriptor stream, JsonNode state) throws SQLException {
        try (PreparedStatement insert = session.prepareStatement(
                "INSERT INTO sluice_state (connection, namespace, stream, type, state) VALUES (?, ?, ?, ?, ?)")) {
            stream(insert, stream);
            insert.setString(4, type);
            insert.setString(5, text(state));
            insert.executeUpdate();
        }
    }

    private static String text(JsonNode state) {
        try {
            return Json.mapper().writeValueAsString(state);
        } catch (JacksonException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    /// The first three parameters: connection, namespace, stream.
    private void stream(PreparedStatement statement, StreamDescriptor stream) throws SQLException {
        statement.setString(1, name);
        statement.setString(2, stream.namespace().orElse(""));
        statement.setString(3, stream.name());
    }

    private interface Work<T> {
        T run() throws SQLException;
    }

    private synchronized <T> T transaction(Work<T> work) {
        try {
            if (session.isClosed()) {
                reopen();
            }
            T result = work.run();
            session.commit();
            return result;
        } catch (SQLException | RuntimeException e) {
            try {
                session.rollback();
            } catch (SQLException rollback) {
                e.addSuppressed(rollback);
            }
            throw e instanceof SQLException sql ? database.unusable(sql) : (RuntimeException) e;
        }
    }

    @Override
    public void close() {
        closeQuietly(session);
        lock.close();
    }

    /// A database that was away has ended the session, and with it the lock: another runner may have come between. Its
    /// epoch would be higher than ours.
    private void reopen() throws SQLException {
        Connection again = database.open();
        Optional<Database.Lock> lockedAgain = database.tryLock(again, name);
        session = again;
        session.setAutoCommit(false);
        if (lockedAgain.isEmpty()) {
            requireEpoch();
            session.close();
            throw new SQLException("the session that was lost still holds the connection '%s'".formatted(name));
        }
        lock = lockedAgain.get();
    }

    private static void closeQuietly(Connection session) {
        try {
            if (session != null) {
                session.close();
            }
        } catch (SQLException e) {
            // It was broken before; the error that says so is on its way.
        }
    }
}
