package dev.sluice.destination.duckdb;

import dev.sluice.cdk.ConnectorException;
import dev.sluice.cdk.row.AirbyteType;
import dev.sluice.cdk.row.Column;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.protocol.DestinationSyncMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// One stream's table, and the staging table beside it.
///
/// | | rows go into | when the stream is complete |
/// |---|---|---|
/// | append | the table | nothing is left to do |
/// | append, deduplicated | staging | are merged into the table |
/// | overwrite | staging | staging takes the table's place |
/// | overwrite, deduplicated | staging | lose their duplicates, then staging takes the table's place |
///
/// Rows in staging are as safe as those in the table: their states have been returned. So staging stays when a
/// stream is not completed, and the next sync goes on with it, unless it starts a newer generation. Which rows
/// are of which generation is written in the rows.
final class StreamTable {
    static final String STAGING_PREFIX = "_airbyte_staging_";

    private static final String RAW_ID = "_airbyte_raw_id";
    private static final String EXTRACTED_AT = "_airbyte_extracted_at";
    private static final String GENERATION_ID = "_airbyte_generation_id";

    /// A change data capture source sets it in the record of a deletion.
    private static final String DELETED_AT = "_ab_cdc_deleted_at";

    private static final Map<String, String> AIRBYTE_COLUMNS = airbyteColumns();

    private final Database database;
    private final ConfiguredAirbyteStream stream;
    private final TableName table;
    private final TableName staging;
    private final List<Column> columns;

    private final boolean truncates;
    private final long generation;
    private final long minimumGeneration;

    /// Identifier of each of the stream's columns, and its type, in the order of the schema.
    private final Map<String, String> columnTypes = new LinkedHashMap<>();

    private final List<String> key = new ArrayList<>();
    private String cursor;
    private String deletedAt;
    private TableName target;

    StreamTable(Database database, ConfiguredAirbyteStream stream, TableName table) {
        this.database = database;
        this.stream = stream;
        this.table = table;
        staging = new TableName(table.catalog(), table.schema(), STAGING_PREFIX + table.name());
        columns = Column.of(stream);
        generation = stream.generationId().orElse(0L);
        minimumGeneration = stream.minimumGenerationId().orElse(0L);
        // A platform older than generations says `overwrite` and nothing more.
        truncates = minimumGeneration > 0 || stream.destinationSyncMode() == DestinationSyncMode.OVERWRITE;
    }

    private static Map<String, String> airbyteColumns() {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put(RAW_ID, "VARCHAR");
        columns.put(EXTRACTED_AT, "TIMESTAMP WITH TIME ZONE");
        columns.put("_airbyte_meta", "JSON");
        columns.put(GENERATION_ID, "BIGINT");
        return columns;
    }

    List<Column> columns() {
        return columns;
    }

    long generation() {
        return generation;
    }

    /// Finds what earlier syncs left, and makes the table that rows go into.
    void prepare() {
        requirePossible();
        Map<String, String> inTable = existingColumns(table);
        Map<String, String> inStaging = existingColumns(staging);
        nameColumns(inTable, inStaging);
        requireOurs(inTable);
        database.execute("CREATE SCHEMA IF NOT EXISTS " + table.schemaSql());
        if (truncates) {
            prepareTruncate(inTable, inStaging);
        } else if (isDedup()) {
            evolveOrCreate(staging, inStaging);
            if (!inTable.isEmpty()) {
                evolve(table, inTable); // Now rather than after hours of loading.
            }
            target = staging;
        } else {
            evolveOrCreate(table, inTable);
            if (!inStaging.isEmpty()) {
                evolve(staging, inStaging);
                moveStagedRows();
            }
            target = table;
        }
        database.commit();
    }

