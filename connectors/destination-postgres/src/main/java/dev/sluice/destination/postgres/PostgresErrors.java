package dev.sluice.destination.postgres;

import dev.sluice.cdk.ConnectorException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import org.postgresql.util.PSQLException;

/// What the server said, as a sentence for the user: what happened, where, what to do now.
///
/// Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
final class PostgresErrors {
    private PostgresErrors() {}

    static ConnectorException connecting(SQLException e, PostgresConfig config) {
        String server = "the PostgreSQL server at %s:%d".formatted(config.host(), config.port());
        return switch (state(e)) {
            case "28P01" ->
                ConnectorException.config(
                        "%s refused the password of the user '%s'; check `username` and `password`"
                                .formatted(server, config.username()),
                        e);
            case "28000" ->
                ConnectorException.config(
                        "%s does not let the user '%s' in: %s; check `username`, `ssl_mode`, and the server's pg_hba.conf"
                                .formatted(server, config.username(), message(e)),
                        e);
            case "3D000" ->
                ConnectorException.config(
                        "%s has no database '%s'; create it or check `database`".formatted(server, config.database()),
                        e);
            case "08001", "08004" -> unreachable(e, server);
            case "08006" ->
                ConnectorException.config(
                        "%s ended the connection while it was being made: %s; check `ssl_mode` and `port`"
                                .formatted(server, message(e)),
                        e);
            case "08000", "08003" ->
                ConnectorException.temporary("%s could not be reached: %s".formatted(server, message(e)), e);
            default -> of(e, "connecting to " + server);
        };
    }

    private static ConnectorException unreachable(SQLException e, String server) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException) {
                return ConnectorException.config("%s: there is no such host; check `host`".formatted(server), e);
            }
        }
        return ConnectorException.temporary(
                "%s does not answer: %s; is it running, and do `host`, `port` and `ssl_mode` name it?"
                        .formatted(server, message(e)),
                e);
    }

    /// @param doing for example "writing to public.users"
    static ConnectorException of(SQLException e, String doing) {
        String state = state(e);
        String said = "the server says: " + message(e);
        return switch (state) {
            case "42501" ->
                ConnectorException.config(
                        "%s is not allowed, %s; grant the user CREATE and USAGE on the schema, and make it the owner of the tables it syncs to"
                                .formatted(doing, said),
                        e);
            case "25006" ->
                ConnectorException.config(
                        "%s failed because the server is read-only (a standby?); point `host` at the primary"
                                .formatted(doing),
                        e);
            case "2BP01", "0A000" ->
                ConnectorException.config(
                        "%s failed because other objects depend on the table, %s; drop them, or set `drop_cascade`"
                                .formatted(doing, said),
                        e);
            case "54000", "54011" ->
                ConnectorException.config(
                        "%s failed because a row or the table is too wide for PostgreSQL, %s; select fewer columns"
                                .formatted(doing, said),
                        e);
            case "3F000" ->
                ConnectorException.config("%s failed because the schema is missing, %s".formatted(doing, said), e);
            case "53100" ->
                ConnectorException.temporary(
                        "%s failed because the server's disk is full, %s; make room and run the sync again"
                                .formatted(doing, said),
                        e);
            case "53200" ->
                ConnectorException.temporary(
                        "%s failed because the server is out of memory, %s".formatted(doing, said), e);
            case "53300" ->
                ConnectorException.temporary(
                        "%s failed because the server has no connection left, %s; raise max_connections or try again later"
                                .formatted(doing, said),
                        e);
            case "57P01", "57P02", "57P03" ->
                ConnectorException.temporary(
                        "%s failed because the server was stopped or ended the connection, %s; run the sync again"
                                .formatted(doing, said),
                        e);
            case "57014", "55P03" ->
                ConnectorException.temporary("%s was cancelled, %s; run the sync again".formatted(doing, said), e);
            default ->
                switch (state.isEmpty() ? "" : state.substring(0, 2)) {
                    case "08" ->
                        ConnectorException.temporary(
                                "%s failed because the connection was lost: %s; what was committed stays, run the sync again"
                                        .formatted(doing, message(e)),
                                e);
                    case "23" ->
                        ConnectorException.config(
                                "%s failed because of a constraint that somebody added to the table, %s; drop it"
                                        .formatted(doing, said),
                                e);
                    case "40", "53", "58" ->
                        ConnectorException.temporary(
                                "%s failed, %s (SQLSTATE %s); run the sync again".formatted(doing, said, state), e);
                    default ->
                        ConnectorException.system("%s failed, %s (SQLSTATE %s)".formatted(doing, said, state), e);
                };
        };
    }

    private static String state(SQLException e) {
        return e.getSQLState() == null ? "" : e.getSQLState();
    }

    /// Without the details, which quote rows.
    private static String message(SQLException e) {
        if (e instanceof PSQLException p && p.getServerErrorMessage() != null) {
            return "'" + p.getServerErrorMessage().getMessage() + "'";
        }
        return e.getMessage();
    }
}
