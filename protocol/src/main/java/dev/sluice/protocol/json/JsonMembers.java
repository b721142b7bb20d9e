package dev.sluice.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;

/// Steps through the members of a JSON object, as places in its bytes. Reusable; for one thread.
public final class JsonMembers extends JsonWalk {
    private int nameStart;
    private int nameEnd;
    private int valueEnd;

    /// Begins with the object whose opening brace is at `offset`, in a line that a [MessageReader] returned.
    public void open(byte[] bytes, int offset) {
        buf = bytes;
        pos = offset + 1;
    }

    /// Goes to the next member; false when there is none.
    public boolean next() {
        skipBlanks();
        if (buf[pos] == ',') {
            pos++;
            skipBlanks();
        }
        nameStart = pos;
        if (!skipString()) {
            return false;
        }
        nameEnd = pos;
        if (!skipColon() || !skipValue()) {
            return false;
        }
        valueEnd = pos;
        return true;
    }

    /// Offset of the opening quote of the name.
    public int nameStart() {
        return nameStart;
    }

    /// Offset behind the value.
    public int valueEnd() {
        return valueEnd;
    }

    public String name() {
        String text = new String(buf, nameStart + 1, nameEnd - nameStart - 2, UTF_8);
        if (text.indexOf('\\') < 0) {
            return text;
        }
        try {
            return Json.mapper().readValue(buf, nameStart, nameEnd - nameStart, String.class);
        } catch (IOException e) {
            return text;
        }
    }
}