    private void prepareTruncate(Map<String, String> inTable, Map<String, String> inStaging) {
        boolean continues = minimumGeneration > 0;
        if (continues && !inStaging.isEmpty() && hasCurrentRows(staging, inStaging)) {
            evolve(staging, inStaging);
            database.execute("DELETE FROM %s WHERE %s < %d"
                    .formatted(staging.sql(), Names.quote(GENERATION_ID), minimumGeneration));
            target = staging;
            return;
        }
        database.execute("DROP TABLE IF EXISTS " + staging.sql());
        if (continues && !isDedup() && hasCurrentRows(table, inTable)) {
            // This generation was complete before, only the runner never heard of it.
            evolve(table, inTable);
            target = table;
            return;
        }
        create(staging);
        target = staging;
    }

    /// The statement that takes rows from a source of the same columns.
    String insertFrom(String source) {
        return "INSERT INTO %s (%s) SELECT * FROM temp.main.%s"
                .formatted(target.sql(), list(allColumns().keySet()), Names.quote(source));
    }

    /// Brings staged rows to where they are looked for. What readers see changes in one transaction, the last.
    void complete() {
        if (target == table) {
            return;
        }
        Map<String, String> inTable = existingColumns(table);
        boolean replaces = inTable.isEmpty() || truncates && !(minimumGeneration > 0 && hasCurrentRows(table, inTable));
        if (isDedup()) {
            database.useAllThreads(true);
            dropOlderStagedRows();
        }
        if (replaces) {
            if (deletedAt != null) {
                database.execute("DELETE FROM %s WHERE %s IS NOT NULL".formatted(staging.sql(), deletedAt));
            }
            database.execute("DROP TABLE IF EXISTS " + table.sql());
            database.execute("ALTER TABLE %s RENAME TO %s".formatted(staging.sql(), Names.quote(table.name())));
        } else {
            evolve(table, inTable);
            if (isDedup()) {
                dropOvertakenStagedRows();
                database.execute(
                        "DELETE FROM %s t USING %s s WHERE %s".formatted(table.sql(), staging.sql(), sameKey()));
            }
            moveStagedRows();
        }
        database.commit();
        database.useAllThreads(false);
        target = table;
    }

    /// Keeps the newest row of each key: the one with the highest cursor, then the last that arrived, whatever the
    /// source's clock said. No harm if the sync ends here: the others would never be missed.
    private void dropOlderStagedRows() {
        String order = (cursor == null ? "" : cursor + " DESC NULLS LAST, ") + "rowid DESC";
        // Only keys and cursors are sorted, not whole rows.
        database.execute(
                ("DELETE FROM %s WHERE rowid IN (SELECT rowid FROM %s QUALIFY row_number() OVER (PARTITION BY %s"
                                + " ORDER BY %s) > 1)")
                        .formatted(staging.sql(), staging.sql(), String.join(", ", key), order));
        database.commit();
    }

    /// Drops the rows with a lower cursor than the table's of the same key. The others arrived later than those of
    /// the table and take their place; merging rows again changes nothing.
    private void dropOvertakenStagedRows() {
        if (cursor == null) {
            return;
        }
        database.execute(
                "DELETE FROM %1$s s USING %2$s t WHERE %3$s AND (t.%4$s > s.%4$s OR t.%4$s IS NOT NULL AND s.%4$s IS NULL)"
                        .formatted(staging.sql(), table.sql(), sameKey(), cursor));
        database.commit();
    }

    /// Null is the same key as null; otherwise such rows would be added again with every sync.
    private String sameKey() {
        return key.stream()
                .map(column -> "t.%s IS NOT DISTINCT FROM s.%s".formatted(column, column))
                .collect(Collectors.joining(" AND "));
    }

    private void moveStagedRows() {
        String names = list(allColumns().keySet());
        String unlessDeleted = deletedAt == null ? "" : " WHERE %s IS NULL".formatted(deletedAt);
        database.execute("INSERT INTO %s (%s) SELECT %s FROM %s%s"
                .formatted(table.sql(), names, names, staging.sql(), unlessDeleted));
        database.execute("DROP TABLE " + staging.sql());
    }

    private boolean isDedup() {
        return stream.destinationSyncMode() == DestinationSyncMode.APPEND_DEDUP;
    }

