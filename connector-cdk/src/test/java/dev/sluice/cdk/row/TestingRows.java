package dev.sluice.cdk.row;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.cdk.ConnectorException;
import dev.sluice.protocol.json.ForeignLine;
import dev.sluice.protocol.json.ForeignLine.Loss;
import dev.sluice.protocol.json.Line;
import dev.sluice.protocol.json.MessageReader;
import dev.sluice.protocol.json.RecordLine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;

/// Records as a destination gets them, from the text of their `data`.
final class TestingRows {
    private TestingRows() {}

    static RecordLine record(String data) {
        return line("{\"type\":\"RECORD\",\"record\":{\"stream\":\"s\",\"emitted_at\":1,\"data\":" + data + "}}");
    }

    static RecordLine record(String data, String meta) {
        return line("{\"type\":\"RECORD\",\"record\":{\"stream\":\"s\",\"emitted_at\":1,\"data\":" + data + ",\"meta\":"
                + meta + "}}");
    }

    private static RecordLine line(String line) {
        try {
            return switch (new MessageReader(new ByteArrayInputStream((line + "\n").getBytes(UTF_8))).read()) {
                case RecordLine record -> record;
                case ForeignLine lost
                when lost.loss() == Loss.RECORD ->
                    throw ConnectorException.system("a record " + lost.reason(), null); // As DestinationLoop does.
                case Line other -> throw new AssertionError(other);
            };
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// A row of one column named `f` whose value is this JSON.
    static Row row(AirbyteType type, String value) {
        return new RowReader(List.of(new Column("f", type)), 7).read(record("{\"f\":" + value + "}"));
    }
}
