package dev.sluice.runner.sync;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A pipe within this program: bytes go from one thread to another in the blocks they were written in, and whoever
/// writes into a full one waits. Both ends hear an interrupt, which those of the JDK's process streams do not.
final class Pipe {
    /// More than one block of the writer, so that both ends work at the same time.
    private static final int CAPACITY = 1 << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<byte[]> blocks = new ArrayDeque<>();
    private long waiting;
    private boolean ended;
    private boolean abandoned;

    /// Closing it is the end of what can be read.
    OutputStream in() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                put(Arrays.copyOfRange(bytes, offset, offset + length));
            }

            @Override
            public void close() {
                end();
            }
        };
    }

    /// Closing it lets every write fail, as with a pipe of the system.
    InputStream out() {
        return new InputStream() {
            private byte[] block = new byte[0];
            private int at;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                if (at == block.length) {
                    byte[] next = take();
                    if (next == null) {
                        return -1;
                    }
                    block = next;
                    at = 0;
                }
                int read = Math.min(length, block.length - at);
                System.arraycopy(block, at, bytes, offset, read);
                at += read;
                return read;
            }

            @Override
            public int available() {
                lock.lock();
                try {
                    return block.length - at + (int) Math.min(waiting, CAPACITY);
                } finally {
                    lock.unlock();
                }
            }

            @Override
            public void close() {
                abandon();
            }
        };
    }

    private void put(byte[] block) throws IOException {
        if (block.length == 0) {
            return;
        }
        lockInterruptibly();
        try {
            while (waiting >= CAPACITY && !abandoned && !ended) {
                await();
            }
            if (abandoned || ended) {
                throw new IOException("nobody reads any more");
            }
            blocks.add(block);
            waiting += block.length;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Null at the end.
    private byte[] take() throws IOException {
        lockInterruptibly();
        try {
            while (blocks.isEmpty() && !ended && !abandoned) {
                await();
            }
            byte[] block = abandoned ? null : blocks.poll();
            if (block != null) {
                waiting -= block.length;
                changed.signalAll();
            }
            return block;
        } finally {
            lock.unlock();
        }
    }

    private void lockInterruptibly() throws InterruptedIOException {
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private void await() throws InterruptedIOException {
        try {
            changed.await();
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while it waited for the other end");
    }

    private void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void abandon() {
        lock.lock();
        try {
            abandoned = true;
            blocks.clear();
            waiting = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
