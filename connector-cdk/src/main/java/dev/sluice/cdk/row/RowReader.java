package dev.sluice.cdk.row;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.cdk.ConnectorException;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.protocol.json.RecordLine;
import java.util.Arrays;
import java.util.List;

/// Reads the `data` of one stream's records into a [Row], by one pass over the bytes and without building a
/// tree. Used by one thread.
///
/// A value that does not fit its column becomes null, with a change that says so. Fields that are not declared
/// are skipped, unless none is. Of duplicate keys the last one wins.
public final class RowReader {
    static final byte[] TRUE = "true".getBytes(UTF_8);
    static final byte[] FALSE = "false".getBytes(UTF_8);
    private static final byte[] NULL = "null".getBytes(UTF_8);
    private static final byte[] CHANGES = "changes".getBytes(UTF_8);

    /// Undeclared keys that are remembered; a source that uses data for keys must not fill the memory.
    private static final int MAX_UNDECLARED = 1000;

    private final List<Column> columns;
    private final AirbyteType[] types;

    /// Whether the only column holds the record as it is.
    private final boolean isWholeRecord;

    private final Row row;
    private final JsonBytes json = new JsonBytes();
    private final Decimals decimals = new Decimals();
    private final Moments moments = new Moments();

    /// Records of a stream nearly always have the same keys in the same order, so each key knows which one came
    /// after it last time; the table of keys is for when that is wrong.
    private static final class Key {
        final byte[] name;
        /// Index of the column, or -1.
        final int column;
        /// Whether the name stands between quotes as it is.
        final boolean plain;
        Key next;

        Key(byte[] name, int column) {
            this.name = name;
            this.column = column;
            boolean isPlain = true;
            for (byte c : name) {
                isPlain &= c != '"' && c != '\\' && (c & 0xff) >= ' ';
            }
            plain = isPlain;
        }
    }

    private final Key start = new Key(new byte[0], -1);
    private final Key anyUndeclared = new Key(new byte[0], -1);
    private Key[] table = new Key[64];
    private int keys;
    private int undeclared;

    public RowReader(ConfiguredAirbyteStream stream) {
        this(
                Column.of(stream),
                stream.syncId().orElse(0L),
                Column.declared(stream).isEmpty());
    }

    /// @param syncId for `_airbyte_meta`
    public RowReader(List<Column> columns, long syncId) {
        this(columns, syncId, false);
    }

    private RowReader(List<Column> columns, long syncId, boolean isWholeRecord) {
        this.isWholeRecord = isWholeRecord;
        this.columns = List.copyOf(columns);
        types = this.columns.stream().map(Column::type).toArray(AirbyteType[]::new);
        row = new Row(this.columns, syncId);
        for (int i = 0; i < this.columns.size(); i++) {
            put(new Key(this.columns.get(i).field().getBytes(UTF_8), i));
        }
    }

    public List<Column> columns() {
        return columns;
    }

    /// @return valid until the next call, and as long as the record is
    /// @throws ConnectorException when the data is not JSON
    public Row read(RecordLine record) {
        row.clear();
        try {
            json.start(record.bytes(), record.dataStart());
            if (isWholeRecord) {
                value(0);
            } else {
                data();
            }
            if (json.pos != record.dataEnd()) {
                throw json.malformed();
            }
            if (record.metaEnd() > record.metaStart()) {
                json.pos = record.metaStart();
                meta();
            }
        } catch (JsonBytes.MalformedException e) {
            throw ConnectorException.system(
                    "a record of the stream '%s' is not JSON at byte %,d of its line (%,d bytes)"
                            .formatted(record.stream(), e.position - record.start() + 1, record.length()),
                    null);
        }
        return row;
    }

    private void data() {
        JsonBytes in = json;
        in.expect('{');
        in.skipBlanks();
        if (in.b[in.pos] == '}') {
            in.pos++;
            return;
        }
        Key key = start;
        while (true) {
            key = key(key);
            in.skipBlanks();
            in.expect(':');
            in.skipBlanks();
            if (key.column < 0) {
                in.skipValue();
            } else {
                value(key.column);
            }
            in.skipBlanks();
            byte next = in.b[in.pos];
            if (next != ',') {
                in.expect('}');
                return;
            }
            in.pos++;
            in.skipBlanks();
        }
    }

    private Key key(Key previous) {
        byte[] b = json.b;
        int at = json.pos;
        Key guess = previous.next;
        if (guess != null && guess.plain) {
            int to = at + 1 + guess.name.length;
            if (to < b.length
                    && b[at] == '"'
                    && b[to] == '"'
                    && Arrays.equals(b, at + 1, to, guess.name, 0, guess.name.length)) {
                json.pos = to + 1;
                return guess;
            }
        }
        if (b[at] != '"') {
            throw json.malformed();
        }
        json.key();
        Key key = find(json.slice, json.from, json.length);
        previous.next = key;
        return key;
    }

