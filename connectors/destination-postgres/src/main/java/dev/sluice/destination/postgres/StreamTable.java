package dev.sluice.destination.postgres;

import static dev.sluice.destination.postgres.Names.quote;

import dev.sluice.cdk.ConnectorException;
import dev.sluice.cdk.row.AirbyteType;
import dev.sluice.cdk.row.Column;
import dev.sluice.destination.postgres.Database.Existing;
import dev.sluice.destination.postgres.Database.ExistingColumn;
import dev.sluice.destination.postgres.Database.Table;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.protocol.DestinationSyncMode;
import dev.sluice.protocol.StreamDescriptor;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/// One stream's table, and the staging table beside it.
///
/// Rows that are only added go straight into the table. Rows that replace others, all older ones or those with
/// the same key, go into the staging table and stay there, committed, until the stream is complete; a sync that
/// was cut short leaves it behind, and the next one goes on with it. What a staging table is worth is told by
/// the generation of the rows in it, so there is nothing else to remember.
final class StreamTable {
    static final String RAW_ID = "_airbyte_raw_id";
    static final String EXTRACTED_AT = "_airbyte_extracted_at";
    static final String META = "_airbyte_meta";
    static final String GENERATION_ID = "_airbyte_generation_id";

    /// Airbyte's own columns come first, in this order.
    static final Map<String, String> AIRBYTE_COLUMNS = airbyteColumns();

    /// Names a table cannot have for columns of its own.
    static final Set<String> RESERVED =
            Set.of(RAW_ID, EXTRACTED_AT, META, GENERATION_ID, "ctid", "xmin", "xmax", "cmin", "cmax", "tableoid");

    private static final String DELETED_AT = "_ab_cdc_deleted_at";
    private static final int MAX_COLUMNS = 1600;

    private final Database database;
    private final ConfiguredAirbyteStream stream;
    private final Table table;
    private final Table staging;
    private final boolean dropCascade;
    private final List<Column> columns;

    /// Identifier of each field, in the order of the schema.
    private final Map<String, String> identifiers;

    private final boolean isDedup;
    private final boolean isTruncate;
    private final long generation;

    /// Rows of older generations go once the stream is complete; 0 keeps all.
    private final long minimumGeneration;

    private final List<String> key;
    private final Optional<String> cursor;

    /// The column whose rows with a value are removed, when they are.
    private final Optional<String> deletedAt;

    private boolean isComplete;

    StreamTable(Database database, ConfiguredAirbyteStream stream, Table table, PostgresConfig config)
            throws SQLException {
        this.database = database;
        this.stream = stream;
        this.table = table;
        staging = new Table(table.schema(), Names.staging(table.schema(), table.name()));
        dropCascade = config.dropCascade();
        columns = Column.of(stream);
        generation = stream.generationId().orElse(0L);
        long minimum = stream.minimumGenerationId().orElse(0L);
        if (minimum > 0 && minimum != generation) {
            throw ConnectorException.config(
                    "the stream '%s' has the generation %d and the minimum generation %d; rows can be kept (minimum 0) or replaced (minimum %d), not in part"
                            .formatted(stream.descriptor(), generation, minimum, generation));
        }
        isDedup = switch (stream.destinationSyncMode()) {
            case APPEND, OVERWRITE -> false;
            case APPEND_DEDUP -> true;
            case UPDATE, SOFT_DELETE ->
                throw ConnectorException.config(
                        "the stream '%s' has the destination sync mode %s, which PostgreSQL tables are not written in; use append, overwrite or append_dedup"
                                .formatted(
                                        stream.descriptor(),
                                        stream.destinationSyncMode().name().toLowerCase()));
        };
        isTruncate = minimum > 0 || stream.destinationSyncMode() == DestinationSyncMode.OVERWRITE;
        minimumGeneration = isTruncate ? generation : 0;
        Map<Table, Set<String>> existing = new LinkedHashMap<>();
        for (Table of : List.of(table, staging)) {
            database.existing(of).ifPresent(is -> existing.put(of, is.columns().keySet()));
        }
        identifiers = Names.identifiers(
                columns.stream().map(Column::field).toList(),
                RESERVED,
                name -> existing.values().stream().anyMatch(there -> there.contains(name)),
                "column of " + existing.keySet().stream().map(Table::toString).collect(Collectors.joining(" and ")));
        if (columns.size() + AIRBYTE_COLUMNS.size() > MAX_COLUMNS) {
            throw ConnectorException.config(
                    "the stream '%s' has %,d columns, and a PostgreSQL table holds %,d with those of Airbyte; select fewer"
                            .formatted(stream.descriptor(), columns.size(), MAX_COLUMNS));
        }
        key = isDedup
                ? stream.primaryKey().stream()
                        .map(path -> topLevel(path, "primary key"))
                        .toList()
                : List.of();
        if (isDedup && key.isEmpty()) {
            throw ConnectorException.config(
                    "the stream '%s' has no primary key, and deduplication needs one; set `primary_key` or use append"
                            .formatted(stream.descriptor()));
        }
        cursor = isDedup && !stream.cursorField().isEmpty()
                ? Optional.of(topLevel(stream.cursorField(), "cursor"))
                : Optional.empty();
        deletedAt = isDedup && config.cdcDeletionMode() == PostgresConfig.CdcDeletionMode.HARD_DELETE
                ? Optional.ofNullable(identifiers.get(DELETED_AT)).map(Names::quote)
                : Optional.empty();
    }

