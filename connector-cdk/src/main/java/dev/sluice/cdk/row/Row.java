package dev.sluice.cdk.row;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.protocol.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;

/// The values of one record, one per column. The reader that returned it overwrites it with the next record.
///
/// Which accessor holds a column's value follows from its type:
///
/// | type | value |
/// |---|---|
/// | `BOOLEAN` | [#bool] |
/// | `INTEGER` | [#number] |
/// | `NUMBER` | [#number] and [#scale], or [#decimal] when [#isBig] |
/// | `DATE` | [#number]: days since 1970-01-01, 4714-11-24 BC to 5874897-12-31 |
/// | `TIMESTAMP_*` | [#number]: microseconds since 2000-01-01, UTC or wall clock, 4714-11-24 BC to 294276-12-31 |
/// | `TIME_*` | [#number]: microseconds since midnight, wall clock; [#offset] |
/// | `STRING`, `OBJECT`, `ARRAY`, `UNKNOWN` | UTF-8 in [#bytes] from [#from], [#length] long |
///
/// Texts hold no U+0000 and no lone surrogates; JSON is valid, its numbers below 1e131072 with at most 16383
/// digits of fraction.
public final class Row {
    /// 2000-01-01 as microseconds since 1970. A timestamp counts from 2000 because since 1970 the far end of
    /// PostgreSQL's range does not fit into 64 bits; who adds this does so with [Math#addExact].
    public static final long MICROS_FROM_1970_TO_2000 = 946_684_800_000_000L;

    private static final byte NULL = 0;
    private static final byte VALUE = 1;
    private static final byte BIG = 2;

    private final List<Column> columns;
    private final long syncId;
    private final byte[] kinds;
    private final long[] numbers;
    private final int[] ints;
    private final int[] lengths;
    private final byte[][] bytes;
    private final BigDecimal[] decimals;
    private final ValueChange[] changes;
    private final byte[] unchangedMeta;
    private int changed;

    /// The elements of the record's own `meta.changes`, without the brackets; null when there are none.
    private byte[] sourceChanges;

    Row(List<Column> columns, long syncId) {
        int count = columns.size();
        this.columns = List.copyOf(columns);
        this.syncId = syncId;
        kinds = new byte[count];
        numbers = new long[count];
        ints = new int[count];
        lengths = new int[count];
        bytes = new byte[count][];
        decimals = new BigDecimal[count];
        changes = new ValueChange[count];
        unchangedMeta = "{\"sync_id\":%d,\"changes\":[]}".formatted(syncId).getBytes(UTF_8);
    }

    public boolean isNull(int column) {
        return kinds[column] == NULL;
    }

    public boolean bool(int column) {
        return numbers[column] != 0;
    }

    /// The whole number, the unscaled number, the days or the microseconds.
    public long number(int column) {
        return numbers[column];
    }

    /// Digits of [#number] behind the decimal point, 0 to 18.
    public int scale(int column) {
        return ints[column];
    }

    /// Whether a `NUMBER` has more than 18 digits, before or behind the point, and is a [#decimal].
    public boolean isBig(int column) {
        return kinds[column] == BIG;
    }

    /// A `NUMBER` of any size: the value of one that [#isBig], else built from [#number].
    public BigDecimal decimal(int column) {
        return kinds[column] == BIG ? decimals[column] : BigDecimal.valueOf(numbers[column], ints[column]);
    }

    /// Seconds east of UTC of a `TIME_WITH_TIMEZONE`, at most 15:59:59 either way.
    public int offset(int column) {
        return ints[column];
    }

    /// The array that holds a text: the record's line, or a buffer of the reader.
    public byte[] bytes(int column) {
        return bytes[column];
    }

    public int from(int column) {
        return ints[column];
    }

    public int length(int column) {
        return lengths[column];
    }

    /// A text as a string; for what is not on the way of every row.
    public String text(int column) {
        return new String(bytes[column], ints[column], lengths[column], UTF_8);
    }

    /// What happened to the column's value, or null.
    public ValueChange change(int column) {
        return changed == 0 ? null : changes[column];
    }

    /// Notes what the destination itself does to a value; with a change that nulls, call [#setNull] too.
    public void addChange(int column, ValueChange change) {
        if (changes[column] == null) {
            changed++;
        }
        changes[column] = change;
    }

    /// The `_airbyte_meta` of the row as JSON: the sync's id, the changes of the source, then ours. The array is
    /// shared between rows; do not write to it.
    public byte[] meta() {
        if (changed == 0 && sourceChanges == null) {
            return unchangedMeta;
        }
        ByteArrayOutputStream meta = new ByteArrayOutputStream(256);
        try {
            meta.write("{\"sync_id\":%d,\"changes\":[".formatted(syncId).getBytes(UTF_8));
            String separator = "";
            if (sourceChanges != null) {
                meta.write(sourceChanges);
                separator = ",";
            }
            for (int column = 0; column < changes.length && changed > 0; column++) {
                if (changes[column] != null) {
                    meta.write(separator.getBytes(UTF_8));
                    Column plain = new Column(
                            columns.get(column).field().replace("\0", ""),
                            columns.get(column).type());
                    meta.write(Json.mapper().writeValueAsBytes(changes[column].in(plain)));
                    separator = ",";
                }
            }
            meta.write("]}".getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return meta.toByteArray();
    }

    public void setNull(int column) {
        kinds[column] = NULL;
    }

    void clear() {
        Arrays.fill(kinds, NULL);
        sourceChanges = null;
        if (changed > 0) {
            Arrays.fill(changes, null);
            changed = 0;
        }
    }

    void setSourceChanges(byte[] elements) {
        sourceChanges = elements;
    }

    /// The value that was set before, if any, came from a duplicate key: the last one wins.
    void removeChange(int column) {
        if (changed > 0 && changes[column] != null) {
            changes[column] = null;
            changed--;
        }
    }

    void setNull(int column, ValueChange change) {
        kinds[column] = NULL;
        addChange(column, change);
    }

    void setNumber(int column, long value) {
        kinds[column] = VALUE;
        numbers[column] = value;
    }

    void setNumber(int column, long value, int scaleOrOffset) {
        kinds[column] = VALUE;
        numbers[column] = value;
        ints[column] = scaleOrOffset;
    }

    void setDecimal(int column, BigDecimal value) {
        kinds[column] = BIG;
        decimals[column] = value;
    }

    void setBytes(int column, byte[] array, int from, int length) {
        kinds[column] = VALUE;
        bytes[column] = array;
        ints[column] = from;
        lengths[column] = length;
    }
}
