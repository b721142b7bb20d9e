package dev.sluice.runner.store;

import dev.sluice.protocol.FailureType;
import dev.sluice.runner.RunnerException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/// A PostgreSQL database, for runners on several machines.
final class PostgresDatabase implements Database {
    private final PGSimpleDataSource dataSource = new PGSimpleDataSource();
    private final String location;

    PostgresDatabase(String url) {
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw wrong();
        }
        if (!String.valueOf(uri.getScheme()).matches("postgres(ql)?")
                || uri.getHost() == null
                || uri.getPath() == null
                || uri.getPath().length() < 2) {
            throw wrong();
        }
        int port = uri.getPort() < 0 ? 5432 : uri.getPort();
        String database = uri.getPath().substring(1);
        dataSource.setServerNames(new String[] {uri.getHost()});
        dataSource.setPortNumbers(new int[] {port});
        dataSource.setDatabaseName(database);
        if (uri.getRawUserInfo() != null) {
            String[] user = uri.getRawUserInfo().split(":", 2);
            dataSource.setUser(decode(user[0]));
            if (user.length == 2) {
                dataSource.setPassword(decode(user[1]));
            }
        }
        dataSource.setConnectTimeout(10);
        // The session lasts as long as the sync. If its other end vanishes, a save must fail, not wait for ever.
        dataSource.setTcpKeepAlive(true);
        dataSource.setSocketTimeout(60);
        dataSource.setApplicationName("sluice");
        parameters(uri.getRawQuery());
        location = "postgresql://%s:%d/%s".formatted(uri.getHost(), port, database);
    }

    /// `sslmode=verify-full&sslrootcert=...`: what the driver calls by the same name.
    private void parameters(String query) {
        if (query == null) {
            return;
        }
        for (String parameter : query.split("&")) {
            String[] pair = parameter.split("=", 2);
            try {
                dataSource.setProperty(decode(pair[0]), pair.length == 2 ? decode(pair[1]) : "");
            } catch (SQLException e) {
                throw new RunnerException(
                        FailureType.CONFIG_ERROR,
                        "state.wrong_url",
                        "the URL of the state store has the parameter '%s', which is not known".formatted(pair[0]),
                        "--state",
                        "parameters are those of the PostgreSQL JDBC driver, for example sslmode=verify-full",
                        e);
            }
        }
    }

    private static String decode(String part) {
        return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /// The URL itself may hold a password and is not shown.
    private static RunnerException wrong() {
        return new RunnerException(
                FailureType.CONFIG_ERROR,
                "state.wrong_url",
                "the URL of the state store is not of the form postgresql://user:password@host:port/database",
                "--state",
                "");
    }

    @Override
    public DataSource dataSource() {
        return dataSource;
    }

    @Override
    public String location() {
        return location;
    }

    @Override
    public void exclusively(Runnable work) {
        work.run(); // Flyway itself takes a lock here; on SQLite it has none.
    }

    /// An advisory lock of the session: the server gives it back when the session ends.
    @Override
    public Optional<Lock> tryLock(Connection session, String name) throws SQLException {
        try (PreparedStatement lock = session.prepareStatement("SELECT pg_try_advisory_lock(hashtextextended(?, 0))")) {
            lock.setString(1, "sluice:" + name);
            ResultSet row = lock.executeQuery();
            row.next();
            return row.getBoolean(1) ? Optional.of(() -> {}) : Optional.empty();
        }
    }

    /// The server keeps the two halves of the number apart.
    @Override
    public Optional<String> holder(Connection session, String name) throws SQLException {
        try (PreparedStatement query = session.prepareStatement("""
                SELECT coalesce(host(a.client_addr), 'this machine'), a.backend_start
                FROM pg_locks l JOIN pg_stat_activity a USING (pid), hashtextextended(?, 0) AS key
                WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
                AND l.classid::bigint = (key >> 32) & 4294967295 AND l.objid::bigint = key & 4294967295
                AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())""")) {
            query.setString(1, "sluice:" + name);
            ResultSet row = query.executeQuery();
            return row.next()
                    ? Optional.of("a runner at %s, since %s".formatted(row.getString(1), row.getString(2)))
                    : Optional.empty();
        }
    }
}