    StreamDescriptor descriptor() {
        return stream.descriptor();
    }

    Table table() {
        return table;
    }

    List<Column> columns() {
        return columns;
    }

    long generation() {
        return generation;
    }

    private boolean isStaged() {
        return isDedup || isTruncate;
    }

    /// The statement whose rows a [CopyEncoder] encodes.
    String copy() {
        if (isComplete) {
            throw ConnectorException.system(
                    "a record of the stream '%s' arrived after the stream was complete".formatted(descriptor()), null);
        }
        return "COPY %s (%s) FROM STDIN (FORMAT binary)"
                .formatted((isStaged() ? staging : table).sql(), list(copied()));
    }

    private List<String> copied() {
        List<String> names = new ArrayList<>(List.of(RAW_ID, EXTRACTED_AT, GENERATION_ID));
        names.addAll(identifiers.values());
        names.add(META);
        return names;
    }

    /// Makes the tables ready for rows. What cannot work is said here, before a row is sent.
    void prepare() throws SQLException {
        database.createSchema(table.schema());
        Optional<Existing> existing = database.existing(table);
        existing.ifPresent(this::requireOurs);
        if (!isTruncate) {
            // Of a table that is to be replaced, only what is there at the end counts.
            evolveOrCreate(table, existing);
        }
        Optional<Existing> left = database.existing(staging);
        if (left.isPresent() && isTruncate) {
            left = keepCurrent(left);
        }
        if (isStaged()) {
            evolveOrCreate(staging, left);
        } else if (left.isPresent()) {
            // A replacement was given up; its rows are to be kept like all others.
            evolve(staging, left.get());
            insertFromStaging();
        }
    }

    /// Of the rows of earlier attempts, those of this generation are continued.
    private Optional<Existing> keepCurrent(Optional<Existing> left) throws SQLException {
        // A generation of 0 is that of every sync of a runner that does not count them.
        if (generation > 0
                && database.any("SELECT 1 FROM %s WHERE %s >= %d LIMIT 1"
                        .formatted(staging.sql(), GENERATION_ID, minimumGeneration))) {
            database.execute("DELETE FROM %s WHERE %s < %d".formatted(staging.sql(), GENERATION_ID, minimumGeneration));
            return left;
        }
        database.execute("DROP TABLE " + staging.sql());
        return Optional.empty();
    }

    /// Makes the stream's rows visible. Called once all of them are committed.
    void complete() throws SQLException {
        if (!isStaged() || isComplete) {
            isComplete = true;
            return;
        }
        Optional<Existing> existing = database.existing(table);
        existing.ifPresent(this::requireOurs);
        if (isDedup) {
            dedupStaging();
        }
        if (existing.isPresent() && keepsRowsOfTable()) {
            if (isTruncate) {
                evolve(table, existing.get());
                database.execute(
                        "DELETE FROM %s WHERE %s < %d".formatted(table.sql(), GENERATION_ID, minimumGeneration));
            }
            if (isDedup) {
                merge();
            } else {
                insertFromStaging();
            }
        } else {
            if (deletedAt.isPresent()) {
                database.execute("DELETE FROM %s WHERE %s IS NOT NULL".formatted(staging.sql(), deletedAt.get()));
            }
            replace(existing);
        }
        isComplete = true;
    }

