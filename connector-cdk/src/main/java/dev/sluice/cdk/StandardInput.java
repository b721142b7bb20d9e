package dev.sluice.cdk;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/// Standard input whose reads end when the thread is interrupted; the JDK's own goes on waiting.
final class StandardInput extends InputStream {
    private final FileInputStream file = new FileInputStream(FileDescriptor.in);

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        return file.getChannel().read(ByteBuffer.wrap(target, offset, length));
    }

    @Override
    public int available() throws IOException {
        return file.available();
    }
}
