package dev.sluice.destination.duckdb;

import dev.sluice.cdk.ConnectorException;
import dev.sluice.cdk.DestinationWriter;
import dev.sluice.cdk.row.KeyColumns;
import dev.sluice.cdk.row.Row;
import dev.sluice.cdk.row.RowReader;
import dev.sluice.protocol.ConfiguredAirbyteCatalog;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.json.RecordLine;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// One sync's way into the file: rows gather in batches, a batch becomes one `INSERT`, all of them one
/// transaction until the next commit.
final class DuckdbWriter implements DestinationWriter {
    /// What all batches may hold together; more does not make the inserts faster.
    private static final long BATCH_BYTES = 8 << 20;

    /// The year 9999; what lies beyond is no time of extraction.
    private static final long MAX_MILLIS = 253_402_300_799_999L;

    private final Database database;
    private final Inserter inserter;
    private final Arena arena = Arena.ofShared();
    private final Map<StreamDescriptor, StreamState> streams = new HashMap<>();
    private final List<TableName> tables = new ArrayList<>();
    private StreamState current;
    private long batchedBytes;

    private static final class StreamState {
        final StreamDescriptor descriptor;
        final StreamTable table;
        final RowReader reader;
        final KeyColumns key;
        final RowBatch batch;
        final ArrowStream source;
        final String insert;

        StreamState(
                ConfiguredAirbyteStream stream, StreamTable table, String sourceName, Database database, Arena arena) {
            descriptor = stream.descriptor();
            this.table = table;
            reader = new RowReader(stream);
            key = KeyColumns.of(stream);
            batch = new RowBatch(table.columns(), table.generation());
            source = new ArrowStream(
                    batch.columns().stream().map(column -> column.kind).toList(), arena);
            database.register(sourceName, source.address());
            insert = table.insertFrom(sourceName);
        }
    }

    /// @param defaultSchema of the streams without a namespace
    static DuckdbWriter open(Database database, ConfiguredAirbyteCatalog catalog, String defaultSchema) {
        DuckdbWriter writer = new DuckdbWriter(database);
        try {
            writer.prepare(catalog, defaultSchema);
            return writer;
        } catch (RuntimeException e) {
            writer.close();
            throw e;
        }
    }

    private DuckdbWriter(Database database) {
        this.database = database;
        inserter = new Inserter(database);
    }

    private void prepare(ConfiguredAirbyteCatalog catalog, String defaultSchema) {
        Map<StreamDescriptor, TableName> names = tableNames(catalog, defaultSchema);
        for (ConfiguredAirbyteStream stream : catalog.streams()) {
            TableName name = names.get(stream.descriptor());
            tables.add(name);
            StreamTable table = new StreamTable(database, stream, name);
            table.prepare();
            String source = "_sluice_rows_" + streams.size();
            streams.put(stream.descriptor(), new StreamState(stream, table, source, database, arena));
        }
        database.commit();
    }

    /// Tells apart streams whose names DuckDB would take for the same: `Users` and `users`.
    private Map<StreamDescriptor, TableName> tableNames(ConfiguredAirbyteCatalog catalog, String defaultSchema) {
        String file = database.text("SELECT current_database()");
        Map<String, Map<String, StreamDescriptor>> bySchema = new TreeMap<>();
        Map<StreamDescriptor, String> schemas = new LinkedHashMap<>();
        for (ConfiguredAirbyteStream stream : catalog.streams()) {
            StreamDescriptor descriptor = stream.descriptor();
            if (Names.fold(descriptor.name()).startsWith(StreamTable.STAGING_PREFIX)) {
                throw ConnectorException.config("the stream '%s' has a name kept for staging tables (%s…); rename it"
                        .formatted(descriptor, StreamTable.STAGING_PREFIX));
            }
            String schema = descriptor.namespace().orElse(defaultSchema);
            schemas.put(descriptor, schema);
            Map<String, StreamDescriptor> names = bySchema.computeIfAbsent(Names.fold(schema), _ -> new TreeMap<>());
            if (names.put(descriptor.name(), descriptor) != null) {
                throw ConnectorException.config(
                        ("two streams would share the table %s.%s: one has the namespace '%s', the other none or another"
                                        + " spelling of it; rename one")
                                .formatted(schema, descriptor.name(), schema));
            }
        }
        Map<StreamDescriptor, TableName> tableNames = new HashMap<>();
        bySchema.forEach((folded, names) -> {
            List<String> existing = database
                    .rows("SELECT table_name FROM duckdb_tables() WHERE database_name = %s AND lower(schema_name) = %s"
                            .formatted(TableName.literal(file), TableName.literal(folded)))
                    .stream()
                    .map(row -> row[0])
                    .toList();
            Names.identifiers(names.keySet(), existing, List.of()).forEach((name, identifier) -> {
                StreamDescriptor descriptor = names.get(name);
                tableNames.put(descriptor, new TableName(file, schemas.get(descriptor), identifier));
            });
        });
        return tableNames;
    }

    @Override
    public boolean write(RecordLine record) throws InterruptedException {
        StreamState stream = current;
        if (stream == null || !stream.descriptor.equals(record.stream())) {
            stream = streams.get(record.stream());
            current = stream;
        }
        if (!stream.batch.hasRoomFor(record.length())) {
            flush(stream);
        }
        batchedBytes -= stream.batch.bytes();
        Row row = stream.reader.read(record);
        stream.batch.add(row, emittedAt(record), record.length());
        stream.key.requireUnchanged(row);
        batchedBytes += stream.batch.bytes();
        if (batchedBytes > BATCH_BYTES) {
            flush(streams.values().stream()
                    .max(Comparator.comparingLong(each -> each.batch.bytes()))
                    .orElseThrow());
        }
        return true;
    }

    private static long emittedAt(RecordLine record) {
        long millis = record.emittedAt();
        return millis >= 0 && millis <= MAX_MILLIS ? millis : System.currentTimeMillis();
    }

    private void flush(StreamState stream) throws InterruptedException {
        if (stream.batch.rows() > 0) {
            batchedBytes -= stream.batch.bytes();
            inserter.insert(stream.batch, stream.source, stream.insert);
        }
    }

    @Override
    public void commit() throws InterruptedException {
        for (StreamState stream : streams.values()) {
            flush(stream);
        }
        inserter.await();
        database.commit();
    }

    @Override
    public void complete(StreamDescriptor stream) throws InterruptedException {
        commit();
        streams.get(stream).table.complete();
    }

    @Override
    public Optional<String> whereToLook() {
        return tables.stream()
                .findFirst()
                .map(table -> "The data is in %s; look at it with: duckdb %s %s"
                        .formatted(
                                database.file(),
                                shellWord(database.file().toString()),
                                shellWord("FROM %s LIMIT 10".formatted(table.sqlInFile()))));
    }

    private static String shellWord(String text) {
        return text.matches("[\\w./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }

    /// DuckDB moves what is in its log into the file as it closes, so that whoever opens it next finds one file.
    @Override
    public void close() {
        try (arena;
                database) {
            inserter.close(); // Before anything else: the connection runs one statement at a time.
            database.rollback();
        }
    }
}
