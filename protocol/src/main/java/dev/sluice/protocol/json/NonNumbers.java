package dev.sluice.protocol.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Python's json module prints NaN, Infinity and -Infinity for such floats; JSON has no such numbers, and most
/// readers refuse the whole line. They become null, and `meta.changes` of the record says which.
final class NonNumbers {
    private static final String REASON = "PLATFORM_SERIALIZATION_ERROR";
    private static final List<byte[]> WORDS = List.of("NaN".getBytes(), "Infinity".getBytes(), "-Infinity".getBytes());

    private NonNumbers() {}

    /// The line with null in their places, a line feed and room behind it; null when there are none.
    ///
    /// @param places where they were in the new line
    static byte[] replace(byte[] line, int from, int to, List<Integer> places) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(to - from + 16);
        boolean inText = false;
        for (int i = from; i < to; i++) {
            byte b = line[i];
            if (inText && b == '\\' && i + 1 < to) {
                out.write(b);
                b = line[++i];
            } else if (b == '"') {
                inText = !inText;
            } else if (!inText && (b == 'N' || b == 'I' || b == '-')) {
                byte[] word = wordAt(line, i, to);
                if (word != null) {
                    places.add(out.size());
                    out.writeBytes(NULL);
                    i += word.length - 1;
                    continue;
                }
            }
            out.write(b);
        }
        return places.isEmpty() ? null : MessageReader.terminated(out.toByteArray());
    }

    private static final byte[] NULL = "null".getBytes();

    private static byte[] wordAt(byte[] line, int at, int to) {
        for (byte[] word : WORDS) {
            if (at + word.length <= to && Arrays.equals(line, at, at + word.length, word, 0, word.length)) {
                return word;
            }
        }
        return null;
    }

    /// The columns of the record that the places are in.
    static List<String> columns(RecordLine record, List<Integer> places) {
        List<String> columns = new ArrayList<>();
        JsonMembers members = new JsonMembers();
        members.open(record.bytes, record.dataStart);
        while (members.next()) {
            int start = members.nameStart();
            int end = members.valueEnd();
            if (places.stream().anyMatch(place -> place > start && place < end)) {
                columns.add(members.name());
            }
        }
        return columns;
    }

    /// The line of the record with these changes added to its `meta`.
    static byte[] note(RecordLine record, List<String> columns) throws IOException {
        boolean hasMeta = record.metaEnd > record.metaStart;
        ObjectNode meta = hasMeta
                ? (ObjectNode) Json.mapper().readTree(record.bytes, record.metaStart, record.metaEnd - record.metaStart)
                : Json.mapper().createObjectNode();
        ArrayNode changes = meta.get("changes") instanceof ArrayNode given ? given : meta.putArray("changes");
        for (String column : columns) {
            changes.addObject().put("field", column).put("change", "NULLED").put("reason", REASON);
        }
        int from = hasMeta ? record.metaStart : record.recordEnd;
        int to = hasMeta ? record.metaEnd : record.recordEnd;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(record.bytes, record.start, from - record.start);
        if (!hasMeta) {
            out.writeBytes(",\"meta\":".getBytes());
        }
        out.writeBytes(Json.mapper().writeValueAsBytes(meta));
        out.write(record.bytes, to, record.end - to);
        return MessageReader.terminated(out.toByteArray());
    }
}
