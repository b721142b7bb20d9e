package dev.sluice.destination.postgres;

import dev.sluice.cdk.ConnectorException;
import dev.sluice.cdk.DestinationWriter;
import dev.sluice.cdk.row.KeyColumns;
import dev.sluice.cdk.row.Row;
import dev.sluice.cdk.row.RowReader;
import dev.sluice.destination.postgres.Database.Table;
import dev.sluice.protocol.ConfiguredAirbyteCatalog;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.json.RecordLine;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;

/// One sync's way into the database: each stream encodes its rows into a buffer of its own, and a full buffer
/// goes to the server through the COPY of its stream. A connection has room for one COPY, so it stays open until
/// another stream's buffer is full, or until the commit; everything between two commits is one transaction.
final class PostgresWriter implements DestinationWriter {
    private static final int BUFFER = 512 << 10;
    private static final int MIN_BUFFER = 64 << 10;

    /// What the buffers of all streams may take together.
    private static final int ALL_BUFFERS = 32 << 20;

    private final PostgresConfig config;
    private final Connection connection;
    private final Database database;
    private final CopyManager copyManager;
    private final Map<StreamDescriptor, Stream> streams = new HashMap<>();
    private final RowIds ids = new RowIds();
    private Stream current;

    /// The stream whose COPY is open, if any.
    private Stream copying;

    private CopyIn copy;

    /// What is being done, for messages.
    private String doing = "preparing the tables";

    private final class Stream {
        final StreamTable table;
        final RowReader reader;
        final KeyColumns key;
        final CopyEncoder encoder;

        Stream(ConfiguredAirbyteStream stream, StreamTable table, int buffer) {
            this.table = table;
            reader = new RowReader(stream);
            key = KeyColumns.of(stream);
            encoder = new CopyEncoder(
                    table.columns(),
                    table.generation(),
                    ids,
                    buffer,
                    (bytes, from, length) -> send(this, bytes, from, length));
        }
    }

    static PostgresWriter open(Server server, PostgresConfig config, ConfiguredAirbyteCatalog catalog) {
        PostgresWriter writer = new PostgresWriter(server.connect(), config);
        try {
            writer.prepare(catalog);
            return writer;
        } catch (SQLException e) {
            ConnectorException failure = PostgresErrors.of(e, writer.doing);
            writer.close();
            throw failure;
        } catch (RuntimeException e) {
            writer.close();
            throw e;
        }
    }

