package dev.sluice.cdk.row;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.json.Json;
import dev.sluice.protocol.json.MessageReader;
import dev.sluice.protocol.json.RecordLine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Random;

/// Prints how many rows a second [RowReader] reads on one thread; not a test, run by hand.
final class RowSpeed {
    private static final int ROWS = 100_000;

    /// Rows like those of a shop's users: 16 columns, about 430 bytes.
    private static final List<Column> COLUMNS = List.of(
            new Column("id", AirbyteType.INTEGER),
            new Column("uuid", AirbyteType.STRING),
            new Column("name", AirbyteType.STRING),
            new Column("email", AirbyteType.STRING),
            new Column("age", AirbyteType.INTEGER),
            new Column("height", AirbyteType.NUMBER),
            new Column("balance", AirbyteType.NUMBER),
            new Column("active", AirbyteType.BOOLEAN),
            new Column("birthday", AirbyteType.DATE),
            new Column("created_at", AirbyteType.TIMESTAMP_WITH_TIMEZONE),
            new Column("updated_at", AirbyteType.TIMESTAMP_WITH_TIMEZONE),
            new Column("note", AirbyteType.STRING),
            new Column("address", AirbyteType.OBJECT),
            new Column("tags", AirbyteType.ARRAY),
            new Column("country", AirbyteType.STRING),
            new Column("phone", AirbyteType.STRING));

    private RowSpeed() {}

    public static void main(String[] args) throws IOException {
        byte[] lines = lines();
        System.out.printf("%d rows, %d bytes a row%n", ROWS, lines.length / ROWS);
        for (int round = 0; round < 8; round++) {
            System.out.printf(
                    "MessageReader alone %.2f M rows/s, with RowReader %.2f M rows/s%n",
                    ROWS / seconds(lines, false) / 1e6, ROWS / seconds(lines, true) / 1e6);
        }
    }

    private static double seconds(byte[] lines, boolean rows) throws IOException {
        RowReader reader = new RowReader(COLUMNS, 1);
        long sum = 0;
        long begin = System.nanoTime();
        for (int repeat = 0; repeat < 10; repeat++) {
            MessageReader in = new MessageReader(new ByteArrayInputStream(lines));
            while (in.read() instanceof RecordLine record) {
                sum += rows ? reader.read(record).number(9) : record.dataEnd();
            }
        }
        double seconds = (System.nanoTime() - begin) / 1e9 / 10;
        if (sum == 0) {
            throw new AssertionError("nothing was read");
        }
        return seconds;
    }

    private static byte[] lines() throws IOException {
        Random random = new Random(7);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < ROWS; i++) {
            ObjectNode message = Json.mapper().createObjectNode().put("type", "RECORD");
            ObjectNode record =
                    message.putObject("record").put("stream", "users").put("emitted_at", 1763720000000L + i);
            ObjectNode data = record.putObject("data");
            data.put("id", i)
                    .put("uuid", new java.util.UUID(random.nextLong(), random.nextLong()).toString())
                    .put("name", "Name " + random.nextInt(1_000_000))
                    .put("email", "user" + random.nextInt(1_000_000) + "@example.org")
                    .put("age", random.nextInt(100))
                    .put("height", random.nextInt(10_000) / 100.0)
                    .put("balance", random.nextInt(1_000_000_000) / 1000.0)
                    .put("active", random.nextBoolean())
                    .put(
                            "birthday",
                            "19%02d-%02d-%02d"
                                    .formatted(random.nextInt(100), 1 + random.nextInt(12), 1 + random.nextInt(28)))
                    .put(
                            "created_at",
                            "2024-01-%02dT12:%02d:%02d.%06dZ"
                                    .formatted(
                                            1 + random.nextInt(28),
                                            random.nextInt(60),
                                            random.nextInt(60),
                                            random.nextInt(1_000_000)))
                    .put(
                            "updated_at",
                            "2025-01-%02dT12:%02d:%02d+00:00"
                                    .formatted(1 + random.nextInt(28), random.nextInt(60), random.nextInt(60)))
                    .put(
                            "note",
                            random.nextInt(10) == 0
                                    ? "said \"hello\"\nand left"
                                    : "a note without anything special in it");
            data.putObject("address")
                    .put("street", "Main Street " + random.nextInt(100))
                    .put("zip", "" + random.nextInt(99999));
            data.putArray("tags").add("a").add("b").add(random.nextInt(10));
            data.put("country", "DE").put("phone", "+49 30 " + random.nextInt(1_000_000));
            out.write(Json.mapper().writeValueAsBytes(message));
            out.write("\n".getBytes(UTF_8));
        }
        return out.toByteArray();
    }
}