    /// Whether the table has rows that stay: any, or those of an attempt of this very generation that was
    /// complete before.
    private boolean keepsRowsOfTable() throws SQLException {
        if (!isTruncate) {
            return database.hasRows(table);
        }
        return generation > 0
                && database.any("SELECT 1 FROM %s WHERE %s >= %d LIMIT 1"
                        .formatted(table.sql(), GENERATION_ID, minimumGeneration));
    }

    /// The staging table takes the place of the table.
    private void replace(Optional<Existing> existing) throws SQLException {
        if (existing.isPresent() && !dropCascade && hasAttachments(existing.get())) {
            // A new table would lose them. Readers wait for the end of the transaction.
            database.execute("TRUNCATE TABLE " + table.sql());
            evolve(table, existing.get());
            insertFromStaging();
            createIndex(table);
            return;
        }
        // Before the old table is locked: it stays readable meanwhile.
        createIndex(staging);
        if (existing.isPresent()) {
            database.execute("DROP TABLE %s%s".formatted(table.sql(), dropCascade ? " CASCADE" : ""));
        }
        database.execute("ALTER TABLE %s RENAME TO %s".formatted(staging.sql(), quote(table.name())));
    }

    /// Views, grants and the like. A column that the stream does not have may be the user's own.
    private boolean hasAttachments(Existing existing) throws SQLException {
        return !allColumns().keySet().containsAll(existing.columns().keySet()) || database.hasAttachments(table);
    }

    private void insertFromStaging() throws SQLException {
        String all = list(copied());
        database.execute("INSERT INTO %s (%s) SELECT %s FROM %s".formatted(table.sql(), all, all, staging.sql()));
        database.execute("DROP TABLE " + staging.sql());
    }

    /// Leaves one row of each key: the one with the highest cursor, then the last that arrived. The time of
    /// extraction says nothing, because clocks are set back; nor does the place in the table, where gaps are
    /// filled. But transactions follow one another, and within one a single process counted the ids up.
    private void dedupStaging() throws SQLException {
        String order = cursor.map(column -> column + " DESC NULLS LAST, ").orElse("")
                + "age(xmin), %s COLLATE \"C\" DESC".formatted(RAW_ID);
        database.execute("""
                DELETE FROM %1$s WHERE ctid = ANY (ARRAY(
                    SELECT ctid FROM (
                        SELECT ctid, row_number() OVER (PARTITION BY %2$s ORDER BY %3$s) AS place FROM %1$s
                    ) ranked WHERE place > 1))""".formatted(staging.sql(), String.join(", ", key), order));
    }

    /// A row of the table gives way to one of its key, which arrived later, unless that has a lower cursor. Run
    /// again, it changes nothing.
    private void merge() throws SQLException {
        database.execute("ANALYZE " + staging.sql());
        createIndex(table);
        String allThere = eachKey("s.%s IS NOT NULL", " AND ");
        merge(eachKey("t.%1$s = s.%1$s", " AND "), allThere);
        // NULL equals nothing, so keys with one are compared as JSON, where null equals null.
        String someNull = "(%s)".formatted(eachKey("s.%s IS NULL", " OR "));
        if (database.any("SELECT 1 FROM %s s WHERE %s LIMIT 1".formatted(staging.sql(), someNull))) {
            merge(
                    "jsonb_build_array(%s) = jsonb_build_array(%s) AND (%s)"
                            .formatted(eachKey("t.%s", ", "), eachKey("s.%s", ", "), eachKey("t.%s IS NULL", " OR ")),
                    someNull);
        }
        database.execute("DROP TABLE " + staging.sql());
    }

    private void merge(String sameKey, String which) throws SQLException {
        String unlessLower = cursor.map(" AND (t.%1$s <= s.%1$s OR t.%1$s IS NULL)"::formatted)
                .orElse("");
        database.execute("DELETE FROM %s t USING %s s WHERE %s AND %s%s"
                .formatted(table.sql(), staging.sql(), which, sameKey, unlessLower));
        String all = list(copied());
        database.execute(
                "INSERT INTO %s (%s) SELECT %s FROM %s s WHERE %s%s AND NOT EXISTS (SELECT 1 FROM %s t WHERE %s)"
                        .formatted(
                                table.sql(),
                                all,
                                all,
                                staging.sql(),
                                which,
                                deletedAt.map(" AND s.%s IS NULL"::formatted).orElse(""),
                                table.sql(),
                                sameKey));
    }

    private String eachKey(String format, String separator) {
        return key.stream().map(format::formatted).collect(Collectors.joining(separator));
    }

