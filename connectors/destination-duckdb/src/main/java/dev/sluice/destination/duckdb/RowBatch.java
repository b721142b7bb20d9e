package dev.sluice.destination.duckdb;

import dev.sluice.cdk.row.AirbyteType;
import dev.sluice.cdk.row.Column;
import dev.sluice.cdk.row.Row;
import dev.sluice.cdk.row.ValueChange;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Rows of one stream that wait to be inserted: Airbyte's four columns, then those of the stream.
final class RowBatch {
    private static final int SCALE = 9;
    private static final BigInteger DECIMAL_LIMIT = BigInteger.TEN.pow(38);
    private static final long[] POWERS = new long[19];

    static {
        POWERS[0] = 1;
        for (int i = 1; i < POWERS.length; i++) {
            POWERS[i] = POWERS[i - 1] * 10;
        }
    }

    /// Bytes that a row takes at least, so that rows of nothing but nulls are counted too.
    private static final int ROW_BYTES = 64;

    private final long generation;
    private final List<ArrowColumn> columns = new ArrayList<>();
    private final ArrowColumn rawId = column(ArrowColumn.Kind.TEXT);
    private final ArrowColumn extractedAt = column(ArrowColumn.Kind.TIMESTAMPTZ);
    private final ArrowColumn meta = column(ArrowColumn.Kind.JSON);
    private final ArrowColumn generationId = column(ArrowColumn.Kind.BIGINT);
    private final AirbyteType[] types;
    private final ArrowColumn[] values;
    private final SplittableRandom random = new SplittableRandom();
    private final byte[] text = new byte[36];
    private int rows;
    private long bytes;

    RowBatch(List<Column> columns, long generation) {
        this.generation = generation;
        types = columns.stream().map(Column::type).toArray(AirbyteType[]::new);
        values = columns.stream()
                .map(column -> column(ArrowColumn.Kind.of(column.type())))
                .toArray(ArrowColumn[]::new);
    }

    private ArrowColumn column(ArrowColumn.Kind kind) {
        ArrowColumn column = new ArrowColumn(kind);
        columns.add(column);
        return column;
    }

    List<ArrowColumn> columns() {
        return columns;
    }

    int rows() {
        return rows;
    }

    /// About how much memory the rows take.
    long bytes() {
        return bytes;
    }

    /// Whether a record of this length still fits.
    boolean hasRoomFor(int length) {
        // A row's texts are not longer than its line, and its changes are few.
        return bytes + length * 2L < Integer.MAX_VALUE / 2 || rows == 0;
    }

    /// @param emittedAt milliseconds since 1970
    /// @param length bytes of the record's line
    void add(Row row, long emittedAt, int length) {
        for (int i = 0; i < values.length; i++) {
            if (row.isNull(i)) {
                values[i].addNull();
            } else {
                add(row, i, values[i]);
            }
        }
        rawId.addText(uuid(emittedAt), 0, text.length);
        extractedAt.addLong(emittedAt * 1000);
        byte[] changes = row.meta(); // After the values, which may have added to it.
        meta.addText(changes, 0, changes.length);
        generationId.addLong(generation);
        rows++;
        bytes += ROW_BYTES + length;
    }

    private void add(Row row, int i, ArrowColumn column) {
        switch (types[i]) {
            case STRING, OBJECT, ARRAY, UNKNOWN -> column.addText(row.bytes(i), row.from(i), row.length(i));
            case BOOLEAN -> column.addBoolean(row.bool(i));
            case INTEGER, TIME_WITHOUT_TIMEZONE -> column.addLong(row.number(i));
            case DATE -> column.addInt((int) row.number(i));
            case TIMESTAMP_WITH_TIMEZONE, TIMESTAMP_WITHOUT_TIMEZONE -> addTimestamp(row, i, column);
            case TIME_WITH_TIMEZONE -> column.addText(text, 0, time(row.number(i), row.offset(i)));
            case NUMBER -> addNumber(row, i, column);
        }
    }

    /// DuckDB counts microseconds from 1970 and ends with the year 294246, one of its values being infinity.
    private static void addTimestamp(Row row, int i, ArrowColumn column) {
        long micros = row.number(i);
        if (micros >= Long.MAX_VALUE - Row.MICROS_FROM_1970_TO_2000) {
            column.addNull();
            row.addChange(i, ValueChange.TOO_LARGE);
        } else {
            column.addLong(micros + Row.MICROS_FROM_1970_TO_2000);
        }
    }

    private static void addNumber(Row row, int i, ArrowColumn column) {
        if (!row.isBig(i) && row.scale(i) <= SCALE) {
            long factor = POWERS[SCALE - row.scale(i)];
            long number = row.number(i);
            column.addLongs(number * factor, Math.multiplyHigh(number, factor));
            return;
        }
        BigDecimal exact = row.decimal(i);
        if (exact.precision() - exact.scale() > 29) {
            column.addNull();
            row.addChange(i, ValueChange.TOO_LARGE);
            return;
        }
        BigDecimal rounded = exact.setScale(SCALE, RoundingMode.HALF_UP);
        BigInteger unscaled = rounded.unscaledValue();
        if (unscaled.abs().compareTo(DECIMAL_LIMIT) >= 0) {
            column.addNull();
            row.addChange(i, ValueChange.TOO_LARGE);
            return;
        }
        if (rounded.compareTo(exact) != 0) {
            row.addChange(i, ValueChange.ROUNDED);
        }
        column.addLongs(unscaled.longValue(), unscaled.shiftRight(64).longValue());
    }

    /// `HH:mm:ss.SSSSSS+HH:mm:ss` into [#text], as DuckDB reads it.
    private int time(long micros, int offset) {
        int seconds = (int) (micros / 1_000_000);
        int end = clock(0, seconds);
        text[end] = '.';
        int fraction = (int) (micros % 1_000_000);
        for (int i = 6; i > 0; i--) {
            text[end + i] = (byte) ('0' + fraction % 10);
            fraction /= 10;
        }
        end += 7;
        text[end] = (byte) (offset < 0 ? '-' : '+');
        return clock(end + 1, Math.abs(offset));
    }

    private int clock(int at, int seconds) {
        twoDigits(at, seconds / 3600);
        text[at + 2] = ':';
        twoDigits(at + 3, seconds / 60 % 60);
        text[at + 5] = ':';
        twoDigits(at + 6, seconds % 60);
        return at + 8;
    }

    private void twoDigits(int at, int number) {
        text[at] = (byte) ('0' + number / 10);
        text[at + 1] = (byte) ('0' + number % 10);
    }

    /// A UUID of version 7: its beginning is the time, so that the column sorts and compresses.
    private byte[] uuid(long millis) {
        long high = millis << 16 | 0x7000 | random.nextInt(0x1000);
        long low = random.nextLong() & 0x3fffffffffffffffL | 0x8000000000000000L;
        int at = 0;
        for (int nibble = 0; nibble < 32; nibble++) {
            if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) {
                text[at++] = '-';
            }
            int value = (int) ((nibble < 16 ? high : low) >>> 60 - 4 * (nibble & 15)) & 15;
            text[at++] = (byte) (value < 10 ? '0' + value : 'a' - 10 + value);
        }
        return text;
    }

    void clear() {
        columns.forEach(ArrowColumn::clear);
        rows = 0;
        bytes = 0;
    }
}
