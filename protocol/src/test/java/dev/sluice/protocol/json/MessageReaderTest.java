package dev.sluice.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.AirbyteLogMessage;
import dev.sluice.protocol.AirbyteMessage;
import dev.sluice.protocol.AirbyteRecordMessage;
import dev.sluice.protocol.StreamDescriptor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageReaderTest {
    private static final String RECORD =
            "{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"data\":{\"id\":1},\"emitted_at\":1760000000123}}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                RECORD,
                "{\"record\":{\"emitted_at\":1760000000123.0,\"data\":{\"id\":1},\"stream\":\"users\"},\"type\":\"RECORD\"}",
                " { \"type\" : \"RECORD\" , \"record\" : { \"namespace\" : null , \"stream\" : \"users\" ,"
                        + " \"data\" : {\"id\":1} , \"emitted_at\" : 1760000000123 , \"meta\":{\"changes\":[]} } } \r",
                "{\"type\":\"RECORD\",\"log\":null,\"record\":{\"stream\":\"u\\u0073ers\",\"new\":[{\"data\":{}}],"
                        + "\"data\":{\"id\":1},\"namespace\":\"\",\"emitted_at\":1760000000123},\"x\":\"}\"}"
            })
    void recognisesARecordInAnySpellingWithoutParsingItsData(String line) throws IOException {
        MessageReader reader = MessagesTest.reader((line + "\n").getBytes(UTF_8));

        RecordLine record = (RecordLine) reader.read();

        assertThat(record.stream()).isEqualTo(new StreamDescriptor("users"));
        assertThat(record.emittedAt()).isEqualTo(1760000000123L);
        assertThat(text(record, record.dataStart(), record.dataEnd())).isEqualTo("{\"id\":1}");
        ByteArrayOutputStream forwarded = new ByteArrayOutputStream();
        record.writeTo(forwarded);
        assertThat(forwarded.toString(UTF_8)).isEqualTo(line.stripTrailing() + "\n");
        assertThat(reader.read()).isNull();
    }

    @Test
    void keepsNamespacesApart() throws IOException {
        String line = RECORD.replace("\"stream\"", "\"namespace\":\"%s\",\"stream\"");
        MessageReader reader =
                MessagesTest.reader((line.formatted("a") + "\n" + line.formatted("b") + "\n" + RECORD).getBytes(UTF_8));

        assertThat(((RecordLine) reader.read()).stream()).isEqualTo(new StreamDescriptor("users", Optional.of("a")));
        assertThat(((RecordLine) reader.read()).stream()).isEqualTo(new StreamDescriptor("users", Optional.of("b")));
        assertThat(((RecordLine) reader.read()).stream()).isEqualTo(new StreamDescriptor("users"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Loading driver",
                "{",
                "{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"data\":{\"id\":\"1\\",
                "[1,2]",
                "42",
                "\"RECORD\"",
                "{}",
                "{\"type\":\"DEBUG\",\"message\":\"x\"}",
                "{\"type\":null}",
                "{\"type\":\"STATE\"}",
                "{\"type\":\"LOG\",\"log\":{\"level\":\"LOUD\",\"message\":\"x\"}}",
                "{\"record\":{\"stream\":\"users\",\"data\":{\"id\":1}},\"type\":\"REC",
                "{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"data\":[1]}}",
                "{\"type\":\"RECORD\",\"record\":{\"data\":{\"id\":1}}}",
            })
    void anythingElseIsForeignAndTheNextLineStillArrives(String line) throws IOException {
        MessageReader reader = MessagesTest.reader((line + "\n" + RECORD + "\n").getBytes(UTF_8));

        assertThat(reader.read()).isInstanceOfSatisfying(ForeignLine.class, foreign -> {
            assertThat(foreign.text()).isEqualTo(line);
            assertThat(foreign.lostRecord())
                    .isEqualTo(line.startsWith("{\"type\":\"RECORD\"") || line.startsWith("{\"record\""));
        });
        assertThat(reader.read()).isInstanceOf(RecordLine.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"data\":{}", ",\"data\":{ }", ",\"data\":null"})
    void aRecordWithoutDataIsDroppedAndNothingIsLost(String data) throws IOException {
        String line = "{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\"%s}}".formatted(data);

        assertThat(MessagesTest.reader(line.getBytes(UTF_8)).read())
                .isEqualTo(
                        new ForeignLine("is a record without data", "", line.length(), ForeignLine.Loss.EMPTY_RECORD));
    }

    @Test
    void halfALineThatIsHereIsNotReadyToBeRead() throws IOException {
        byte[] oneAndAHalf = (RECORD + "\n" + RECORD.substring(0, 20)).getBytes(UTF_8);
        MessageReader reader = new MessageReader(new java.io.SequenceInputStream(
                new ByteArrayInputStream(oneAndAHalf), new ByteArrayInputStream("\n".getBytes(UTF_8)) {
                    @Override
                    public synchronized int available() {
                        return 0;
                    }
                }));

        assertThat(reader.read()).isInstanceOf(RecordLine.class);
        assertThat(reader.ready()).isFalse();
        assertThat(reader.read()).isInstanceOf(ForeignLine.class);
    }

    @Test
    void blankLinesCarriageReturnsAndAByteOrderMarkAreNoise() throws IOException {
        MessageReader reader = MessagesTest.reader(("\ufeff" + RECORD + "\r\n\r\n\n  \n" + RECORD).getBytes(UTF_8));

        assertThat(reader.read()).isInstanceOf(RecordLine.class);
        assertThat(reader.read()).isInstanceOf(RecordLine.class);
        assertThat(reader.read()).isNull();
    }

    @Test
    void bytesThatAreNoUtf8BecomeReplacementCharacters() throws IOException {
        byte[] line = RECORD.replace("{\"id\":1}", "{\"id\":\"a?\u00e9\"}").getBytes(UTF_8);
        for (int i = 0; i < line.length; i++) {
            line[i] = line[i] == '?' ? (byte) 0xC3 : line[i];
        }
        RecordLine record = (RecordLine) MessagesTest.reader(line).read();

        assertThat(record.repaired()).isTrue();
        assertThat(text(record, record.dataStart(), record.dataEnd())).isEqualTo("{\"id\":\"a\ufffd\u00e9\"}");
    }

    @Test
    void agreesWithTheJdkOnWhatIsUtf8() throws IOException {
        Random random = new Random(7);
        int[] leads = {
            'a', 0x80, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF
        };
        for (int round = 0; round < 20_000; round++) {
            byte[] line = RECORD.replace("{\"id\":1}", "{\"id\":\"" + "?".repeat(random.nextInt(12)) + "\"}")
                    .getBytes(UTF_8);
            for (int i = 0; i < line.length; i++) {
                if (line[i] == '?') {
                    line[i] = (byte)
                            (random.nextInt(3) == 0
                                    ? leads[random.nextInt(leads.length)]
                                    : 0x80 + random.nextInt(0x40));
                }
            }
            boolean valid = Arrays.equals(line, new String(line, UTF_8).getBytes(UTF_8));
            RecordLine record = (RecordLine) MessagesTest.reader(line).read();
            assertThat(record.repaired()).as(Arrays.toString(line)).isEqualTo(!valid);
        }
    }

    @Test
    void ofTwoMessagesOnOneLineTheFirstCounts() throws IOException {
        RecordLine record = (RecordLine)
                MessagesTest.reader((RECORD + RECORD).getBytes(UTF_8)).read();

        assertThat(record.trailing()).isEqualTo(RECORD.length());
        assertThat(text(record, record.start(), record.end())).isEqualTo(RECORD);
    }

    /// As two threads do that share an output.
    @Test
    void aRecordBehindAnotherMessageOnItsLineIsNeverPassedOver() throws IOException {
        String empty = RECORD.replace("{\"id\":1}", "{}");
        for (String message : List.of(
                "{\"type\":\"LOG\",\"log\":{\"level\":\"INFO\",\"message\":\"é\"}}",
                "{\"type\":\"STATE\",\"state\":{\"type\":\"LEGACY\",\"data\":{}}}",
                "{\"type\":\"STATE\",\"state\":{\"type\":\"LEGACY\",\"data\":{\"x\":\"" + "x".repeat(150_000) + "\"}}}",
                "{\"type\":\"NEW\"}",
                empty,
                "x".repeat(20_000))) {
            MessageReader reader = spooling(RECORD + "\n" + message + " " + RECORD + "\n" + message + "\n");

            assertThat(reader.read()).isInstanceOf(RecordLine.class);
            assertThat(reader.read())
                    .as(message.substring(0, 10))
                    .isInstanceOfSatisfying(
                            ForeignLine.class,
                            line -> assertThat(line.lostRecord()).isTrue());
            Line alone = reader.read();
            assertThat(alone instanceof ForeignLine line && line.lostRecord()).isFalse();
        }
        RecordLine nan = (RecordLine) MessagesTest.reader((RECORD.replace(":1}", ":NaN}") + RECORD).getBytes(UTF_8))
                .read();
        assertThat(nan.trailing()).isEqualTo(RECORD.length());
    }

    @Test
    void aStateThatCannotBeUnderstoodIsToldApartFromNoise() throws IOException {
        for (String state : List.of(
                "{\"type\":\"STATE\",\"state\":{\"type\":\"STREAM\",\"stream\":{\"stream_state\":{}}}}",
                "{\"type\":\"STATE\",\"state\":{\"type\":\"STREAM\",\"str",
                "{\"type\":\"STATE\",\"state\":{\"type\":\"NEW\",\"x\":\"" + "x".repeat(150_000) + "\"}}")) {
            assertThat(spooling(state + "\n").read())
                    .isInstanceOfSatisfying(
                            ForeignLine.class, line -> assertThat(line.loss()).isEqualTo(ForeignLine.Loss.STATE));
        }
    }

    @Test
    void aLineOverTheLimitIsDroppedAndReportedWithItsLength() throws IOException {
        String huge = RECORD.replace(":1}", ":\"" + "x".repeat(3_000_000) + "\"}");
        MessageReader reader =
                new MessageReader(new ByteArrayInputStream((huge + "\n" + RECORD).getBytes(UTF_8)), 1_000_000);

        assertThat(reader.read()).isInstanceOfSatisfying(ForeignLine.class, foreign -> {
            assertThat(foreign.length()).isEqualTo(huge.length());
            assertThat(foreign.lostRecord()).isTrue();
        });
        assertThat(reader.read()).isInstanceOf(RecordLine.class);
    }

    @Test
    void aHugeLineWithinTheLimitArrivesWhole() throws IOException {
        String huge = RECORD.replace(":1}", ":\"" + "x".repeat(30_000_000) + "\"}");
        RecordLine record =
                (RecordLine) MessagesTest.reader(huge.getBytes(UTF_8)).read();

        assertThat(record.length()).isEqualTo(huge.length());
    }

    /// Lines are held against the shape of earlier ones; what they are may not depend on that.
    @Test
    void aLineIsReadTheSameWhateverCameBeforeIt() throws IOException {
        Random random = new Random(11);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            String line = randomRecord(random);
            if (random.nextInt(10) == 0) {
                // Anything but a line feed in place of any byte, or a line cut short.
                int at = random.nextInt(line.length());
                char other = "{}[]\",:\\ 1nNt".charAt(random.nextInt(13));
                line = random.nextBoolean()
                        ? line.substring(0, at) + other + line.substring(at + 1)
                        : line.substring(0, at);
            }
            lines.add(line);
        }
        MessageReader reader =
                new MessageReader(new Trickle((String.join("\n", lines) + "\n").getBytes(UTF_8), 1), 1 << 20);
        for (String line : lines) {
            if (!line.isBlank()) {
                String alone =
                        parts(MessagesTest.reader((line + "\n").getBytes(UTF_8)).read());
                assertThat(parts(reader.read())).as(line).isEqualTo(alone);
            }
        }
        assertThat(reader.read()).isNull();
    }

    private static String randomRecord(Random random) {
        String blank = random.nextInt(4) == 0 ? " " : "";
        StringBuilder data = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            if (random.nextInt(5) > 0) {
                data.append(data.isEmpty() ? "" : "," + blank)
                        .append("\"column")
                        .append(i)
                        .append("\":")
                        .append(randomValue(random));
            }
        }
        List<String> parts = new ArrayList<>(List.of(
                "\"stream\":\"" + (random.nextInt(3) == 0 ? "users" : "orders") + "\"",
                "\"emitted_at\":" + random.nextInt(1000),
                "\"data\":" + blank + "{" + data + "}"));
        if (random.nextInt(4) == 0) {
            parts.add("\"meta\":" + randomValue(random));
        }
        if (random.nextInt(4) == 0) {
            parts.add("\"namespace\":" + (random.nextBoolean() ? "\"eu\"" : "null"));
        }
        if (random.nextInt(4) == 0) {
            java.util.Collections.shuffle(parts, random);
        }
        String record = "\"record\":{" + String.join(",", parts) + "}";
        String type = "\"type\":\"RECORD\"";
        return "{" + blank + (random.nextInt(5) == 0 ? record + "," + type : type + "," + record) + "}"
                + (random.nextInt(20) == 0 ? "\r" : "");
    }

    private static String randomValue(Random random) {
        return List.of(
                        "null",
                        "true",
                        "-1.5e3",
                        "12345678901",
                        "\"\"",
                        "\"é\\\\\\\"\"",
                        "\"a longer text, as such\"",
                        "{}",
                        "{\"a\":[1,\"]}\"]}",
                        "NaN")
                .get(random.nextInt(10));
    }

    private static String parts(Line line) {
        return line instanceof RecordLine record
                ? "%s data %s meta %s at %d end %s whole %s trailing %d nulled %s"
                        .formatted(
                                record.stream(),
                                text(record, record.dataStart(), record.dataEnd()),
                                text(record, record.metaStart(), record.metaEnd()),
                                record.emittedAt(),
                                text(record, record.recordEnd(), record.end()),
                                text(record, record.start(), record.end()),
                                record.trailing(),
                                record.nulled())
                : line.toString();
    }

    @Test
    void recordsOfOneShapeHaveTheSamePropertiesInTheSameOrder() throws IOException {
        String[] data = {
            "{\"a\":1,\"b\":2}", "{\"a\":\"x\",\"b\":[]}", "{\"b\":1,\"a\":1}", "{\"a\":1}", "{\"a\":1,\"b\":2}"
        };
        List<Object> shapes = new ArrayList<>();
        for (String stream : List.of("users", "orders")) {
            MessageReader reader = MessagesTest.reader(java.util.Arrays.stream(data)
                    .map(d -> RECORD.replace("{\"id\":1}", d).replace("users", stream))
                    .collect(java.util.stream.Collectors.joining("\n"))
                    .getBytes(UTF_8));
            for (Line line = reader.read(); line != null; line = reader.read()) {
                shapes.add(((RecordLine) line).shape());
            }
        }
        assertThat(shapes).doesNotContainNull();
        assertThat(shapes.get(0)).isSameAs(shapes.get(1));
        assertThat(new java.util.HashSet<>(shapes.subList(1, 4))).hasSize(3);
    }

    private static MessageReader spooling(String lines) {
        return new MessageReader(new ByteArrayInputStream(lines.getBytes(UTF_8)), 100_000_000, waiting -> {}, 100_000);
    }

    @Test
    void whetherALineIsTooLongForMemoryDoesNotDependOnHowItArrives() throws IOException {
        String text = "x".repeat(150_000);
        String lines = RECORD + "\n" + RECORD.replace("\"id\":1", "\"id\":\"" + text + "\"") + "\n"
                + "{\"type\":\"LOG\",\"log\":{\"level\":\"INFO\",\"message\":\"" + text + "\"}}\n";
        byte[] bytes = lines.getBytes(UTF_8);
        for (InputStream in : List.of(new Trickle(bytes, 1), new ByteArrayInputStream(bytes))) {
            MessageReader reader = new MessageReader(in, 100_000_000, waiting -> {}, 100_000);
            assertThat(reader.read()).isInstanceOf(RecordLine.class);
            assertThat(reader.read()).as(in.toString()).isInstanceOf(LongRecordLine.class);
            assertThat(reader.read())
                    .as(in.toString())
                    .isInstanceOfSatisfying(
                            ForeignLine.class,
                            log -> assertThat(log.reason()).isEqualTo("is a message too long for memory"));
        }
    }

    private static String copy(LongRecordLine line, long from, long to) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        line.copyTo(out, from, to);
        return out.toString(UTF_8);
    }

    @Test
    void aRecordTooLongForMemoryIsKnownByItsParts() throws IOException {
        Random random = new Random(3);
        for (int round = 0; round < 50; round++) {
            String pad = "x\\\"é\\u00e9}".repeat(30_000 + random.nextInt(20_000));
            String text = " ".repeat(random.nextInt(3)) + "\"" + pad.substring(0, pad.length() - random.nextInt(5) * 11)
                    + "\"";
            String data =
                    "{\"a\" : 1.5E3 , \"deep\":{\"x\":[" + text + ",{\"data\":{}}]},\"b\":" + text + " ,\"c\":null}";
            String line =
                    "{\"more\":%s,\"record\":{\"emitted_at\":5,\"new\":[%s],\"namespace\":\"n\",\"data\":%s,\"stream\":\"users\" },\"type\":\"RECORD\"}"
                            .formatted(text, text, data);
            MessageReader reader = spooling(RECORD + "\n" + line + "\n" + RECORD + "\n");

            assertThat(reader.read()).isInstanceOf(RecordLine.class);
            LongRecordLine record = (LongRecordLine) reader.read();
            assertThat(record.stream()).isEqualTo(new StreamDescriptor("users", Optional.of("n")));
            assertThat(record.hasEmittedAt()).isTrue();
            assertThat(copy(record, 0, record.length())).isEqualTo(line);
            assertThat(copy(record, record.dataStart(), record.dataEnd())).isEqualTo(data);
            assertThat(copy(record, record.recordEnd(), record.length())).isEqualTo("},\"type\":\"RECORD\"}");
            List<String> members = new ArrayList<>();
            record.forEachMember((name, start, end) -> members.add(name + "=" + copy(record, start, end)));
            assertThat(members)
                    .containsExactly(
                            "a=\"a\" : 1.5E3",
                            "deep=\"deep\":{\"x\":[" + text + ",{\"data\":{}}]}",
                            "b=\"b\":" + text,
                            "c=\"c\":null");
            assertThat(reader.read()).isInstanceOf(RecordLine.class);
            assertThat(reader.read()).isNull();
        }
    }

    @Test
    void aStreamCutAtAnyByteGivesTheWholeMessagesBeforeTheCutAndNeverThrows() throws IOException {
        List<AirbyteMessage> messages = ExampleMessages.all().toList();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        List<Integer> ends = new ArrayList<>();
        for (AirbyteMessage message : messages) {
            all.write(MessagesTest.write(message));
            ends.add(all.size());
        }
        byte[] bytes = all.toByteArray();
        for (int cut = 0; cut <= bytes.length; cut++) {
            int length = cut;
            MessageReader reader = new MessageReader(new Trickle(Arrays.copyOf(bytes, length), cut));
            List<Line> read = new ArrayList<>();
            for (Line line = reader.read(); line != null; line = reader.read()) {
                read.add(line);
            }
            long whole = ends.stream().filter(end -> end - 1 <= length).count();
            assertThat(read.stream().filter(line -> !(line instanceof ForeignLine)))
                    .as("messages in the first %d bytes", length)
                    .hasSize((int) whole);
        }
    }

    @Test
    void keepsEveryDigitOfANumber() throws IOException {
        String number = "-12345678901234567890123456789.1200";
        MessageLine state = (MessageLine)
                MessagesTest.reader(("{\"type\":\"STATE\",\"state\":{\"data\":{\"n\":" + number + ",\"big\":1e400}}}")
                                .getBytes(UTF_8))
                        .read();

        assertThat(state.json().at("/state/data/n").decimalValue().toPlainString())
                .isEqualTo(number);
        assertThat(state.json().toString()).contains("1E+400");
    }

    @Test
    void unknownPropertiesStayInTheJsonThatIsForwarded() throws IOException {
        MessageLine log = (MessageLine) MessagesTest.reader(
                        "{\"type\":\"LOG\",\"log\":{\"level\":\"INFO\",\"message\":\"m\",\"new\":1},\"x\":2}"
                                .getBytes(UTF_8))
                .read();

        assertThat(log.message()).isEqualTo(new AirbyteLogMessage(AirbyteLogMessage.Level.INFO, "m"));
        assertThat(log.json().at("/log/new").intValue()).isEqualTo(1);
        assertThat(log.json().at("/x").intValue()).isEqualTo(2);
    }

    @Test
    void aRecordWhoseFieldsFailLeavesNoTraceOnTheWire() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        MessageWriter writer = new MessageWriter(out);
        StreamDescriptor users = new StreamDescriptor("users");
        writer.writeRecord(users, 1, json -> json.writeNumberField("id", 1));
        try {
            writer.writeRecord(users, 2, json -> {
                json.writeNumberField("id", 2);
                throw new IllegalStateException("row is broken");
            });
        } catch (IllegalStateException expected) {
            // The caller's business.
        }
        writer.writeRecord(users, 3, json -> json.writeNumberField("id", 3));
        writer.flush();

        MessageReader reader = MessagesTest.reader(out.toByteArray());
        assertThat(((RecordLine) reader.read()).emittedAt()).isEqualTo(1);
        assertThat(((RecordLine) reader.read()).emittedAt()).isEqualTo(3);
        assertThat(reader.read()).isNull();
    }

    @Test
    void aRecordLineHoldsWhatTheParserFinds() throws Exception {
        for (AirbyteMessage message : ExampleMessages.all().toList()) {
            if (message instanceof AirbyteRecordMessage record) {
                RecordLine line = (RecordLine)
                        MessagesTest.reader(MessagesTest.write(record)).read();
                assertThat(line.stream()).isEqualTo(record.descriptor());
                assertThat(line.emittedAt()).isEqualTo(record.emittedAt());
                assertThat(Json.mapper().readTree(text(line, line.dataStart(), line.dataEnd())))
                        .isEqualTo(record.data());
                assertThat(line.metaEnd() > line.metaStart())
                        .isEqualTo(record.meta().isPresent());
            }
        }
    }

    private static String text(RecordLine record, int from, int to) {
        return new String(record.bytes(), from, to - from, UTF_8);
    }

    /// Hands out bytes in small, seeded, uneven portions, as a pipe does.
    private static final class Trickle extends InputStream {
        private final ByteArrayInputStream bytes;
        private final Random random;

        Trickle(byte[] bytes, int seed) {
            this.bytes = new ByteArrayInputStream(bytes);
            this.random = new Random(seed);
        }

        @Override
        public int read() {
            return bytes.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            return bytes.read(target, offset, Math.min(length, 1 + random.nextInt(1000)));
        }
    }

    /// Many sources leave out what is null: looking at such records anew each time would take most of the time.
    @Test
    void shapesThatBeginAlikeAreRememberedBesideEachOther() throws IOException {
        List<String> data = List.of("{\"a\":1,\"b\":2,\"c\":3}", "{\"a\":1,\"c\":3}", "{\"a\":1,\"b\":2}", "{\"a\":1}");
        String round = data.stream()
                .map(d -> RECORD.replace("{\"id\":1}", d))
                .collect(java.util.stream.Collectors.joining("\n"));
        MessageReader reader = MessagesTest.reader((round + "\n" + round + "\n").getBytes(UTF_8));
        List<Object> shapes = new ArrayList<>();
        for (Line line = reader.read(); line != null; line = reader.read()) {
            RecordLine record = (RecordLine) line;
            assertThat(text(record, record.dataStart(), record.dataEnd())).isEqualTo(data.get(shapes.size() % 4));
            shapes.add(record.shape());
        }
        assertThat(shapes).doesNotContainNull();
        assertThat(shapes.subList(4, 8)).isEqualTo(shapes.subList(0, 4));
        assertThat(new java.util.HashSet<>(shapes)).hasSize(4);
    }
}
