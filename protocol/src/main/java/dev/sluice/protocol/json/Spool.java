package dev.sluice.protocol.json;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/// A line too long for memory, in a file without a name: whatever becomes of this process, nothing of it is left.
final class Spool implements AutoCloseable {
    private static final int BLOCK = 64 << 10;

    private FileChannel file;
    private long length;

    void append(byte[] bytes, int from, int to) throws IOException {
        try {
            if (file == null) {
                Path path = Files.createTempFile("sluice-line-", "");
                file = FileChannel.open(path, READ, WRITE);
                Files.delete(path);
            }
            ByteBuffer rest = ByteBuffer.wrap(bytes, from, to - from);
            while (rest.hasRemaining()) {
                length += file.write(rest, length);
            }
        } catch (IOException e) {
            throw new IOException(
                    "a line of more than %,d bytes could not be put into the directory for temporary files: %s"
                            .formatted(length, e.getMessage()),
                    e);
        }
    }

    long length() {
        return length;
    }

    void clear() throws IOException {
        if (length > 0) {
            file.truncate(0);
            length = 0;
        }
    }

    void copyTo(OutputStream out, long from, long to) throws IOException {
        byte[] block = new byte[BLOCK];
        for (long at = from; at < to; ) {
            int read = file.read(ByteBuffer.wrap(block, 0, (int) Math.min(BLOCK, to - at)), at);
            out.write(block, 0, read);
            at += read;
        }
    }

    /// The first bytes, at most so many.
    byte[] head(int most) throws IOException {
        byte[] head = new byte[(int) Math.min(most, length)];
        file.read(ByteBuffer.wrap(head), 0);
        return head;
    }

    /// Where the value ends that stands before `next`, with a comma or nothing but blanks between them.
    long valueEnd(long next) throws IOException {
        byte[] one = new byte[1];
        long end = next;
        while (true) {
            file.read(ByteBuffer.wrap(one), end - 1);
            if (one[0] != ',' && !JsonWalk.isBlank(one[0])) {
                return end;
            }
            end--;
        }
    }

    /// From the beginning; closing it is not needed.
    InputStream open() {
        return new InputStream() {
            private long at;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int read = file.read(ByteBuffer.wrap(target, offset, length), at);
                at += Math.max(0, read);
                return read;
            }
        };
    }

    @Override
    public void close() {
        try {
            if (file != null) {
                file.close();
                file = null;
                length = 0;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
