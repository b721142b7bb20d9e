package dev.sluice.protocol.json;

import dev.sluice.protocol.StreamDescriptor;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/// A RECORD, recognised but not parsed: where its parts lie in the line it came in.
///
/// The reader that returned it overwrites it with the next line; whoever needs it longer copies it.
public final class RecordLine implements Line {
    /// What [#emittedAt()] says when the record does not.
    public static final long NO_TIME = Long.MIN_VALUE;

    byte[] bytes;
    int start;
    int end;
    StreamDescriptor stream;
    RecordShape shape;
    int dataStart;
    int dataEnd;
    int metaStart;
    int metaEnd;
    int recordEnd;
    int emittedAtStart;
    int emittedAtEnd;
    int trailing;
    boolean repaired;
    List<String> nulled = List.of();

    RecordLine() {}

    public StreamDescriptor stream() {
        return stream;
    }

    /// The same object (`==`) for records whose data has the same properties in the same order; null when this
    /// is not known. Says nothing about values.
    public Object shape() {
        return shape;
    }

    /// The array the offsets of this line refer to.
    public byte[] bytes() {
        return bytes;
    }

    /// Offset of the first byte of the line.
    public int start() {
        return start;
    }

    /// Offset behind the last byte of the line, the line feed not counted.
    public int end() {
        return end;
    }

    /// Length of the line in bytes, the line feed not counted.
    public int length() {
        return end - start;
    }

    /// Offset of the opening brace of `data`.
    public int dataStart() {
        return dataStart;
    }

    /// Offset behind the closing brace of `data`.
    public int dataEnd() {
        return dataEnd;
    }

    /// Offset of `meta`; equal to [#metaEnd()] when there is none.
    public int metaStart() {
        return metaStart;
    }

    public int metaEnd() {
        return metaEnd;
    }

    /// Offset of the closing brace of `record`, where a property may be added; of two of one name the last counts.
    public int recordEnd() {
        return recordEnd;
    }

    /// Whether the record says when the source read the row.
    public boolean hasEmittedAt() {
        return emittedAtStart < emittedAtEnd && bytes[emittedAtStart] <= '9' && bytes[emittedAtStart] != '"';
    }

    /// When the source read the row, in milliseconds since 1970; [#NO_TIME] when it does not say.
    public long emittedAt() {
        int i = emittedAtStart;
        boolean negative = i < emittedAtEnd && bytes[i] == '-';
        if (negative) {
            i++;
        }
        if (i >= emittedAtEnd || emittedAtEnd - i > 18) {
            return NO_TIME;
        }
        long value = 0;
        for (; i < emittedAtEnd && bytes[i] != '.'; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                return NO_TIME;
            }
            value = value * 10 + digit;
        }
        return negative ? -value : value;
    }

    /// Bytes behind the message on the same line, which are dropped: a line is one message.
    public int trailing() {
        return trailing;
    }

    /// Whether bytes that are no UTF-8 were replaced by U+FFFD.
    public boolean repaired() {
        return repaired;
    }

    /// The columns whose `NaN` or `Infinity`, which JSON does not have, became null; `meta.changes` says so too.
    public List<String> nulled() {
        return nulled;
    }

    /// Writes the line as it came, and a line feed.
    public void writeTo(OutputStream out) throws IOException {
        out.write(bytes, start, end - start);
        out.write('\n');
    }

    @Override
    public String toString() {
        return "RecordLine[" + stream + ", " + length() + " bytes]";
    }
}
