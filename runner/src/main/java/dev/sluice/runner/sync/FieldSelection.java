package dev.sluice.runner.sync;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.json.Json;
import dev.sluice.protocol.json.JsonMembers;
import dev.sluice.protocol.json.LongRecordLine;
import dev.sluice.protocol.json.RecordLine;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/// Keeps the columns that the configured schema declares, and cuts the others from a record, as bytes: what stays
/// is not touched. The schema the destination was told is the whole truth, whether the user left columns out or
/// the source sends more than it said.
final class FieldSelection {
    private static final int NAMED = 10;

    private final Set<String> fields = new HashSet<>();

    /// What the user does not want, so that its absence is no news.
    private final Set<String> leftOut;

    private final byte[] nothing;
    private final JsonMembers members = new JsonMembers();
    private final Set<String> undeclared = new LinkedHashSet<>();
    private long undeclaredRecords;

    private FieldSelection(JsonNode properties, Set<String> leftOut) {
        this.leftOut = leftOut;
        properties.fieldNames().forEachRemaining(name -> {
            fields.add(name);
            // A schema cannot have a property called `$id` and mean it; the record's key has no dollar.
            if (name.equals("$id") || name.equals("$comment") || name.equals("$schema")) {
                fields.add(name.substring(1));
            }
        });
        nothing = Json.mapper()
                .createObjectNode()
                .putNull(properties.fieldNames().next())
                .toString()
                .getBytes(UTF_8);
    }

    /// Empty when the schema declares no columns: then it says nothing about them.
    ///
    /// @param stream with the schema as it was configured
    static Optional<FieldSelection> of(AirbyteStream stream, Set<String> leftOut) {
        JsonNode properties = stream.jsonSchema().path("properties");
        return properties.isObject() && !properties.isEmpty()
                ? Optional.of(new FieldSelection(properties, leftOut))
                : Optional.empty();
    }

    boolean keeps(String name) {
        return fields.contains(name);
    }

    /// Writes the data of a record without the other columns. Returns the length written.
    int write(RecordLine line, OutputStream out) throws IOException {
        boolean more = false;
        int written = 0;
        boolean first = true;
        members.open(line.bytes(), line.dataStart());
        while (members.next()) {
            String name = members.name();
            if (fields.contains(name)) {
                out.write(first ? '{' : ',');
                first = false;
                int length = members.valueEnd() - members.nameStart();
                out.write(line.bytes(), members.nameStart(), length);
                written += 1 + length;
            } else {
                more |= isUndeclared(name);
            }
        }
        undeclaredRecords += more ? 1 : 0;
        return written + end(first, out);
    }

    /// The same for a record that is not in memory.
    long write(LongRecordLine line, OutputStream out) throws IOException {
        long[] written = {0};
        boolean[] more = {false};
        line.forEachMember((name, start, end) -> {
            if (fields.contains(name)) {
                out.write(written[0] == 0 ? '{' : ',');
                line.copyTo(out, start, end);
                written[0] += 1 + end - start;
            } else {
                more[0] |= isUndeclared(name);
            }
        });
        undeclaredRecords += more[0] ? 1 : 0;
        return written[0] + end(written[0] == 0, out);
    }

    private int end(boolean isEmpty, OutputStream out) throws IOException {
        if (isEmpty) {
            // Data without a property is no row to many a destination, and this one is a row of nulls.
            out.write(nothing);
            return nothing.length;
        }
        out.write('}');
        return 1;
    }

    private boolean isUndeclared(String name) {
        if (leftOut.contains(name)) {
            return false;
        }
        if (undeclared.size() <= NAMED) {
            undeclared.add(name);
        }
        return true;
    }

    /// What the source sent beyond its own schema, as a sentence; empty when nothing.
    Optional<String> undeclared() {
        if (undeclaredRecords == 0) {
            return Optional.empty();
        }
        String names = String.join(", ", undeclared.stream().limit(NAMED).toList());
        return Optional.of("%,d records held columns that the schema does not declare, which were removed: %s%s"
                .formatted(undeclaredRecords, names, undeclared.size() > NAMED ? " and more" : ""));
    }
}
