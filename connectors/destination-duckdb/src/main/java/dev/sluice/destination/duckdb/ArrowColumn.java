package dev.sluice.destination.duckdb;

import dev.sluice.cdk.row.AirbyteType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// The values of one column in the [layout of Arrow](https://arrow.apache.org/docs/format/Columnar.html), which
/// DuckDB takes over without looking at single values.
final class ArrowColumn {
    /// What the values look like in memory.
    enum Kind {
        TEXT("u", 0),
        /// A text that DuckDB need not check again: the reader of the rows has.
        JSON("u", 0),
        BOOLEAN("b", 0),
        BIGINT("l", 8),
        /// 38 digits, 9 of them behind the point; DuckDB's type for `number` in Airbyte's own tables.
        DECIMAL("d:38,9", 16),
        DATE("tdD", 4),
        TIMESTAMPTZ("tsu:UTC", 8),
        TIMESTAMP("tsu:", 8),
        TIME("ttu", 8);

        final String format;
        /// Bytes of a value; 0 for texts and bits.
        final int width;

        Kind(String format, int width) {
            this.format = format;
            this.width = width;
        }

        static Kind of(AirbyteType type) {
            return switch (type) {
                // Arrow has no time with an offset; DuckDB reads it from the text as it inserts.
                case STRING, TIME_WITH_TIMEZONE -> TEXT;
                case BOOLEAN -> BOOLEAN;
                case INTEGER -> BIGINT;
                case NUMBER -> DECIMAL;
                case DATE -> DATE;
                case TIMESTAMP_WITH_TIMEZONE -> TIMESTAMPTZ;
                case TIMESTAMP_WITHOUT_TIMEZONE -> TIMESTAMP;
                case TIME_WITHOUT_TIMEZONE -> TIME;
                case OBJECT, ARRAY, UNKNOWN -> JSON;
            };
        }
    }

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /// Arrays above this size are not kept for the next batch: one huge text must not stay for the whole sync.
    private static final int KEPT_BYTES = 8 << 20;

    final Kind kind;

    /// One bit a row, set when there is a value.
    private byte[] validity = new byte[64];

    /// The values; of texts, where each one ends.
    private byte[] values = new byte[512];

    /// The bytes of the texts.
    private byte[] texts = {};

    private int rows;
    private int nulls;
    private int textBytes;

    ArrowColumn(Kind kind) {
        this.kind = kind;
    }

    void addNull() {
        next();
        nulls++;
        if (kind.width == 0 && kind != Kind.BOOLEAN) {
            INTS.set(values, rows * 4, textBytes);
        }
    }

    void addBoolean(boolean value) {
        int row = next();
        setValid(row);
        if (value) {
            values[row >> 3] |= (byte) (1 << (row & 7));
        }
    }

    void addInt(int value) {
        int row = next();
        setValid(row);
        INTS.set(values, row * 4, value);
    }

    void addLong(long value) {
        int row = next();
        setValid(row);
        LONGS.set(values, row * 8, value);
    }

    /// A number of 128 bits in two's complement.
    void addLongs(long low, long high) {
        int row = next();
        setValid(row);
        LONGS.set(values, row * 16, low);
        LONGS.set(values, row * 16 + 8, high);
    }

    void addText(byte[] utf8, int from, int length) {
        if (texts.length - textBytes < length) {
            texts = Arrays.copyOf(texts, grown(texts.length, (long) textBytes + length));
        }
        int row = next();
        setValid(row);
        System.arraycopy(utf8, from, texts, textBytes, length);
        textBytes += length;
        INTS.set(values, (row + 1) * 4, textBytes);
    }

    /// Whether a text of this length still fits: Arrow counts its bytes in 31 bits.
    boolean hasRoomFor(int length) {
        return (long) textBytes + length <= Integer.MAX_VALUE - 64;
    }

    /// Makes room for one more value, with all bits unset.
    private int next() {
        int row = rows++;
        if (row >> 3 == validity.length) {
            validity = Arrays.copyOf(validity, validity.length * 2);
        }
        int needed = valueBytes();
        if (needed > values.length) {
            values = Arrays.copyOf(values, grown(values.length, needed));
        }
        return row;
    }

    private void setValid(int row) {
        validity[row >> 3] |= (byte) (1 << (row & 7));
    }

    private int valueBytes() {
        if (kind == Kind.BOOLEAN) {
            return (rows + 7) >> 3;
        }
        return kind.width > 0 ? rows * kind.width : (rows + 1) * 4;
    }

    private static int grown(int from, long needed) {
        return (int) Math.min(Math.max(from * 2L, needed), Integer.MAX_VALUE - 8);
    }

    /// Bytes in native memory, alignment included.
    long nativeBytes() {
        return (rows >> 3) + 1L + valueBytes() + textBytes + 4 * 64;
    }

    /// Copies the column into native memory.
    ///
    /// @return the addresses of the buffers, in Arrow's order
    MemorySegment[] copyTo(SegmentAllocator memory) {
        // Without nulls Arrow allows the bits to be left out.
        MemorySegment valid = nulls == 0 ? MemorySegment.NULL : copy(memory, validity, (rows + 7) >> 3);
        MemorySegment first = copy(memory, values, valueBytes());
        return kind.width > 0 || kind == Kind.BOOLEAN
                ? new MemorySegment[] {valid, first}
                : new MemorySegment[] {valid, first, copy(memory, texts, textBytes)};
    }

    private static MemorySegment copy(SegmentAllocator memory, byte[] bytes, int length) {
        MemorySegment target = memory.allocate(Math.max(length, 1), 64);
        MemorySegment.copy(bytes, 0, target, ValueLayout.JAVA_BYTE, 0, length);
        return target;
    }

    long nulls() {
        return nulls;
    }

    /// Empties the column for the next batch.
    void clear() {
        Arrays.fill(validity, 0, (rows + 7) >> 3, (byte) 0);
        if (kind == Kind.BOOLEAN) {
            Arrays.fill(values, 0, valueBytes(), (byte) 0);
        }
        if (texts.length > KEPT_BYTES) {
            texts = new byte[0];
        }
        rows = 0;
        nulls = 0;
        textBytes = 0;
    }
}
