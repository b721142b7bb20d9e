package dev.sluice.runner.store;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.state.KeptConfig;
import dev.sluice.runner.state.KeptConfigs;
import dev.sluice.runner.state.Side;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;

/// The rows of configurations, for a command that does not hold the connection: each call is one transaction of
/// its own.
final class SqlKeptConfigs implements KeptConfigs {
    private final Database database;
    private final String name;

    SqlKeptConfigs(Database database, String name) {
        this.database = database;
        this.name = name;
    }

    @Override
    public Optional<KeptConfig> config(Side side) {
        try (Connection session = database.open()) {
            return load(session, name, side);
        } catch (SQLException e) {
            throw database.unusable(e);
        }
    }

    @Override
    public void keep(Side side, KeptConfig config) {
        try (Connection session = database.open()) {
            write(session, name, side, config);
        } catch (SQLException e) {
            throw database.unusable(e);
        }
    }

    @Override
    public void drop(Side side, KeptConfig config) {
        try (Connection session = database.open()) {
            delete(session, name, side, config);
        } catch (SQLException e) {
            throw database.unusable(e);
        }
    }

    static Optional<KeptConfig> load(Connection session, String name, Side side) throws SQLException {
        try (PreparedStatement query = session.prepareStatement(
                "SELECT written, config FROM sluice_config WHERE connection = ? AND side = ?")) {
            query.setString(1, name);
            query.setString(2, word(side));
            ResultSet row = query.executeQuery();
            return row.next()
                    ? Optional.of(new KeptConfig(row.getString(1), json(row.getString(2))))
                    : Optional.empty();
        }
    }

    static void write(Connection session, String name, Side side, KeptConfig config) throws SQLException {
        try (PreparedStatement write =
                session.prepareStatement("INSERT INTO sluice_config (connection, side, written, config)"
                        + " VALUES (?, ?, ?, ?) ON CONFLICT (connection, side)"
                        + " DO UPDATE SET written = excluded.written, config = excluded.config")) {
            write.setString(1, name);
            write.setString(2, word(side));
            write.setString(3, config.written());
            write.setString(4, text(config.config()));
            write.executeUpdate();
        }
    }

    /// The salt makes `written` another one each time, so it tells which row is meant.
    static void delete(Connection session, String name, Side side, KeptConfig config) throws SQLException {
        try (PreparedStatement delete = session.prepareStatement(
                "DELETE FROM sluice_config WHERE connection = ? AND side = ? AND written = ?")) {
            delete.setString(1, name);
            delete.setString(2, word(side));
            delete.setString(3, config.written());
            delete.executeUpdate();
        }
    }

    private static String word(Side side) {
        return side.name().toLowerCase(Locale.ROOT);
    }

    private static String text(ObjectNode config) {
        try {
            return Json.mapper().writeValueAsString(config);
        } catch (JacksonException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    private static ObjectNode json(String text) {
        try {
            return (ObjectNode) Json.mapper().readTree(text);
        } catch (JacksonException e) {
            throw new IllegalStateException("a kept configuration is not JSON"); // Without the cause, which quotes it.
        }
    }
}