    private PostgresWriter(Connection connection, PostgresConfig config) {
        this.config = config;
        this.connection = connection;
        database = new Database(connection);
        try {
            copyManager = connection.unwrap(PGConnection.class).getCopyAPI();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void prepare(ConfiguredAirbyteCatalog catalog) throws SQLException {
        int buffer = Math.clamp(ALL_BUFFERS / Math.max(1, catalog.streams().size()), MIN_BUFFER, BUFFER);
        Map<StreamDescriptor, Table> tables = tables(catalog);
        // First all that may be refused, then the first change.
        List<StreamTable> streamTables = new ArrayList<>();
        for (ConfiguredAirbyteStream stream : catalog.streams()) {
            streamTables.add(new StreamTable(database, stream, tables.get(stream.descriptor()), config));
        }
        for (int i = 0; i < streamTables.size(); i++) {
            StreamTable table = streamTables.get(i);
            doing = "preparing the table " + table.table();
            table.prepare();
            streams.put(table.descriptor(), new Stream(catalog.streams().get(i), table, buffer));
        }
        doing = "preparing the tables";
        connection.commit();
    }

    /// The table of each stream.
    private Map<StreamDescriptor, Table> tables(ConfiguredAirbyteCatalog catalog) throws SQLException {
        Map<String, Set<StreamDescriptor>> bySchema = new LinkedHashMap<>();
        for (ConfiguredAirbyteStream stream : catalog.streams()) {
            String namespace =
                    stream.stream().namespace().filter(name -> !name.isEmpty()).orElse(config.schema());
            Set<StreamDescriptor> ofSchema = bySchema.computeIfAbsent(namespace, _ -> new LinkedHashSet<>());
            if (!ofSchema.add(stream.descriptor())
                    || ofSchema.stream()
                                    .filter(other -> other.name()
                                            .equals(stream.descriptor().name()))
                                    .count()
                            > 1) {
                throw ConnectorException.config(
                        "two streams are named '%s' in the schema '%s'; give one of them a prefix or another namespace"
                                .formatted(stream.descriptor().name(), namespace));
            }
        }
        Map<String, String> schemas = Names.schemas(bySchema.keySet(), database.schemas()::contains);
        Map<StreamDescriptor, Table> tables = new HashMap<>();
        for (var ofSchema : bySchema.entrySet()) {
            String schema = schemas.get(ofSchema.getKey());
            Set<String> existing = database.tables(schema);
            Map<String, String> names = Names.identifiers(
                    ofSchema.getValue().stream().map(StreamDescriptor::name).toList(),
                    Set.of(),
                    // Of a stream that was never complete, only the staging table is there.
                    name -> existing.contains(name) || existing.contains(Names.staging(schema, name)),
                    "table of the schema " + schema);
            for (StreamDescriptor stream : ofSchema.getValue()) {
                tables.put(stream, new Table(schema, names.get(stream.name())));
            }
        }
        return tables;
    }

    @Override
    public boolean write(RecordLine record) {
        Stream stream = current;
        if (stream == null || !stream.table.descriptor().equals(record.stream())) {
            stream = streams.get(record.stream());
            current = stream;
        }
        try {
            Row row = stream.reader.read(record);
            stream.encoder.write(row, record.emittedAt());
            stream.key.requireUnchanged(row);
            return true;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private void send(Stream stream, byte[] bytes, int from, int length) throws SQLException {
        if (copying != stream) {
            endCopy();
            doing = "writing to " + stream.table.table();
            copy = copyManager.copyIn(stream.table.copy());
            copying = stream;
            copy.writeToCopy(CopyEncoder.HEADER, 0, CopyEncoder.HEADER.length);
        }
        copy.writeToCopy(bytes, from, length);
    }

    private void endCopy() throws SQLException {
        if (copying == null) {
            return;
        }
        // The rest of a row whose long value has been sent already must be in the same COPY.
        copying.encoder.flush();
        copy.writeToCopy(CopyEncoder.TRAILER, 0, CopyEncoder.TRAILER.length);
        copy.endCopy();
        copy = null;
        copying = null;
    }

    @Override
    public void commit() {
        try {
            for (Stream stream : streams.values()) {
                stream.encoder.flush();
            }
            endCopy();
            doing = "committing";
            connection.commit();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    @Override
    public void complete(StreamDescriptor stream) {
        StreamTable table = streams.get(stream).table;
        doing = "completing the table " + table.table();
        try {
            table.complete();
            connection.commit();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    @Override
    public Optional<String> whereToLook() {
        List<String> tables = streams.values().stream()
                .map(stream -> stream.table.table().toString())
                .sorted()
                .toList();
        String shown = String.join(", ", tables.subList(0, Math.min(3, tables.size())))
                + (tables.size() > 3 ? " and %d more".formatted(tables.size() - 3) : "");
        return Optional.of("psql -h %s -p %d -U %s %s holds %s"
                .formatted(config.host(), config.port(), config.username(), config.database(), shown));
    }

    private ConnectorException failed(SQLException e) {
        return PostgresErrors.of(e, doing);
    }

    /// What is not committed goes with the connection.
    @Override
    public void close() {
        try {
            if (copying != null) {
                // A COPY that is open would have to be talked out of it first; the server notices the end at once.
                connection.abort(Runnable::run);
            } else {
                connection.close();
            }
        } catch (SQLException e) {
            throw PostgresErrors.of(e, "closing the connection");
        }
    }
}