    /// One index for the merges to come, of a kind that takes every value: a btree refuses entries of some 2.7
    /// kB, so columns that can be long have a hash index, which takes one column only.
    private void createIndex(Table on) throws SQLException {
        if (key.isEmpty()) {
            return;
        }
        Map<String, AirbyteType> types = columns.stream().collect(Collectors.toMap(Column::field, Column::type));
        List<String> keyFields =
                stream.primaryKey().stream().map(List::getFirst).toList();
        List<String> shortColumns = keyFields.stream()
                .filter(field -> isShort(types.get(field)))
                .map(field -> quote(identifiers.get(field)))
                .toList();
        String columnsOfIndex;
        if (!shortColumns.isEmpty()) {
            columnsOfIndex = "btree (%s)".formatted(String.join(", ", shortColumns));
        } else if (key.size() == 1) {
            columnsOfIndex = "hash (%s)".formatted(key.getFirst());
        } else {
            return;
        }
        String first = shortColumns.isEmpty() ? key.getFirst() : shortColumns.getFirst();
        boolean isIndexed = database.any("""
                SELECT 1 FROM pg_catalog.pg_index i
                JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                WHERE i.indrelid = pg_catalog.to_regclass(?) AND i.indisvalid AND pg_catalog.quote_ident(a.attname) IN (?, ?)""", on.sql(), first, first.substring(1, first.length() - 1));
        if (!isIndexed) {
            String name = "%s_pk_%s"
                    .formatted(
                            table.name().substring(0, Math.min(table.name().length(), 50)),
                            UUID.randomUUID().toString().substring(0, 8));
            database.execute("CREATE INDEX %s ON %s USING %s".formatted(quote(name), on.sql(), columnsOfIndex));
        }
    }

    private static boolean isShort(AirbyteType type) {
        return switch (type) {
            case INTEGER,
                    BOOLEAN,
                    DATE,
                    TIMESTAMP_WITH_TIMEZONE,
                    TIMESTAMP_WITHOUT_TIMEZONE,
                    TIME_WITH_TIMEZONE,
                    TIME_WITHOUT_TIMEZONE -> true;
            case STRING, NUMBER, OBJECT, ARRAY, UNKNOWN -> false;
        };
    }

    /// A table that somebody else made is not ours to write in.
    private void requireOurs(Existing existing) {
        if (!existing.isTable()) {
            throw ConnectorException.config(
                    "%s exists and is no table, and the stream '%s' needs a table of that name; rename it"
                            .formatted(table, descriptor()));
        }
        Map<String, ExistingColumn> there = existing.columns();
        if (!there.containsKey(RAW_ID) || !there.containsKey(EXTRACTED_AT)) {
            throw ConnectorException.config(
                    "the table %s exists and was not made by a sync (it has no column %s); rename it, or give the stream '%s' a prefix or another schema"
                            .formatted(table, there.containsKey(RAW_ID) ? EXTRACTED_AT : RAW_ID, descriptor()));
        }
        if (isTruncate && dropCascade) {
            return;
        }
        Set<String> written = allColumns().keySet();
        there.forEach((name, column) -> {
            if (column.mustHave() && !written.contains(name)) {
                throw ConnectorException.config(
                        "the column %s of %s is NOT NULL without a default, and the stream '%s' has no such field; drop the column or its constraint"
                                .formatted(quote(name), table, descriptor()));
            }
        });
    }

    private void evolveOrCreate(Table of, Optional<Existing> existing) throws SQLException {
        if (existing.isPresent()) {
            evolve(of, existing.get());
            return;
        }
        String definitions = allColumns().entrySet().stream()
                .map(column -> quote(column.getKey()) + " " + column.getValue()
                        + (AIRBYTE_COLUMNS.containsKey(column.getKey()) ? " NOT NULL" : ""))
                .collect(Collectors.joining(", "));
        database.execute("CREATE TABLE %s (%s)".formatted(of.sql(), definitions));
    }

    /// Adds columns, and widens those whose type changed. Nothing is ever dropped.
    private void evolve(Table of, Existing existing) throws SQLException {
        for (var wanted : allColumns().entrySet()) {
            String column = wanted.getKey();
            ExistingColumn is = existing.columns().get(column);
            if (is == null) {
                add(of, column, wanted.getValue());
            } else if (!is.type().equals(wanted.getValue())
                    && !(is.type().equals("text") && wanted.getValue().equals("character varying"))) {
                change(of, column, is.type(), wanted.getValue());
            }
        }
    }

