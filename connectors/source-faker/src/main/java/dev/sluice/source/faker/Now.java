package dev.sluice.source.faker;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/// The time of the row at hand, and its text, which is the same for all rows of a second.
final class Now {
    private final Ascii text = new Ascii();
    private long second;

    Now() {
        tick();
    }

    /// Looks at the clock; milliseconds since 1970.
    long tick() {
        long millis = System.currentTimeMillis();
        if (millis / 1_000 != second) {
            second = millis / 1_000;
            text.clear().addTime(second);
        }
        return millis;
    }

    void writeUpdatedAt(JsonGenerator json) throws IOException {
        text.writeTo(json);
    }

    String updatedAtText() {
        return text.toString();
    }
}
