package dev.sluice.protocol.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.protocol.StreamDescriptor;
import java.io.IOException;
import java.io.OutputStream;

/// A RECORD that is too long for memory: what is known of it, and its bytes in a file. Only a [MessageReader] that
/// spools returns one. Valid until the next line is read.
public final class LongRecordLine implements Line {
    private final Spool spool;
    private final StreamDescriptor stream;
    private final long dataStart;
    private final long dataEnd;
    private final long recordEnd;
    private final boolean hasEmittedAt;

    LongRecordLine(
            Spool spool, StreamDescriptor stream, long dataStart, long dataEnd, long recordEnd, boolean hasEmittedAt) {
        this.spool = spool;
        this.stream = stream;
        this.dataStart = dataStart;
        this.dataEnd = dataEnd;
        this.recordEnd = recordEnd;
        this.hasEmittedAt = hasEmittedAt;
    }

    /// What to do with one property of `data`: its name begins at `start`, its value ends at `end`.
    @FunctionalInterface
    public interface Member {
        void at(String name, long start, long end) throws IOException;
    }

    public StreamDescriptor stream() {
        return stream;
    }

    /// Length of the line in bytes, the line feed not counted.
    public long length() {
        return spool.length();
    }

    /// Offset of the opening brace of `data`.
    public long dataStart() {
        return dataStart;
    }

    /// Offset behind the closing brace of `data`.
    public long dataEnd() {
        return dataEnd;
    }

    /// Offset of the closing brace of `record`, where a property may be added.
    public long recordEnd() {
        return recordEnd;
    }

    /// Whether the record says when the source read the row.
    public boolean hasEmittedAt() {
        return hasEmittedAt;
    }

    /// Copies bytes of the line.
    public void copyTo(OutputStream out, long from, long to) throws IOException {
        spool.copyTo(out, from, to);
    }

    /// Goes through the properties of `data`, in order.
    public void forEachMember(Member member) throws IOException {
        try (JsonParser json = LongLines.parser(spool)) {
            while (json.currentTokenLocation().getByteOffset() != dataStart || json.currentToken() == null) {
                json.nextToken();
            }
            json.nextToken();
            while (json.currentToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                long start = json.currentTokenLocation().getByteOffset();
                json.nextToken();
                json.skipChildren();
                // Asking where a text ends would load it; what follows it is only a comma and blanks.
                json.nextToken();
                member.at(
                        name, start, spool.valueEnd(json.currentTokenLocation().getByteOffset()));
            }
        }
    }

    @Override
    public String toString() {
        return "LongRecordLine[" + stream + ", " + length() + " bytes]";
    }
}
