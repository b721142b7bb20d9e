package dev.sluice.destination.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cdk.row.AirbyteType;
import dev.sluice.cdk.row.Column;
import dev.sluice.cdk.row.RowReader;
import dev.sluice.protocol.json.MessageReader;
import dev.sluice.protocol.json.RecordLine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CopyEncoderTest {
    private static final long EMITTED_AT = 1_760_000_000_123L;
    private static final long FROM_2000 = 946_684_800_000L;

    /// The fields of one row: Airbyte's first three, the value of a column `f`, meta; null for NULL.
    private static ByteBuffer[] encode(AirbyteType type, String value) throws Exception {
        return rows(type, 512 << 10, value).getFirst();
    }

    private static List<ByteBuffer[]> rows(AirbyteType type, int buffer, String... values) throws Exception {
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        List<Column> columns = List.of(new Column("f", type));
        CopyEncoder encoder = new CopyEncoder(columns, 5, new RowIds(), buffer, sent::write);
        RowReader reader = new RowReader(columns, 9);
        for (String value : values) {
            encoder.write(reader.read(record(value)), EMITTED_AT);
        }
        encoder.flush();
        ByteBuffer bytes = ByteBuffer.wrap(sent.toByteArray());
        List<ByteBuffer[]> rows = new ArrayList<>();
        while (bytes.hasRemaining()) {
            ByteBuffer[] fields = new ByteBuffer[bytes.getShort()];
            for (int i = 0; i < fields.length; i++) {
                int length = bytes.getInt();
                if (length >= 0) {
                    fields[i] = bytes.slice(bytes.position(), length);
                    bytes.position(bytes.position() + length);
                }
            }
            rows.add(fields);
        }
        assertThat(rows).hasSameSizeAs(values);
        return rows;
    }

    private static RecordLine record(String value) throws Exception {
        String line = "{\"type\":\"RECORD\",\"record\":{\"stream\":\"s\",\"data\":{\"f\":%s}}}\n".formatted(value);
        return (RecordLine) new MessageReader(new ByteArrayInputStream(line.getBytes(UTF_8))).read();
    }

    private static String text(ByteBuffer field) {
        return UTF_8.decode(field.duplicate()).toString();
    }

    /// As the server's numeric_recv reads it.
    private static BigDecimal numeric(ByteBuffer field) {
        ByteBuffer in = field.duplicate();
        int groups = in.getShort();
        int weight = in.getShort();
        int sign = in.getShort();
        int scale = in.getShort();
        assertThat(sign).isIn(0, 0x4000);
        assertThat(groups).isBetween(0, 3000);
        BigInteger digits = BigInteger.ZERO;
        for (int i = 0; i < groups; i++) {
            short group = in.getShort();
            assertThat(group).isBetween((short) 0, (short) 9999);
            if (i == 0 || i == groups - 1) {
                assertThat(group).as("no zero group at either end").isNotZero();
            }
            digits = digits.multiply(BigInteger.valueOf(10_000)).add(BigInteger.valueOf(group));
        }
        assertThat(in.hasRemaining()).isFalse();
        BigDecimal value = new BigDecimal(digits).scaleByPowerOfTen(4 * (weight - groups + 1));
        return (sign == 0 ? value : value.negate()).setScale(scale);
    }

    @Test
    void beginsARowWithItsIdTimeAndGeneration() throws Exception {
        ByteBuffer[] fields = encode(AirbyteType.INTEGER, "7");

        assertThat(fields).hasSize(5);
        assertThat(UUID.fromString(text(fields[0])).version()).isEqualTo(7);
        assertThat(UUID.fromString(text(fields[0])).variant()).isEqualTo(2);
        assertThat(fields[1].getLong()).isEqualTo((EMITTED_AT - FROM_2000) * 1000);
        assertThat(fields[2].getLong()).isEqualTo(5);
        assertThat(fields[3].getLong()).isEqualTo(7);
        assertThat(fields[4].get()).as("version of jsonb").isEqualTo((byte) 1);
        assertThat(text(fields[4])).isEqualTo("{\"sync_id\":9,\"changes\":[]}");
    }

    @Test
    void givesEachRowAnIdOfItsOwn() throws Exception {
        Set<String> ids = new HashSet<>();
        String[] values = new String[1000];
        Arrays.fill(values, "1");
        rows(AirbyteType.INTEGER, 1000, values).forEach(fields -> ids.add(text(fields[0])));
        assertThat(ids).hasSize(1000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "0.00",
                "1",
                "-1",
                "9999",
                "10000",
                "10001",
                "100000000",
                "123456789012345678",
                "0.1",
                "0.0001",
                "0.00001",
                "0.00010000",
                "1.5",
                "-1234.5678",
                "12345.678901234",
                "999999999999999999",
                "0.000000000000000001",
                "0.123456789012345678",
                "1000000000000.000001",
                "10000.00000001",
                "12345678901234567890",
                "1e40",
                "1e-40",
                "-1234567890123456789012345678901234567890.000000000000000000001",
                "1e131071",
                "1e-16383",
                "1.10e30"
            })
    void encodesNumbersExactly(String number) throws Exception {
        ByteBuffer[] fields = encode(AirbyteType.NUMBER, number);
        BigDecimal expected = new BigDecimal(number);
        assertThat(numeric(fields[3])).isEqualTo(expected.scale() < 0 ? expected.setScale(0) : expected);
        assertThat(text(fields[4])).endsWith("\"changes\":[]}");
    }

    @Test
    void encodesRandomNumbersExactly() throws Exception {
        Random random = new Random(11);
        String[] numbers = new String[5000];
        for (int i = 0; i < numbers.length; i++) {
            BigInteger digits = new BigInteger(1 + random.nextInt(i % 2 == 0 ? 59 : 300), random);
            int zeros = random.nextInt(4) == 0 ? random.nextInt(12) : 0;
            BigInteger unscaled = digits.multiply(BigInteger.TEN.pow(zeros));
            int scale = random.nextInt(i % 2 == 0 ? 19 : 60);
            numbers[i] = new BigDecimal(random.nextBoolean() ? unscaled : unscaled.negate(), scale).toPlainString();
        }
        List<ByteBuffer[]> rows = rows(AirbyteType.NUMBER, 4096, numbers);
        for (int i = 0; i < numbers.length; i++) {
            BigDecimal expected = new BigDecimal(numbers[i]);
            assertThat(numeric(rows.get(i)[3])).isEqualByComparingTo(expected);
            if (expected.signum() != 0) {
                assertThat(numeric(rows.get(i)[3]).scale()).isEqualTo(expected.scale());
            }
        }
    }

    @Test
    void roundsWhatTheServerDoesNotTakeAndNullsWhatCannotBeRounded() throws Exception {
        ByteBuffer[] rounded = encode(AirbyteType.NUMBER, "3." + "3".repeat(16_000));
        assertThat(numeric(rounded[3])).isEqualTo(new BigDecimal("3." + "3".repeat(11_989)));
        assertThat(text(rounded[4])).contains("\"TRUNCATED\"", "DESTINATION_FIELD_SIZE_LIMITATION");

        ByteBuffer[] tooFine = encode(AirbyteType.NUMBER, "1e-16384");
        assertThat(numeric(tooFine[3])).isEqualByComparingTo(BigDecimal.ZERO);
        assertThat(text(tooFine[4])).contains("\"TRUNCATED\"");

        ByteBuffer[] tooLong = encode(AirbyteType.NUMBER, "7".repeat(12_001));
        assertThat(tooLong[3]).isNull();
        assertThat(text(tooLong[4])).contains("\"NULLED\"", "DESTINATION_FIELD_SIZE_LIMITATION");
    }

    @Test
    void encodesEachType() throws Exception {
        assertThat(encode(AirbyteType.BOOLEAN, "true")[3].get()).isEqualTo((byte) 1);
        assertThat(encode(AirbyteType.BOOLEAN, "false")[3].get()).isEqualTo((byte) 0);
        assertThat(text(encode(AirbyteType.STRING, "\"a\\nb\"")[3])).isEqualTo("a\nb");
        assertThat(encode(AirbyteType.DATE, "\"2000-01-02\"")[3].getInt()).isEqualTo(1);
        assertThat(encode(AirbyteType.DATE, "\"-4713-11-24\"")[3].getInt())
                .isEqualTo((int) (LocalDate.of(-4713, 11, 24).toEpochDay() - 10_957));
        assertThat(encode(AirbyteType.TIMESTAMP_WITH_TIMEZONE, "\"2000-01-01T01:00:00+01:00\"")[3].getLong())
                .isZero();
        assertThat(encode(AirbyteType.TIMESTAMP_WITHOUT_TIMEZONE, "\"2000-01-01T00:00:00.000001\"")[3].getLong())
                .isEqualTo(1);
        assertThat(encode(AirbyteType.TIME_WITHOUT_TIMEZONE, "\"00:00:01\"")[3].getLong())
                .isEqualTo(1_000_000);
        ByteBuffer time = encode(AirbyteType.TIME_WITH_TIMEZONE, "\"00:00:01+02:00\"")[3];
        assertThat(time.getLong()).isEqualTo(1_000_000);
        assertThat(time.getInt()).as("seconds west of UTC").isEqualTo(-7200);
        ByteBuffer json = encode(AirbyteType.OBJECT, "{\"a\": 1}")[3];
        assertThat(json.get()).isEqualTo((byte) 1);
        assertThat(text(json)).isEqualTo("{\"a\": 1}");
        assertThat(encode(AirbyteType.STRING, "null")[3]).isNull();
    }

    @Test
    void sendsLongValuesWithoutBufferingThem() throws Exception {
        String longText = "x".repeat(200_000);
        List<ByteBuffer[]> rows = rows(
                AirbyteType.STRING, 4096, "\"a\"", '"' + longText + '"', "\"b\"", "\"\\n" + longText + '"', "\"c\"");
        assertThat(rows.stream().map(fields -> text(fields[3])))
                .containsExactly("a", longText, "b", "\n" + longText, "c");
    }

    @Test
    void nullsJsonThatWouldBeTooLargeAsJsonb() throws Exception {
        String numbers = "1,".repeat(25_000_000) + "1";
        assertThat(encode(AirbyteType.ARRAY, "[" + numbers + "]")[3]).isNull();
        String text = "[\"%s\"]".formatted("1,:[{".repeat(10_000_000));
        assertThat(encode(AirbyteType.ARRAY, text)[3].remaining()).isEqualTo(text.length() + 1);
    }

    @Test
    void takesNowForATimeThatNoRecordCanHave() throws Exception {
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        CopyEncoder encoder = new CopyEncoder(List.of(), 1, new RowIds(), 4096, sent::write);
        long before = System.currentTimeMillis();
        encoder.write(new RowReader(List.of(), 1).read(record("1")), RecordLine.NO_TIME);
        encoder.flush();
        long micros = ByteBuffer.wrap(sent.toByteArray()).getLong(2 + 4 + 36 + 4);
        assertThat(micros / 1000 + FROM_2000).isBetween(before, System.currentTimeMillis());
    }
}
