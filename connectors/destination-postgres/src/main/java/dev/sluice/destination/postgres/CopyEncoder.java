package dev.sluice.destination.postgres;

import dev.sluice.cdk.row.AirbyteType;
import dev.sluice.cdk.row.Column;
import dev.sluice.cdk.row.Row;
import dev.sluice.cdk.row.ValueChange;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteOrder;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;

/// Turns rows into PostgreSQL's binary COPY format. No value it writes makes a COPY fail: what the server would
/// refuse is null, with a change.
///
/// Format: https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-BINARY-FORMAT; values as the server's
/// receive functions take them. The fields of a row: raw id, extracted at, generation id, the columns, meta.
final class CopyEncoder {
    /// Signature, flags, length of the extension: what a COPY begins with.
    static final byte[] HEADER = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };

    /// What a COPY ends with.
    static final byte[] TRAILER = {(byte) 0xff, (byte) 0xff};

    private static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /// Longer values do not pass through the buffer.
    private static final int LONG_VALUE = 32 << 10;

    /// The room a value needs at most that is not a text.
    private static final int SHORT_VALUE = 64;

    private static final long MILLIS_TO_2000 = Row.MICROS_FROM_1970_TO_2000 / 1000;
    private static final int DAYS_TO_2000 = 10_957;

    /// The year 9999; what lies beyond is no time of extraction.
    private static final long MAX_MILLIS = 253_402_300_799_999L;

    /// A JSON value of more bytes may, as jsonb, be larger than the 256 MB that jsonb can be: an array of small
    /// numbers takes 12 bytes for 2.
    private static final int SURE_JSONB = 40 << 20;

    private static final int MAX_JSONB = (1 << 28) - 1;

    /// Digits that the server takes in binary, 3000 groups of four, less those lost to alignment.
    private static final int MAX_DIGITS = 11_990;

    private static final int MAX_SCALE = 16_383;
    private static final long[] POWERS = new long[19];

    static {
        POWERS[0] = 1;
        for (int i = 1; i < POWERS.length; i++) {
            POWERS[i] = POWERS[i - 1] * 10;
        }
    }

    private final AirbyteType[] types;
    private final long generation;
    private final RowIds ids;
    private final int full;
    private final RowSink sink;
    private byte[] buf;
    private int pos;

    /// Groups of a numeric's whole part, the last one first.
    private final short[] groups = new short[8];

    /// @param bufferSize bytes that are sent at once
    CopyEncoder(List<Column> columns, long generation, RowIds ids, int bufferSize, RowSink sink) {
        types = columns.stream().map(Column::type).toArray(AirbyteType[]::new);
        this.generation = generation;
        this.ids = ids;
        this.sink = sink;
        full = bufferSize;
        buf = new byte[bufferSize + 2 * LONG_VALUE];
    }

    boolean isEmpty() {
        return pos == 0;
    }

    void flush() throws SQLException {
        if (pos > 0) {
            int length = pos;
            pos = 0;
            sink.write(buf, 0, length);
        }
    }

    /// @param emittedAt milliseconds since 1970
    void write(Row row, long emittedAt) throws SQLException {
        ensure(SHORT_VALUE * 2);
        SHORTS.set(buf, pos, (short) (types.length + 4));
        pos += 2;
        INTS.set(buf, pos, RowIds.LENGTH);
        ids.next(buf, pos + 4);
        pos += 4 + RowIds.LENGTH;
        boolean sensible = emittedAt >= 0 && emittedAt <= MAX_MILLIS;
        putLong(((sensible ? emittedAt : System.currentTimeMillis()) - MILLIS_TO_2000) * 1000);
        putLong(generation);
        for (int column = 0; column < types.length; column++) {
            value(row, column);
        }
        // Last, because the values before may have added changes.
        byte[] meta = row.meta();
        json(meta, 0, meta.length);
        if (pos >= full) {
            flush();
        }
    }

    private void value(Row row, int column) throws SQLException {
        ensure(SHORT_VALUE);
        if (row.isNull(column)) {
            putNull();
            return;
        }
        switch (types[column]) {
            case STRING -> text(row.bytes(column), row.from(column), row.length(column));
            case BOOLEAN -> {
                INTS.set(buf, pos, 1);
                buf[pos + 4] = (byte) (row.bool(column) ? 1 : 0);
                pos += 5;
            }
            case INTEGER, TIMESTAMP_WITH_TIMEZONE, TIMESTAMP_WITHOUT_TIMEZONE, TIME_WITHOUT_TIMEZONE ->
                putLong(row.number(column));
            case NUMBER -> {
                if (row.isBig(column)) {
                    big(row, column);
                } else {
                    compact(row.number(column), row.scale(column));
                }
            }
            case DATE -> {
                INTS.set(buf, pos, 4);
                INTS.set(buf, pos + 4, (int) row.number(column) - DAYS_TO_2000);
                pos += 8;
            }
            case TIME_WITH_TIMEZONE -> {
                INTS.set(buf, pos, 12);
                LONGS.set(buf, pos + 4, row.number(column));
                // Seconds west of UTC.
                INTS.set(buf, pos + 12, -row.offset(column));
                pos += 16;
            }
            case OBJECT, ARRAY, UNKNOWN -> {
                int length = row.length(column);
                if (length > SURE_JSONB && !fitsJsonb(row.bytes(column), row.from(column), length)) {
                    row.setNull(column);
                    row.addChange(column, ValueChange.TOO_LARGE);
                    putNull();
                } else {
                    json(row.bytes(column), row.from(column), length);
                }
            }
        }
    }

    private void putNull() {
        INTS.set(buf, pos, -1);
        pos += 4;
    }

    private void putLong(long value) {
        INTS.set(buf, pos, 8);
        LONGS.set(buf, pos + 4, value);
        pos += 12;
    }

    private void text(byte[] bytes, int from, int length) throws SQLException {
        ensure(4);
        INTS.set(buf, pos, length);
        pos += 4;
        bytes(bytes, from, length);
    }

    private void json(byte[] bytes, int from, int length) throws SQLException {
        ensure(5);
        INTS.set(buf, pos, length + 1);
        buf[pos + 4] = 1; // The version of jsonb's format.
        pos += 5;
        bytes(bytes, from, length);
    }

    private void bytes(byte[] bytes, int from, int length) throws SQLException {
        if (length > LONG_VALUE) {
            flush();
            for (int sent = 0; sent < length; sent += full) {
                sink.write(bytes, from + sent, Math.min(full, length - sent));
            }
            return;
        }
        ensure(length);
        System.arraycopy(bytes, from, buf, pos, length);
        pos += length;
    }

    private void ensure(int more) {
        if (pos + more > buf.length) {
            buf = Arrays.copyOf(buf, Math.max(pos + more, buf.length * 2));
        }
    }

    /// A numeric is its digits in groups of four, aligned at the decimal point, without zero groups at either
    /// end; the weight is the power of 10000 of the first group.
    private void compact(long unscaled, int scale) {
        long value = Math.abs(unscaled);
        long whole = value / POWERS[scale];
        long fraction = value % POWERS[scale];
        int wholeGroups = 0;
        for (long rest = whole; rest > 0; rest /= 10_000) {
            groups[wholeGroups++] = (short) (rest % 10_000);
        }
        int start = pos + 12;
        int at = start;
        int weight = wholeGroups - 1;
        for (int i = wholeGroups - 1; i >= 0; i--) {
            SHORTS.set(buf, at, groups[i]);
            at += 2;
        }
        int end = at;
        for (int left = scale; left > 0 && fraction > 0; left -= 4) {
            long group;
            if (left >= 4) {
                group = fraction / POWERS[left - 4];
                fraction %= POWERS[left - 4];
            } else {
                group = fraction * POWERS[4 - left];
                fraction = 0;
            }
            if (group == 0 && at == start) {
                weight--;
                continue;
            }
            SHORTS.set(buf, at, (short) group);
            at += 2;
            end = at;
        }
        if (whole > 0) {
            // Zero groups at the end of the whole part, when nothing follows.
            while (end > start && (short) SHORTS.get(buf, end - 2) == 0) {
                end -= 2;
            }
        }
        numericHead((end - start) / 2, end == start ? 0 : weight, unscaled < 0, scale);
        pos = end;
    }

    private void numericHead(int groupCount, int weight, boolean negative, int scale) {
        INTS.set(buf, pos, 8 + 2 * groupCount);
        SHORTS.set(buf, pos + 4, (short) groupCount);
        SHORTS.set(buf, pos + 6, (short) weight);
        SHORTS.set(buf, pos + 8, (short) (negative ? 0x4000 : 0));
        SHORTS.set(buf, pos + 10, (short) scale);
    }

    private void big(Row row, int column) {
        BigDecimal value = row.decimal(column);
        BigDecimal kept = value;
        if (kept.scale() > MAX_SCALE) {
            kept = kept.setScale(MAX_SCALE, RoundingMode.HALF_UP);
        }
        if (kept.precision() > MAX_DIGITS && significant(kept) > MAX_DIGITS) {
            int scale = kept.scale() - (kept.precision() - MAX_DIGITS);
            if (scale < 0) {
                row.setNull(column);
                row.addChange(column, ValueChange.TOO_LARGE);
                putNull();
                return;
            }
            kept = kept.setScale(scale, RoundingMode.HALF_UP);
        }
        if (kept.compareTo(value) != 0) {
            row.addChange(column, ValueChange.ROUNDED);
        }
        digits(kept);
    }

    private static int significant(BigDecimal value) {
        String digits = value.unscaledValue().abs().toString();
        int end = digits.length();
        while (end > 1 && digits.charAt(end - 1) == '0') {
            end--;
        }
        return end;
    }

    private void digits(BigDecimal value) {
        String digits = value.unscaledValue().abs().toString();
        int scale = value.scale();
        // The place of the decimal point, counted from the first digit; groups begin at multiples of four from it.
        int point = digits.length() - scale;
        int from = Math.floorDiv(-point, 4) * 4 + point;
        int last = digits.length() - 1;
        while (last > 0 && digits.charAt(last) == '0') {
            last--;
        }
        int groupCount = digits.equals("0") ? 0 : (last - from) / 4 + 1;
        ensure(12 + 2 * groupCount);
        int at = pos + 12;
        for (int group = 0; group < groupCount; group++) {
            int number = 0;
            for (int i = from + group * 4; i < from + group * 4 + 4; i++) {
                number = number * 10 + (i >= 0 && i < digits.length() ? digits.charAt(i) - '0' : 0);
            }
            SHORTS.set(buf, at, (short) number);
            at += 2;
        }
        int weight = groupCount == 0 ? 0 : (point - from) / 4 - 1;
        numericHead(groupCount, weight, value.signum() < 0, scale);
        pos = at;
    }

    /// Whether the value is at most what jsonb can hold, counted generously: its bytes, and 12 more for each
    /// value in it.
    private static boolean fitsJsonb(byte[] bytes, int from, int length) {
        long size = length;
        boolean inString = false;
        for (int i = from; i < from + length; i++) {
            switch (bytes[i]) {
                case '"' -> inString = !inString;
                case '\\' -> i++;
                case ',', ':', '[', '{' -> size += inString ? 0 : 12;
                default -> {}
            }
        }
        return size <= MAX_JSONB;
    }
}