    private void requirePossible() {
        if (minimumGeneration != 0 && minimumGeneration != generation) {
            throw ConnectorException.config(
                    ("the stream '%s' asks to keep some generations and not others (generation_id %d,"
                                    + " minimum_generation_id %d); the minimum is 0 or the generation itself")
                            .formatted(stream.descriptor(), generation, minimumGeneration));
        }
        switch (stream.destinationSyncMode()) {
            case APPEND, OVERWRITE -> {}
            case APPEND_DEDUP -> {
                if (stream.primaryKey().isEmpty()) {
                    throw ConnectorException.config(
                            "the stream '%s' is to be deduplicated and has no primary key; choose one, or append"
                                    .formatted(stream.descriptor()));
                }
            }
            case UPDATE, SOFT_DELETE ->
                throw ConnectorException.config("the stream '%s' asks for the mode %s, which DuckDB does not have"
                        .formatted(stream.descriptor(), stream.destinationSyncMode()));
        }
    }

    private void nameColumns(Map<String, String> inTable, Map<String, String> inStaging) {
        Set<String> existing = new TreeSet<>(inTable.keySet());
        existing.addAll(inStaging.keySet());
        Map<String, String> identifiers =
                Names.identifiers(columns.stream().map(Column::field).toList(), existing, AIRBYTE_COLUMNS.keySet());
        for (Column column : columns) {
            columnTypes.put(identifiers.get(column.field()), sqlType(column.type()));
        }
        if (!isDedup()) {
            return;
        }
        for (List<String> path : stream.primaryKey()) {
            key.add(topLevel(path, "primary key", identifiers));
        }
        if (!stream.cursorField().isEmpty()) {
            cursor = topLevel(stream.cursorField(), "cursor", identifiers);
        }
        if (identifiers.containsKey(DELETED_AT)) {
            deletedAt = Names.quote(identifiers.get(DELETED_AT));
        }
    }

    private String topLevel(List<String> path, String what, Map<String, String> identifiers) {
        if (path.size() != 1 || !identifiers.containsKey(path.getFirst())) {
            throw ConnectorException.config(
                    "the %s '%s' of the stream '%s' is not one of its columns; deduplication needs a top-level column"
                            .formatted(what, String.join(".", path), stream.descriptor()));
        }
        return Names.quote(identifiers.get(path.getFirst()));
    }

    /// A table that somebody else made is not ours to write in.
    private void requireOurs(Map<String, String> inTable) {
        if (inTable.isEmpty()) {
            if (database.any("SELECT 1 FROM duckdb_views() WHERE " + table.condition("view_name"))) {
                throw ConnectorException.config(
                        "%s is a view, and the stream '%s' needs a table of that name; rename it"
                                .formatted(table, stream.descriptor()));
            }
            return;
        }
        if (!contains(inTable, RAW_ID) || !contains(inTable, EXTRACTED_AT)) {
            throw ConnectorException.config(
                    ("the table %s exists and was not made by a sync (it has no column %s); rename it, or give the"
                                    + " stream '%s' a prefix or another schema")
                            .formatted(table, RAW_ID, stream.descriptor()));
        }
    }

    private Map<String, String> existingColumns(TableName of) {
        Map<String, String> existing = new LinkedHashMap<>();
        // The list of columns has those of views too.
        String sql = "SELECT c.column_name, c.data_type FROM duckdb_columns() c"
                + " SEMI JOIN (SELECT table_oid, database_oid FROM duckdb_tables() WHERE %s) t USING (table_oid, database_oid)"
                + " ORDER BY c.column_index";
        for (String[] column : database.rows(sql.formatted(of.condition("table_name")))) {
            existing.put(column[0], column[1]);
        }
        return existing;
    }

    private boolean hasCurrentRows(TableName in, Map<String, String> existing) {
        return contains(existing, GENERATION_ID)
                && database.any("SELECT 1 FROM %s WHERE %s >= %d"
                        .formatted(in.sql(), Names.quote(GENERATION_ID), minimumGeneration));
    }

