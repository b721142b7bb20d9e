package dev.sluice.runner.launch.docker;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import dev.sluice.runner.launch.PipeRoom;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Streams through named pipes in a directory that runner and container share.
///
/// Opening a named pipe waits for the other side, and the other side may never come. So each is held open by a
/// keeper, opened for reading and writing, which never waits. The keepers are closed once the container has
/// connected, or has ended without: then a reader sees the end when the connector closes its output, and a write
/// fails when it closes its input.
final class NamedPipes implements ContainerStreams {
    /// Connects the connector to the pipes, tells us by an empty line that it has, and becomes the connector.
    /// Takes the mount point and the file to read from.
    private static final String SHELL_PROLOGUE = "exec <%2$s >%1$s/stdout 2>%1$s/stderr; echo >&2; exec \"$@\"";

    private final Path directory;
    private final Path seen;
    private final boolean readsInput;
    private final RandomAccessFile stdoutKeeper;
    private final RandomAccessFile stderrKeeper;
    private final Optional<RandomAccessFile> stdinKeeper;
    private final InputStream stdout;
    private final InputStream stderr;
    private final OutputStream stdin;
    private final CountDownLatch connected = new CountDownLatch(1);
    private volatile boolean open;

    /// @param seen where the engine finds that directory
    private NamedPipes(Path directory, Path seen, boolean readsInput) throws IOException {
        this.directory = directory;
        this.seen = seen;
        this.readsInput = readsInput;
        stdoutKeeper = new RandomAccessFile(directory.resolve("stdout").toFile(), "rw");
        stderrKeeper = new RandomAccessFile(directory.resolve("stderr").toFile(), "rw");
        stdout = new FileInputStream(directory.resolve("stdout").toFile());
        stderr = new ConnectionNotice(
                new FileInputStream(directory.resolve("stderr").toFile()));
        if (readsInput) {
            Path input = directory.resolve("stdin");
            stdinKeeper = Optional.of(new RandomAccessFile(input.toFile(), "rw"));
            stdin = new Input(FileChannel.open(input, StandardOpenOption.WRITE), connected);
        } else {
            stdinKeeper = Optional.empty();
            stdin = OutputStream.nullOutputStream();
        }
    }

    static NamedPipes make(Path directory, Path seen, boolean readsInput) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("mkfifo"));
        List<Path> outputs = List.of(directory.resolve("stdout"), directory.resolve("stderr"));
        outputs.forEach(pipe -> command.add(pipe.toString()));
        Path input = directory.resolve("stdin");
        if (readsInput) {
            command.add(input.toString());
        }
        Process mkfifo = new ProcessBuilder(command).redirectErrorStream(true).start();
        if (mkfifo.waitFor() != 0) {
            throw new IOException(
                    "mkfifo: " + new String(mkfifo.getInputStream().readAllBytes()).strip());
        }
        // The container's user is not this one. The directory above is closed to everybody else.
        for (Path pipe : outputs) {
            Files.setPosixFilePermissions(pipe, PosixFilePermissions.fromString("rw--w--w-"));
        }
        if (readsInput) {
            Files.setPosixFilePermissions(input, PosixFilePermissions.fromString("rw-r--r--"));
        }
        return new NamedPipes(directory, seen, readsInput);
    }

    @Override
    public void configure(CreateContainerCmd create, HostConfig host) {
        List<Mount> mounts = new ArrayList<>(host.getMounts() == null ? List.of() : host.getMounts());
        mounts.add(new Mount()
                .withType(MountType.BIND)
                .withSource(seen.toString())
                .withTarget(DockerLauncher.MOUNT)
                // Holds for files; named pipes in it can be written all the same.
                .withReadOnly(true));
        host.withMounts(mounts);
        List<String> entrypoint = new ArrayList<>(List.of(
                "/bin/sh",
                "-c",
                SHELL_PROLOGUE.formatted(
                        DockerLauncher.MOUNT, readsInput ? DockerLauncher.MOUNT + "/stdin" : "/dev/null"),
                "sh"));
        entrypoint.addAll(List.of(create.getEntrypoint()));
        create.withEntrypoint(entrypoint);
    }

    @Override
    public void connect(String container) {
        // Its shell does that.
    }

    @Override
    public boolean awaitOpen(Duration limit) throws InterruptedException, TimeoutException {
        if (!connected.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new TimeoutException();
        }
        return open;
    }

    @Override
    public void widenOutput() {
        PipeRoom.widen(directory.resolve("stdout"));
    }

    @Override
    public void widenInput() {
        PipeRoom.widen(directory.resolve("stdin"));
    }

    @Override
    public void stopping() {
        // Nothing holds it back but full pipes, which a signal does not wait for.
    }

    @Override
    public InputStream stdout() {
        return stdout;
    }

    @Override
    public InputStream stderr() {
        return stderr;
    }

    @Override
    public OutputStream stdin() {
        return stdin;
    }

    /// All pipes are open on the other side.
    private void connected() {
        connected.countDown();
        closeKeepers();
    }

    private void closeKeepers() {
        try {
            stdoutKeeper.close();
            stderrKeeper.close();
            if (stdinKeeper.isPresent()) {
                stdinKeeper.get().close();
            }
        } catch (IOException e) {
            // Only the kernel's end of a pipe, which nothing was written to.
        }
    }

    @Override
    public void containerEnded() {
        // Whether it has connected before is said by what is in its standard error, which ends now.
        closeKeepers();
        try {
            if (stdin instanceof Input input) {
                input.abandon();
            }
        } catch (IOException e) {
            // A pipe whose other end is gone; nothing of it is left.
        }
    }

    @Override
    public void close() {
        containerEnded();
        try {
            stdout.close();
            stderr.close();
        } catch (IOException e) {
            // As above.
        }
        connected.countDown(); // For whoever still waits to close the input.
    }

    /// The container's standard input. Closing it means its end, but a pipe that nobody has opened yet would
    /// lose what is in it: so closing waits until the container has connected, or ended.
    private static final class Input extends OutputStream {
        private final FileChannel channel;
        private final CountDownLatch connected;

        Input(FileChannel channel, CountDownLatch connected) {
            this.channel = channel;
            this.connected = connected;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
            while (buffer.hasRemaining()) {
                // Closing the channel on another thread ends a write that waits for room; a plain file's does not.
                channel.write(buffer);
            }
        }

        @Override
        public void close() throws IOException {
            try {
                connected.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            channel.close();
        }

        void abandon() throws IOException {
            channel.close();
        }
    }

    /// Standard error, whose first byte is the shell's: it says that all pipes are open on the other side.
    private final class ConnectionNotice extends InputStream {
        private final InputStream in;

        ConnectionNotice(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            noticed(b);
            return b;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = in.read(target, offset, length);
            noticed(read);
            return read;
        }

        /// At the end, or at -1 without a first byte, the container has ended.
        private void noticed(int read) {
            if (connected.getCount() > 0) {
                open = read >= 0;
                connected();
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
