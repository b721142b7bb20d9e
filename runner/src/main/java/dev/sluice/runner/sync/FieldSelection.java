package dev.sluice.runner.sync;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.json.Json;
import dev.sluice.protocol.json.JsonMembers;
import dev.sluice.protocol.json.RecordLine;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashSet;
import java.util.Set;

/// Cuts the columns that were left out from a record, as bytes: what stays is not touched.
final class FieldSelection {
    private final Set<String> fields = new HashSet<>();
    private final byte[] nothing;
    private final JsonMembers members = new JsonMembers();

    FieldSelection(AirbyteStream stream) {
        stream.jsonSchema().path("properties").fieldNames().forEachRemaining(name -> {
            fields.add(name);
            // A schema cannot have a property called `$id` and mean it; the record's key has no dollar.
            if (name.equals("$id") || name.equals("$comment") || name.equals("$schema")) {
                fields.add(name.substring(1));
            }
        });
        String name = stream.jsonSchema().path("properties").fieldNames().next();
        nothing = Json.mapper()
                .createObjectNode()
                .putNull(name)
                .toString()
                .replaceAll("^\\{|}$", "")
                .getBytes(UTF_8);
    }

    /// Writes the line without the other columns. Returns the length written, the line feed not counted.
    int write(RecordLine line, OutputStream out) throws IOException {
        byte[] bytes = line.bytes();
        int written = line.dataStart() + 1 - line.start();
        out.write(bytes, line.start(), written);
        boolean first = true;
        members.open(bytes, line.dataStart());
        while (members.next()) {
            if (fields.contains(members.name())) {
                if (!first) {
                    out.write(',');
                    written++;
                }
                first = false;
                int length = members.valueEnd() - members.nameStart();
                out.write(bytes, members.nameStart(), length);
                written += length;
            }
        }
        if (first) {
            // Data without a property is no row to many a destination, and this one is a row of nulls.
            out.write(nothing);
            written += nothing.length;
        }
        int rest = line.end() - line.dataEnd() + 1;
        out.write(bytes, line.dataEnd() - 1, rest);
        out.write('\n');
        return written + rest;
    }
}
