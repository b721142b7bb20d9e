package dev.sluice.e2e;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// What a DuckDB destination has written. One process at a time has the file, so only between syncs.
record DuckdbFile(Path path) {
    /// The first column of the first row, as text.
    String one(String sql) {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + path);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : "no row";
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    long count(String table) {
        return Long.parseLong(one("SELECT count(*) FROM " + table));
    }
}