    private Key find(byte[] b, int from, int length) {
        int slot = slot(b, from, length);
        if (table[slot] != null) {
            return table[slot];
        }
        if (undeclared == MAX_UNDECLARED) {
            anyUndeclared.next = null;
            return anyUndeclared;
        }
        undeclared++;
        Key key = new Key(Arrays.copyOfRange(b, from, from + length), -1);
        put(key);
        return key;
    }

    private void put(Key key) {
        if (++keys * 2 > table.length) {
            Key[] old = table;
            table = new Key[old.length * 2];
            for (Key moved : old) {
                if (moved != null) {
                    table[slot(moved.name, 0, moved.name.length)] = moved;
                }
            }
        }
        table[slot(key.name, 0, key.name.length)] = key;
    }

    /// Where the key is, or would be put.
    private int slot(byte[] b, int from, int length) {
        int hash = length;
        for (int i = from; i < from + length; i++) {
            hash = hash * 31 + b[i];
        }
        int mask = table.length - 1;
        int slot = (hash ^ hash >>> 16) & mask;
        while (table[slot] != null
                && !Arrays.equals(table[slot].name, 0, table[slot].name.length, b, from, from + length)) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void value(int column) {
        row.removeChange(column);
        JsonBytes in = json;
        byte first = in.b[in.pos];
        if (first == 'n') {
            in.skipLiteral(NULL);
            row.setNull(column);
            return;
        }
        switch (types[column]) {
            case STRING -> string(column, first);
            case BOOLEAN -> bool(column, first);
            case INTEGER -> integer(column, first);
            case NUMBER -> number(column, first);
            case DATE -> {
                if (momentText(column, first)) {
                    moment(column, moments.date(in.slice, in.from, in.from + in.length));
                }
            }
            case TIMESTAMP_WITH_TIMEZONE -> {
                if (momentText(column, first)) {
                    moment(column, moments.instant(in.slice, in.from, in.from + in.length));
                }
            }
            case TIMESTAMP_WITHOUT_TIMEZONE -> {
                if (momentText(column, first)) {
                    moment(column, moments.wallClock(in.slice, in.from, in.from + in.length));
                }
            }
            case TIME_WITH_TIMEZONE -> {
                if (momentText(column, first)) {
                    moment(column, moments.timeWithOffset(in.slice, in.from, in.from + in.length));
                }
            }
            case TIME_WITHOUT_TIMEZONE -> {
                if (momentText(column, first)) {
                    moment(column, moments.time(in.slice, in.from, in.from + in.length));
                }
            }
            case OBJECT -> jsonOf(column, first == '{');
            case ARRAY -> jsonOf(column, first == '[');
            case UNKNOWN -> jsonOf(column, true);
        }
    }

    private void string(int column, byte first) {
        JsonBytes in = json;
        if (first == '"') {
            in.text();
            row.setBytes(column, in.slice, in.from, in.length);
        } else if (first == '{' || first == '[') {
            jsonOf(column, true);
        } else if (first == 't') {
            int at = in.pos;
            in.skipLiteral(TRUE);
            row.setBytes(column, in.b, at, TRUE.length);
        } else if (first == 'f') {
            int at = in.pos;
            in.skipLiteral(FALSE);
            row.setBytes(column, in.b, at, FALSE.length);
        } else {
            numberToken();
            row.setBytes(column, in.slice, in.from, in.length);
        }
    }

    private void bool(int column, byte first) {
        if (first == 't') {
            json.skipLiteral(TRUE);
            row.setNumber(column, 1);
        } else if (first == 'f') {
            json.skipLiteral(FALSE);
            row.setNumber(column, 0);
        } else {
            notOfType(column);
        }
    }

    private void integer(int column, byte first) {
        byte[] b = json.b;
        int i = first == '-' ? json.pos + 1 : json.pos;
        int from = i;
        long value = 0;
        while (b[i] >= '0' && b[i] <= '9' && i - from < 18) {
            value = value * 10 + (b[i] - '0');
            i++;
        }
        if (i > from && JsonBytes.isDelimiter(b[i]) && (b[from] != '0' || i - from == 1)) {
            json.pos = i;
            row.setNumber(column, first == '-' ? -value : value);
            return;
        }
        if (!numericToken(column, first)) {
            return;
        }
        switch (decimals.parseWhole(json.slice, json.from, json.from + json.length)) {
            case COMPACT -> row.setNumber(column, decimals.unscaled);
            case TOO_LARGE -> row.setNull(column, ValueChange.TOO_LARGE);
            case NOT_A_NUMBER, BIG -> row.setNull(column, ValueChange.NOT_OF_TYPE);
        }
    }

    private void number(int column, byte first) {
        byte[] b = json.b;
        int i = first == '-' ? json.pos + 1 : json.pos;
        int from = i;
        int point = -1;
        long value = 0;
        while (i - from < 19) {
            int digit = b[i] - '0';
            if (digit >= 0 && digit <= 9) {
                value = value * 10 + digit;
            } else if (b[i] == '.' && point < 0 && i > from) {
                point = i;
            } else {
                break;
            }
            i++;
        }
        int digits = i - from - (point < 0 ? 0 : 1);
        boolean leadingZero = b[from] == '0' && i - from > 1 && point != from + 1;
        if (digits > 0 && digits <= 18 && JsonBytes.isDelimiter(b[i]) && point != i - 1 && !leadingZero) {
            json.pos = i;
            row.setNumber(column, first == '-' ? -value : value, point < 0 ? 0 : i - point - 1);
            return;
        }
        if (!numericToken(column, first)) {
            return;
        }
        switch (decimals.parse(json.slice, json.from, json.from + json.length)) {
            case COMPACT -> row.setNumber(column, decimals.unscaled, decimals.scale);
            case BIG -> row.setDecimal(column, decimals.big);
            case TOO_LARGE -> {
                row.setNull(column, ValueChange.TOO_LARGE);
                return;
            }
            case NOT_A_NUMBER -> {
                row.setNull(column, ValueChange.NOT_OF_TYPE);
                return;
            }
        }
        if (decimals.rounded) {
            row.addChange(column, ValueChange.ROUNDED);
        }
    }

    /// Leaves the bytes of a number, or of a text that may be one, in the slice; else notes the change.
    private boolean numericToken(int column, byte first) {
        if (first == '"') {
            json.text();
            return true;
        }
        if (first == '-' || first >= '0' && first <= '9') {
            numberToken();
            return true;
        }
        notOfType(column);
        return false;
    }

    /// Takes a number. NaN and the infinities are none, and null by now: see [dev.sluice.protocol.json.MessageReader].
    private void numberToken() {
        int at = json.pos;
        json.skipToken();
        if (!JsonBytes.isNumber(json.b, at, json.pos)) {
            json.pos = at;
            throw json.malformed();
        }
    }

    /// Leaves a text in the slice; else notes the change.
    private boolean momentText(int column, byte first) {
        if (first == '"') {
            json.text();
            return true;
        }
        notOfType(column);
        return false;
    }

    private void moment(int column, Moments.Verdict verdict) {
        switch (verdict) {
            case FITS -> row.setNumber(column, moments.value, moments.offset);
            case NOT_OF_TYPE -> row.setNull(column, ValueChange.NOT_OF_TYPE);
            case TOO_LARGE -> row.setNull(column, ValueChange.TOO_LARGE);
        }
    }

    private void jsonOf(int column, boolean isOfType) {
        if (!isOfType) {
            notOfType(column);
            return;
        }
        json.json();
        ValueChange change = json.change;
        if (change == ValueChange.TOO_LARGE || change != null && isScalar(json)) {
            row.setNull(column, ValueChange.TOO_LARGE);
            return;
        }
        row.setBytes(column, json.slice, json.from, json.length);
        if (change != null) {
            row.addChange(column, change);
        }
    }

    /// A number alone that no database can hold; there is no rest of the value to keep.
    private static boolean isScalar(JsonBytes in) {
        return in.slice[in.from] != '{' && in.slice[in.from] != '[';
    }

    private void notOfType(int column) {
        json.json();
        row.setNull(column, ValueChange.NOT_OF_TYPE);
    }

    /// Finds the changes the record arrived with; they are kept as they are.
    private void meta() {
        JsonBytes in = json;
        in.expect('{');
        in.skipBlanks();
        if (in.b[in.pos] == '}') {
            return;
        }
        while (true) {
            if (in.b[in.pos] != '"') {
                throw in.malformed();
            }
            in.key();
            boolean isChanges = Arrays.equals(in.slice, in.from, in.from + in.length, CHANGES, 0, CHANGES.length);
            in.skipBlanks();
            in.expect(':');
            in.skipBlanks();
            boolean isArray = in.b[in.pos] == '[';
            in.json();
            if (isChanges && isArray && in.change != ValueChange.TOO_LARGE) {
                String elements = new String(in.slice, in.from + 1, in.length - 2, UTF_8).strip();
                row.setSourceChanges(elements.isEmpty() ? null : elements.getBytes(UTF_8));
            }
            in.skipBlanks();
            if (in.b[in.pos] != ',') {
                in.expect('}');
                return;
            }
            in.pos++;
            in.skipBlanks();
        }
    }
}
