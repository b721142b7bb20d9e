package dev.sluice.destination.duckdb;

/// Where a table lies.
///
/// @param catalog DuckDB's name for the open file; without it a schema named like the file would be ambiguous
record TableName(String catalog, String schema, String name) {
    String sql() {
        return schemaSql() + "." + Names.quote(name);
    }

    String schemaSql() {
        return Names.quote(catalog) + "." + Names.quote(schema);
    }

    /// As a person writes it who has opened the file.
    String sqlInFile() {
        return word(schema) + "." + word(name);
    }

    private static String word(String identifier) {
        return identifier.matches("[A-Za-z_]\\w*") ? identifier : Names.quote(identifier);
    }

    /// As a condition on DuckDB's lists of tables and columns.
    String condition(String nameColumn) {
        return "database_name = %s AND lower(schema_name) = lower(%s) AND lower(%s) = lower(%s)"
                .formatted(literal(catalog), literal(schema), nameColumn, literal(name));
    }

    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    @Override
    public String toString() {
        return schema + "." + name;
    }
}
