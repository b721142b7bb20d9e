package dev.sluice.source.faker;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// A short text put together byte by byte: a million rows a second leave no time for strings. Holds only
/// characters that JSON does not escape.
final class Ascii {
    private final byte[] bytes = new byte[96];
    private int length;

    Ascii clear() {
        length = 0;
        return this;
    }

    Ascii add(char character) {
        bytes[length++] = (byte) character;
        return this;
    }

    Ascii add(byte[] text) {
        System.arraycopy(text, 0, bytes, length, text.length);
        length += text.length;
        return this;
    }

    Ascii add(long number) {
        int digits = 1;
        for (long rest = number / 10; rest > 0; rest /= 10) {
            digits++;
        }
        return add(number, digits);
    }

    /// With leading zeros.
    Ascii add(long number, int digits) {
        long rest = number;
        for (int i = length + digits - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    /// As `2024-02-29T13:05:09+00:00`.
    Ascii addTime(long epochSecond) {
        int secondOfDay = (int) (epochSecond % 86_400);
        // Days to a date by the proleptic Gregorian calendar, with years that begin in March (Howard Hinnant,
        // "chrono-Compatible Low-Level Date Algorithms"); java.time would cost more than the rest of the row.
        int day = (int) (epochSecond / 86_400) + 719_468;
        int era = day / 146_097;
        int dayOfEra = day % 146_097;
        int yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int marchMonth = (5 * dayOfYear + 2) / 153;
        int month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
        int year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
        add(year, 4).add('-').add(month, 2).add('-').add(dayOfYear - (153 * marchMonth + 2) / 5 + 1, 2);
        add('T').add(secondOfDay / 3_600, 2)
                .add(':')
                .add(secondOfDay / 60 % 60, 2)
                .add(':');
        return add(secondOfDay % 60, 2).add(UTC);
    }

    private static final byte[] UTC = "+00:00".getBytes(StandardCharsets.US_ASCII);

    void writeTo(JsonGenerator json) throws IOException {
        json.writeRawUTF8String(bytes, 0, length);
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.US_ASCII);
    }
}
