package dev.sluice.runner.launch.docker;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongPredicate;

/// Bytes on their way from one thread to another; docker-java calls back where a pipe would be read.
final class ByteQueue {
    private static final int BLOCK = 1 << 16;

    private final Deque<byte[]> blocks = new ArrayDeque<>();
    /// How much of the first block has been taken, and how much of the last one is filled.
    private int taken;
    private int filled = BLOCK;
    private long size;
    private boolean ended;
    private IOException failure;

    /// Adds bytes, without waiting; once it has ended they are dropped. They are copied: docker-java fills one array
    /// again and again.
    synchronized void add(byte[] bytes, int offset, int length) {
        if (ended) {
            return;
        }
        for (int done = 0; done < length; ) {
            if (filled == BLOCK) {
                blocks.addLast(new byte[BLOCK]);
                filled = 0;
            }
            int n = Math.min(BLOCK - filled, length - done);
            System.arraycopy(bytes, offset + done, blocks.getLast(), filled, n);
            filled += n;
            done += n;
        }
        size += length;
        notifyAll();
    }

    /// After what is in it, nothing more.
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /// After what is in it, a failure instead of the end.
    synchronized void fail(IOException e) {
        failure = e;
        end();
    }

    /// Throws away what is in it.
    synchronized void abandon() {
        blocks.clear();
        size = 0;
        end();
    }

    /// Waits for an amount of bytes. False when the queue ended first.
    synchronized boolean await(LongPredicate amount) throws InterruptedException {
        while (!amount.test(size) && !ended) {
            wait();
        }
        return !ended;
    }

    synchronized boolean is(LongPredicate amount) {
        return amount.test(size);
    }

    /// Whoever waits for an amount asks again.
    synchronized void wake() {
        notifyAll();
    }

    private synchronized int take(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        try {
            while (size == 0 && !ended) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        if (size == 0) {
            if (failure != null) {
                throw failure;
            }
            return -1;
        }
        int total = 0;
        while (total < length && size > 0) {
            int n = (int) Math.min(size, Math.min(BLOCK - taken, length - total));
            System.arraycopy(blocks.getFirst(), taken, target, offset + total, n);
            total += n;
            taken += n;
            size -= n;
            if (taken == BLOCK) {
                blocks.removeFirst();
                taken = 0;
            }
        }
        notifyAll();
        return total;
    }

    private synchronized int available() {
        return (int) Math.min(size, Integer.MAX_VALUE);
    }

    /// The side it is taken from.
    ///
    /// @param atEnd runs once a reader has been told of the end: then it has dealt with everything before
    InputStream reader(Runnable atEnd) {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int read = take(target, offset, length);
                if (read < 0) {
                    atEnd.run();
                }
                return read;
            }

            @Override
            public int available() {
                return ByteQueue.this.available();
            }

            @Override
            public void close() {
                abandon();
            }
        };
    }
}
