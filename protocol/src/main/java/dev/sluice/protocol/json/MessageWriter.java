package dev.sluice.protocol.json;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteMessage;
import dev.sluice.protocol.AirbyteRecordMessage;
import dev.sluice.protocol.StreamDescriptor;
import java.io.Flushable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;

/// Writes messages, one to a line. Safe to use from several threads: a line is written whole or not at all.
///
/// Records stay in a buffer until it is full; every other message takes what is buffered with it, because
/// somebody waits for it.
public final class MessageWriter implements Flushable, AutoCloseable {
    private static final int BUFFER = 64 << 10;

    private final OutputStream out;
    private final LineBuffer buffer = new LineBuffer();
    private JsonGenerator json;

    /// Writes the fields of a record's `data`, between the braces.
    @FunctionalInterface
    public interface Fields {
        void writeTo(JsonGenerator json) throws IOException;
    }

    public MessageWriter(OutputStream out) {
        this.out = out;
        this.json = generator();
    }

    public synchronized void write(AirbyteMessage message) throws IOException {
        if (message instanceof AirbyteRecordMessage record) {
            writeLine(() -> json.writeObject(Messages.toJson(record)));
        } else {
            writeLine(() -> json.writeObject(Messages.toJson(message)));
            flush();
        }
    }

    /// Writes a message that is already JSON, so that what this program does not know of it is kept.
    public synchronized void writeJson(ObjectNode message) throws IOException {
        writeLine(() -> json.writeTree(message));
        flush();
    }

    /// Writes a record field by field, the fast way for sources that produce many.
    ///
    /// @param emittedAt milliseconds since 1970
    public synchronized void writeRecord(StreamDescriptor stream, long emittedAt, Fields data) throws IOException {
        writeLine(() -> {
            json.writeStartObject();
            json.writeStringField("type", "RECORD");
            json.writeObjectFieldStart("record");
            json.writeStringField("stream", stream.name());
            if (stream.namespace().isPresent()) {
                json.writeStringField("namespace", stream.namespace().get());
            }
            json.writeNumberField("emitted_at", emittedAt);
            json.writeObjectFieldStart("data");
            data.writeTo(json);
            json.writeEndObject();
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    @Override
    public synchronized void flush() throws IOException {
        buffer.drainTo(out);
        out.flush();
    }

    @Override
    public synchronized void close() throws IOException {
        flush();
        out.close();
    }

    private interface Body {
        void write() throws IOException;
    }

    private void writeLine(Body body) throws IOException {
        int before = buffer.size();
        boolean whole = false;
        try {
            body.write();
            json.flush();
            buffer.write('\n');
            whole = true;
        } finally {
            if (!whole) {
                // Half a message must not reach the other side, and the generator is still inside it.
                buffer.truncate(before);
                json = generator();
            }
        }
        if (buffer.size() >= BUFFER) {
            buffer.drainTo(out);
        }
    }

    private JsonGenerator generator() {
        try {
            JsonGenerator generator = Json.mapper().getFactory().createGenerator(buffer, JsonEncoding.UTF8);
            generator.setCodec(Json.mapper());
            generator.setRootValueSeparator(null);
            generator.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
            return generator;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Bytes on their way out, that can be taken back while they are here.
    private static final class LineBuffer extends OutputStream {
        private byte[] bytes = new byte[BUFFER + (BUFFER >> 1)];
        private int size;

        int size() {
            return size;
        }

        void truncate(int to) {
            size = to;
        }

        void drainTo(OutputStream out) throws IOException {
            out.write(bytes, 0, size);
            size = 0;
            if (bytes.length > 16 * BUFFER) {
                bytes = new byte[BUFFER + (BUFFER >> 1)]; // One huge record must not keep its memory.
            }
        }

        @Override
        public void write(int b) {
            room(1);
            bytes[size++] = (byte) b;
        }

        @Override
        public void write(byte[] source, int offset, int length) {
            room(length);
            System.arraycopy(source, offset, bytes, size, length);
            size += length;
        }

        private void room(int length) {
            if (size + length > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, length), bytes.length * 2));
            }
        }
    }
}
