package dev.sluice.destination.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.cdk.row.RowReader;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.ConfiguredAirbyteCatalog;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.protocol.DestinationSyncMode;
import dev.sluice.protocol.SyncMode;
import dev.sluice.protocol.json.Json;
import dev.sluice.protocol.json.MessageReader;
import dev.sluice.protocol.json.RecordLine;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/// Prints how fast rows get into a table, beside `psql \copy` of the same rows from a binary file; not a test,
/// run by hand with SLUICE_TEST_PG_URL and psql. Arguments: rows, rounds.
final class WriteSpeed {
    private static final long GENERATION = 1;

    private WriteSpeed() {}

    public static void main(String[] args) throws Exception {
        int rows = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 4;
        Path folder = Files.createTempDirectory("write-speed");
        Path lines = folder.resolve("records.jsonl");
        Path binary = folder.resolve("rows.bin");
        writeLines(lines, rows);
        double readOnly = seconds(() -> encode(lines, null));
        encode(lines, binary);
        System.out.printf(
                "%,d rows, %,d bytes a line, %,d bytes a row in binary%n",
                rows, Files.size(lines) / rows, Files.size(binary) / rows);
        try (TestingPostgres postgres = new TestingPostgres()) {
            for (int round = 0; round < rounds; round++) {
                double read = round == 0 ? readOnly : seconds(() -> encode(lines, null));
                postgres.reset();
                double ours = seconds(() -> sync(postgres, lines));
                postgres.execute("TRUNCATE users");
                double plain = seconds(() -> copy(postgres, binary));
                System.out.printf(
                        "read and encode %,.0f rows/s; DestinationPostgres %,.0f rows/s; psql \\copy %,.0f rows/s; ratio %.2f%n",
                        rows / read, rows / ours, rows / plain, plain / ours);
            }
        } finally {
            Files.delete(lines);
            Files.delete(binary);
            Files.delete(folder);
        }
    }

    private interface Task {
        void run() throws Exception;
    }

    private static double seconds(Task task) throws Exception {
        long begin = System.nanoTime();
        task.run();
        return (System.nanoTime() - begin) / 1e9;
    }

    private static void sync(TestingPostgres postgres, Path lines) throws Exception {
        ConfiguredAirbyteStream users = users();
        try (PostgresWriter writer = PostgresWriter.open(
                        new Server(postgres.config()),
                        postgres.config(),
                        new ConfiguredAirbyteCatalog(List.of(users)));
                InputStream file = Files.newInputStream(lines)) {
            MessageReader in = new MessageReader(file);
            while (in.read() instanceof RecordLine record) {
                writer.write(record);
            }
            writer.commit();
            writer.complete(users.descriptor());
        }
    }

    private static void copy(TestingPostgres postgres, Path binary) throws Exception {
        ObjectNode config = postgres.configJson();
        String columns = "_airbyte_raw_id, _airbyte_extracted_at, _airbyte_generation_id, "
                + String.join(", ", List.of(fields())) + ", _airbyte_meta";
        Process psql = new ProcessBuilder(
                        "psql",
                        "-qX",
                        "-h",
                        config.get("host").asText(),
                        "-p",
                        config.get("port").asText(),
                        "-U",
                        config.get("username").asText(),
                        "-d",
                        config.get("database").asText(),
                        "-c",
                        "\\copy users (%s) from '%s' (format binary)".formatted(columns, binary))
                .inheritIO()
                .start();
        if (psql.waitFor() != 0) {
            throw new IllegalStateException("psql failed");
        }
    }

    /// Without a file, only to see how long it takes.
    private static void encode(Path lines, Path binary) throws IOException, SQLException {
        ConfiguredAirbyteStream users = users();
        RowReader reader = new RowReader(users);
        try (OutputStream out = binary == null
                        ? OutputStream.nullOutputStream()
                        : new BufferedOutputStream(Files.newOutputStream(binary), 1 << 20);
                InputStream file = Files.newInputStream(lines)) {
            CopyEncoder encoder =
                    new CopyEncoder(reader.columns(), GENERATION, new RowIds(), 512 << 10, (bytes, from, length) -> {
                        try {
                            out.write(bytes, from, length);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
            out.write(CopyEncoder.HEADER);
            MessageReader in = new MessageReader(file);
            while (in.read() instanceof RecordLine record) {
                encoder.write(reader.read(record), record.emittedAt());
            }
            encoder.flush();
            out.write(CopyEncoder.TRAILER);
        }
    }

    private static String[] fields() {
        return new String[] {
            "id", "uuid", "name", "email", "age", "height", "active", "birthday", "created_at", "address"
        };
    }

    private static ConfiguredAirbyteStream users() throws IOException {
        String schema = """
                {"type":"object","properties":{"id":{"type":"integer"},"uuid":{"type":"string"},
                "name":{"type":["null","string"]},"email":{"type":["null","string"]},"age":{"type":"integer"},
                "height":{"type":"number"},"active":{"type":"boolean"},"birthday":{"type":"string","format":"date"},
                "created_at":{"type":"string","format":"date-time"},"address":{"type":"object"}}}
                """;
        return new ConfiguredAirbyteStream(
                AirbyteStream.fullRefresh("users", Json.mapper().readValue(schema, ObjectNode.class), List.of()),
                SyncMode.FULL_REFRESH,
                List.of(),
                DestinationSyncMode.APPEND,
                List.of(),
                GENERATION,
                0,
                1);
    }

    private static void writeLines(Path path, int rows) throws IOException {
        Random random = new Random(7);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(path), 1 << 20)) {
            for (int i = 0; i < rows; i++) {
                String line = """
                        {"type":"RECORD","record":{"stream":"users","emitted_at":%d,"data":{"id":%d,"uuid":"%s",\
                        "name":"Name %d","email":"user%d@example.org","age":%d,"height":1.%d,"active":%b,\
                        "birthday":"19%02d-%02d-%02d","created_at":"2024-01-%02dT12:%02d:%02d.%06dZ",\
                        "address":{"street":"Main Street %d","zip":"%05d","city":"Springfield"}}}}
                        """.formatted(
                                1763720000000L + i,
                                i,
                                new UUID(random.nextLong(), random.nextLong()),
                                random.nextInt(1_000_000),
                                random.nextInt(1_000_000),
                                random.nextInt(100),
                                10 + random.nextInt(90),
                                random.nextBoolean(),
                                random.nextInt(100),
                                1 + random.nextInt(12),
                                1 + random.nextInt(28),
                                1 + random.nextInt(28),
                                random.nextInt(60),
                                random.nextInt(60),
                                random.nextInt(1_000_000),
                                random.nextInt(1000),
                                random.nextInt(100_000));
                out.write(line.getBytes(UTF_8));
            }
        }
    }
}
