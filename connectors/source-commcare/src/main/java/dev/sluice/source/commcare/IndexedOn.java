package dev.sluice.source.commcare;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// CommCare's times in all the spellings they have had: without a zone (UTC), with `Z`, with `ZZ` where a client
/// added one too many, with an offset, with and without a fraction, as a date alone.
final class IndexedOn {
    private static final Pattern SPELLING =
            Pattern.compile("(\\d{4}-\\d{2}-\\d{2})(?:[T ](\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,9})?)?)"
                    + "(?:Z*|([+-]\\d{2}):?(\\d{2})))?");

    /// What Airbyte's connector can read, and what the API takes in a filter.
    private static final DateTimeFormatter NAIVE_MICROS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);

    private IndexedOn() {}

    static Optional<Instant> parse(String text) {
        Matcher parts = SPELLING.matcher(text.strip());
        if (!parts.matches()) {
            return Optional.empty();
        }
        try {
            LocalDateTime local = LocalDateTime.of(
                    LocalDate.parse(parts.group(1)),
                    parts.group(2) == null ? LocalTime.MIDNIGHT : LocalTime.parse(parts.group(2)));
            ZoneOffset offset =
                    parts.group(3) == null ? ZoneOffset.UTC : ZoneOffset.of(parts.group(3) + ":" + parts.group(4));
            return Optional.of(local.toInstant(offset).truncatedTo(ChronoUnit.MICROS));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /// As `2016-11-29T14:50:43.100000`.
    static String naive(Instant time) {
        return NAIVE_MICROS.format(time);
    }

    /// The same time, ending in exactly one `Z`; digits are kept as they were sent.
    static String zoned(String text, Instant time) {
        if (text.indexOf('T') < 0 || text.indexOf('+') > 0 || text.lastIndexOf('-') > 7) {
            return NAIVE_MICROS.format(time) + "Z";
        }
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == 'Z') {
            end--;
        }
        return text.substring(0, end) + "Z";
    }
}
