package dev.sluice.destination.postgres;

import static dev.sluice.destination.postgres.Names.quote;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The few ways in which statements are run, and what the catalog says of a table.
final class Database {
    private final Connection connection;

    Database(Connection connection) {
        this.connection = connection;
    }

    Connection connection() {
        return connection;
    }

    /// Returns the number of rows.
    long execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute(sql) ? 0 : statement.getLargeUpdateCount();
        }
    }

    /// Whether the query has a row.
    boolean any(String sql, String... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (ResultSet result = statement.executeQuery()) {
                return result.next();
            }
        }
    }

    boolean hasRows(Table table) throws SQLException {
        return any("SELECT 1 FROM %s LIMIT 1".formatted(table.sql()));
    }

    /// Makes the schema unless it is there; whoever may not make schemas can use one that is.
    void createSchema(String schema) throws SQLException {
        if (!any("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = ?", schema)) {
            execute("CREATE SCHEMA IF NOT EXISTS " + quote(schema));
        }
    }

    Set<String> schemas() throws SQLException {
        return names("SELECT nspname FROM pg_catalog.pg_namespace");
    }

    /// The tables, and whatever else has a table's name, of a schema.
    Set<String> tables(String schema) throws SQLException {
        return names("""
                SELECT c.relname FROM pg_catalog.pg_class c
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ?""", schema);
    }

    private Set<String> names(String sql, String... parameters) throws SQLException {
        Set<String> names = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    names.add(result.getString(1));
                }
            }
        }
        return names;
    }

    /// A table's name.
    record Table(String schema, String name) {
        String sql() {
            return quote(schema) + "." + quote(name);
        }

        @Override
        public String toString() {
            return schema + "." + name;
        }
    }

    /// @param type as the catalog spells it, for example `numeric(38,9)`
    /// @param mustHave not null and without a default
    record ExistingColumn(String type, boolean mustHave) {}

    /// What is there under a table's name.
    ///
    /// @param kind `r` a table, `p` a partitioned one, `v` a view, and so on
    record Existing(char kind, Map<String, ExistingColumn> columns) {
        boolean isTable() {
            return kind == 'r' || kind == 'p';
        }
    }

    Optional<Existing> existing(Table table) throws SQLException {
        String sql = """
                SELECT c.relkind, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
                       a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''
                FROM pg_catalog.pg_class c
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                WHERE n.nspname = ? AND c.relname = ?
                ORDER BY a.attnum""";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, table.schema());
            statement.setString(2, table.name());
            try (ResultSet result = statement.executeQuery()) {
                Existing existing = null;
                while (result.next()) {
                    if (existing == null) {
                        existing = new Existing(result.getString(1).charAt(0), new LinkedHashMap<>());
                    }
                    if (result.getString(2) != null) {
                        existing.columns()
                                .put(
                                        result.getString(2),
                                        new ExistingColumn(result.getString(3), result.getBoolean(4)));
                    }
                }
                return Optional.ofNullable(existing);
            }
        }
    }

    /// Whether somebody hung something on the table that a new table under its name would not have: views and
    /// other dependents, grants, triggers, policies, comments, statistics, storage parameters, indexes and
    /// constraints of their own. An index is ours by its whole name, see [StreamTable].
    boolean hasAttachments(Table table) throws SQLException {
        return any("""
                SELECT 1 FROM pg_catalog.pg_class c
                WHERE c.oid = pg_catalog.to_regclass(?)
                AND (c.relacl IS NOT NULL OR c.relhastriggers OR c.relrowsecurity OR c.relkind = 'p'
                  OR c.relreplident <> 'd' OR c.reloptions IS NOT NULL
                  OR EXISTS (SELECT 1 FROM pg_catalog.pg_statistic_ext s WHERE s.stxrelid = c.oid)
                  OR EXISTS (SELECT 1 FROM pg_catalog.pg_description d
                             WHERE d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objoid = c.oid)
                  OR EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a
                             WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL)
                  OR EXISTS (SELECT 1 FROM pg_catalog.pg_constraint k WHERE k.conrelid = c.oid AND k.contype <> 'n')
                  OR EXISTS (SELECT 1 FROM pg_catalog.pg_publication_rel p WHERE p.prrelid = c.oid)
                  OR EXISTS (SELECT 1 FROM pg_catalog.pg_inherits h WHERE c.oid IN (h.inhrelid, h.inhparent))
                  OR EXISTS (SELECT 1 FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
                             WHERE i.indrelid = c.oid
                             AND NOT (left(ic.relname, -8) = left(c.relname, 50) || '_pk_'
                               AND right(ic.relname, 8) ~ '^[0-9a-f]{8}$'))
                  OR EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
                             WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = c.oid
                             AND d.deptype = 'n'))""", table.sql());
    }
}
