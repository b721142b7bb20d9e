package dev.sluice.protocol.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteMessage;

/// A message other than a record.
///
/// @param json the same message as it came, with the properties the records do not know; what is forwarded is
///     made from it, so that both ends may be newer than this program
public record MessageLine(AirbyteMessage message, ObjectNode json) implements Line {
    /// A control message holds secrets: never the JSON.
    @Override
    public String toString() {
        return "MessageLine[" + message + "]";
    }
}
