package dev.sluice.destination.postgres;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.SecureRandom;
import java.util.UUID;

/// Makes the `_airbyte_raw_id` of each row: UUIDs of version 7 (RFC 9562) that share the time and a random part
/// and count up from a random number, so that a row costs neither randomness nor an object.
final class RowIds {
    /// Bytes of an id as text.
    static final int LENGTH = 36;

    private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);

    private final byte[] text;
    private long counter;

    RowIds() {
        SecureRandom random = new SecureRandom();
        long time = System.currentTimeMillis() << 16 | 0x7000 | random.nextInt(0x1000);
        // The top bit stays 0, so that counting up never reaches the variant.
        counter = random.nextLong() >>> 3;
        text = new UUID(time, 0).toString().getBytes(US_ASCII);
    }

    /// Writes the next id as text.
    void next(byte[] buf, int at) {
        System.arraycopy(text, 0, buf, at, 19);
        long low = Long.MIN_VALUE | counter++;
        for (int i = 0; i < 4; i++) {
            buf[at + 19 + i] = HEX[(int) (low >>> (60 - 4 * i)) & 15];
        }
        buf[at + 23] = '-';
        for (int i = 0; i < 12; i++) {
            buf[at + 24 + i] = HEX[(int) (low >>> (44 - 4 * i)) & 15];
        }
    }
}