    private void evolveOrCreate(TableName name, Map<String, String> existing) {
        if (existing.isEmpty()) {
            create(name);
        } else {
            evolve(name, existing);
        }
    }

    private void create(TableName name) {
        String definitions = allColumns().entrySet().stream()
                .map(column -> Names.quote(column.getKey()) + " " + column.getValue())
                .collect(Collectors.joining(", "));
        database.execute("CREATE TABLE %s (%s)".formatted(name.sql(), definitions));
    }

    /// Adds columns, and widens those whose type changed. Nothing is ever dropped.
    private void evolve(TableName name, Map<String, String> existing) {
        Map<String, String> types = existing.entrySet().stream()
                .collect(Collectors.toMap(column -> Names.fold(column.getKey()), Map.Entry::getValue));
        allColumns().forEach((column, wanted) -> {
            String is = types.get(Names.fold(column));
            if (is == null) {
                database.execute("ALTER TABLE %s ADD COLUMN %s %s".formatted(name.sql(), Names.quote(column), wanted));
            } else if (!is.equals(wanted)) {
                widen(name, column, is, wanted);
            }
        });
    }

    private void widen(TableName name, String column, String is, String wanted) {
        String quoted = Names.quote(column);
        String using = switch (wanted) {
            case "JSON" -> "to_json(%s)".formatted(quoted);
            case "VARCHAR" ->
                is.equals("JSON") ? "%s ->> '$'".formatted(quoted) : "CAST(%s AS VARCHAR)".formatted(quoted);
            default -> isWithin(is, wanted) ? "CAST(%s AS %s)".formatted(quoted, wanted) : null;
        };
        if (using == null) {
            throw ConnectorException.config(
                    ("the column %s of %s is %s, and the stream '%s' now has %s, which would lose values; rename or drop"
                                    + " the column, or overwrite the table with a full refresh")
                            .formatted(quoted, name, is, stream.descriptor(), wanted));
        }
        database.execute("ALTER TABLE %s ALTER COLUMN %s SET DATA TYPE %s USING %s"
                .formatted(name.sql(), quoted, wanted, using));
    }

    /// Whether every value of one type is a value of the other.
    private static boolean isWithin(String is, String wanted) {
        return switch (wanted) {
            case "BIGINT" ->
                Set.of("TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER")
                        .contains(is);
            case "DECIMAL(38,9)" ->
                Set.of("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
                        .contains(is);
            case "TIMESTAMP" -> is.equals("DATE");
            case "TIMESTAMP WITH TIME ZONE" -> is.equals("DATE") || is.equals("TIMESTAMP");
            case "TIME WITH TIME ZONE" -> is.equals("TIME");
            default -> false;
        };
    }

    private Map<String, String> allColumns() {
        Map<String, String> all = new LinkedHashMap<>(AIRBYTE_COLUMNS);
        all.putAll(columnTypes);
        return all;
    }

    private static String sqlType(AirbyteType type) {
        return switch (type) {
            case STRING -> "VARCHAR";
            case BOOLEAN -> "BOOLEAN";
            case INTEGER -> "BIGINT";
            case NUMBER -> "DECIMAL(38,9)";
            case DATE -> "DATE";
            case TIMESTAMP_WITH_TIMEZONE -> "TIMESTAMP WITH TIME ZONE";
            case TIMESTAMP_WITHOUT_TIMEZONE -> "TIMESTAMP";
            case TIME_WITH_TIMEZONE -> "TIME WITH TIME ZONE";
            case TIME_WITHOUT_TIMEZONE -> "TIME";
            case OBJECT, ARRAY, UNKNOWN -> "JSON";
        };
    }

    private static boolean contains(Map<String, String> existing, String column) {
        return existing.keySet().stream().anyMatch(name -> Names.fold(name).equals(column));
    }

    private static String list(Collection<String> identifiers) {
        return identifiers.stream().map(Names::quote).collect(Collectors.joining(", "));
    }
}