    private void add(Table of, String column, String type) throws SQLException {
        String repair = switch (column) {
            case META -> " NOT NULL DEFAULT '{\"sync_id\": 0, \"changes\": []}'";
            case GENERATION_ID -> " NOT NULL DEFAULT 0";
            default -> "";
        };
        database.execute("ALTER TABLE %s ADD COLUMN %s %s%s".formatted(of.sql(), quote(column), type, repair));
        if (!repair.isEmpty()) {
            database.execute("ALTER TABLE %s ALTER COLUMN %s DROP DEFAULT".formatted(of.sql(), quote(column)));
        }
    }

    private void change(Table of, String column, String is, String wanted) throws SQLException {
        String using = conversion(quote(column), is, wanted);
        if (using == null) {
            if (database.hasRows(of)) {
                throw ConnectorException.config(
                        "the column %s of %s is %s, and the stream '%s' now has %s, which would lose values; rename or drop the column, or replace the table with a full refresh"
                                .formatted(quote(column), of, is, descriptor(), wanted));
            }
            using = "NULL";
        }
        database.execute("ALTER TABLE %1$s ALTER COLUMN %2$s DROP DEFAULT, ALTER COLUMN %2$s TYPE %3$s USING %4$s"
                .formatted(of.sql(), quote(column), wanted, using));
    }

    /// The expression that turns every value of one type into one of the other, or null when there is none.
    private static String conversion(String column, String is, String wanted) {
        String base = is.replaceAll("\\(.*?\\)", "");
        if (base.equals(wanted)) {
            return column; // Only a limit goes: varchar(36), numeric(38,9), timestamp(3).
        }
        return switch (wanted) {
            case "jsonb" -> "to_jsonb(%s)".formatted(column);
            case "character varying" ->
                base.equals("jsonb") || base.equals("json")
                        ? "%s #>> '{}'".formatted(column)
                        : "%s::character varying".formatted(column);
            default -> isWithin(base, wanted) ? "%s::%s".formatted(column, wanted) : null;
        };
    }

    /// Whether every value of one type is a value of the other; a moment without a zone is taken for UTC.
    private static boolean isWithin(String is, String wanted) {
        return switch (wanted) {
            case "bigint" -> Set.of("smallint", "integer").contains(is);
            case "numeric" -> Set.of("smallint", "integer", "bigint").contains(is);
            case "timestamp without time zone" -> is.equals("date");
            case "timestamp with time zone" ->
                Set.of("date", "timestamp without time zone").contains(is);
            case "time with time zone" -> is.equals("time without time zone");
            default -> false;
        };
    }

    private String topLevel(List<String> path, String what) {
        if (path.size() != 1 || !identifiers.containsKey(path.getFirst())) {
            throw ConnectorException.config(
                    "the %s '%s' of the stream '%s' is not one of its columns; deduplication needs a top-level column"
                            .formatted(what, String.join(".", path), descriptor()));
        }
        return quote(identifiers.get(path.getFirst()));
    }

    /// Every column with its type as the catalog spells it.
    private Map<String, String> allColumns() {
        Map<String, String> all = new LinkedHashMap<>(AIRBYTE_COLUMNS);
        Map<String, AirbyteType> types = columns.stream()
                .collect(Collectors.toMap(Column::field, Column::type, (a, _) -> a, LinkedHashMap::new));
        types.forEach((field, type) -> all.put(identifiers.get(field), sqlType(type)));
        return all;
    }

    private static Map<String, String> airbyteColumns() {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put(RAW_ID, "character varying");
        columns.put(EXTRACTED_AT, "timestamp with time zone");
        columns.put(META, "jsonb");
        columns.put(GENERATION_ID, "bigint");
        return columns;
    }

    static String sqlType(AirbyteType type) {
        return switch (type) {
            case STRING -> "character varying";
            case BOOLEAN -> "boolean";
            case INTEGER -> "bigint";
            case NUMBER -> "numeric";
            case DATE -> "date";
            case TIMESTAMP_WITH_TIMEZONE -> "timestamp with time zone";
            case TIMESTAMP_WITHOUT_TIMEZONE -> "timestamp without time zone";
            case TIME_WITH_TIMEZONE -> "time with time zone";
            case TIME_WITHOUT_TIMEZONE -> "time without time zone";
            case OBJECT, ARRAY, UNKNOWN -> "jsonb";
        };
    }

    private static String list(Collection<String> names) {
        return names.stream().map(Names::quote).collect(Collectors.joining(", "));
    }
}
