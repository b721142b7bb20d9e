package dev.sluice.source.faker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AsciiTest {
    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'+00:00'").withZone(ZoneOffset.UTC);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1970-01-01T00:00:00Z",
                "2000-02-29T23:59:59Z",
                "2023-12-31T23:59:59Z",
                "2024-01-01T00:00:00Z",
                "2024-02-29T12:00:00Z",
                "2024-03-01T00:00:00Z",
                "2100-02-28T23:59:59Z",
                "2100-03-01T00:00:00Z"
            })
    void writesTimesAtTheEdgesOfTheCalendar(String time) {
        assertThat(timeOf(Instant.parse(time).getEpochSecond())).isEqualTo(FORMAT.format(Instant.parse(time)));
    }

    @Test
    void writesTimesAsJavaTimeDoes() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            long second = random.nextLong(0, 200L * 365 * 86_400);
            assertThat(timeOf(second)).isEqualTo(FORMAT.format(Instant.ofEpochSecond(second)));
        }
    }

    @Test
    void writesNumbers() {
        Ascii text = new Ascii().add(0).add(' ').add(100_000_000).add(' ').add(7, 5);

        assertThat(text).hasToString("0 100000000 00007");
    }

    private static String timeOf(long second) {
        return new Ascii().addTime(second).toString();
    }
}
