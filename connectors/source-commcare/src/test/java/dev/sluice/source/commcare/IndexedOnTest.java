package dev.sluice.source.commcare;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class IndexedOnTest {
    @ParameterizedTest
    @CsvSource({
        "2016-11-29T14:50:43.100000, 2016-11-29T14:50:43.1Z",
        "2016-11-29T14:50:43.100000Z, 2016-11-29T14:50:43.1Z",
        "2016-11-29T14:50:43.100000ZZ, 2016-11-29T14:50:43.1Z",
        "2016-11-29T14:50:43.000010, 2016-11-29T14:50:43.000010Z",
        "2016-11-29T14:50:43Z, 2016-11-29T14:50:43Z",
        "2016-11-29T14:50:43, 2016-11-29T14:50:43Z",
        "2016-11-29 14:50:43.5, 2016-11-29T14:50:43.5Z",
        "2016-11-29T14:50Z, 2016-11-29T14:50:00Z",
        "2016-11-29T14:50:43.123456789Z, 2016-11-29T14:50:43.123456Z",
        "2016-11-29T14:50:43.1+05:30, 2016-11-29T09:20:43.1Z",
        "2016-11-29T14:50:43-0300, 2016-11-29T17:50:43Z",
        "1900-01-01, 1900-01-01T00:00:00Z",
    })
    void readsEverySpellingThereHasBeen(String text, Instant expected) {
        assertThat(IndexedOn.parse(text)).contains(expected);
    }

    @ParameterizedTest
    @CsvSource({"''", "yesterday", "2016-13-29T14:50:43", "2016-11-29T25:50:43Z", "2016-11-29T14:50:43.1+99:00"})
    void refusesWhatIsNoTime(String text) {
        assertThat(IndexedOn.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "2016-11-29T14:50:43.100000, 2016-11-29T14:50:43.100000Z",
        "2016-11-29T14:50:43.100000Z, 2016-11-29T14:50:43.100000Z",
        "2016-11-29T14:50:43.100000ZZ, 2016-11-29T14:50:43.100000Z",
        "2012-04-05T23:56:41Z, 2012-04-05T23:56:41Z",
        "2012-04-05T23:56:41, 2012-04-05T23:56:41Z",
        "2012-04-05T23:56:41.5+02:00, 2012-04-05T21:56:41.500000Z",
        "2012-04-05T23:56:41-02:00, 2012-04-06T01:56:41.000000Z",
        "1900-01-01, 1900-01-01T00:00:00.000000Z",
    })
    void endsInExactlyOneZ(String text, String expected) {
        assertThat(IndexedOn.zoned(text, IndexedOn.parse(text).orElseThrow())).isEqualTo(expected);
    }

    @Test
    void writesSixDigitsAndNoZoneForThePublishedConnector() {
        assertThat(IndexedOn.naive(Instant.parse("2016-11-29T14:50:43Z"))).isEqualTo("2016-11-29T14:50:43.000000");
    }
}
