package dev.sluice.runner.launch.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.AttachContainerCmd;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.VolumeOptions;
import dev.sluice.runner.launch.ConnectorInputs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/// Streams through the engine, for images without a shell and engines that do not see the runner's files. One
/// connection for each, so that none waits for another.
///
/// Two things about the engine shape this. It hears of the end of the input only when the connection ends, which
/// docker-java does not do by itself: so the input has one of its own, closed when all is written. And two seconds
/// after a container has ended it throws away what nobody has taken yet: so standard output is always taken, and a
/// container that is faster than its reader is paused, which it cannot end from.
final class AttachedStreams implements ContainerStreams {
    /// At this much the container is paused. What the engine still holds then, some 1.5 MB, comes on top.
    private static final long FULL = 8 << 20;

    private static final long ROOM = 4 << 20;
    private static final long INPUT_AHEAD = 1 << 20;

    /// The engine waits this long for somebody to take the last bytes, and a bit.
    private static final Duration LAST_BYTES = Duration.ofSeconds(3);

    private final DockerEngine engine;
    private final ConnectorInputs inputs;
    private final boolean readsInput;
    private final String volume = "sluice-" + UUID.randomUUID();
    private final ByteQueue output = new ByteQueue();
    private final ByteQueue errors = new ByteQueue();
    private final ByteQueue input = new ByteQueue();
    private final Receiver outputReceiver = new Receiver(output);
    private final Receiver errorReceiver = new Receiver(errors);
    private final Receiver inputSender = new Receiver(new ByteQueue());
    private final InputStream stdout = output.reader(() -> {});
    private final InputStream stderr = errors.reader(() -> {});
    private final OutputStream stdin = new Input();
    private volatile String container = "";
    private boolean paused;
    private volatile boolean stopping;
    private volatile boolean hasEnded;
    private volatile boolean outlived;
    private volatile boolean holdsBack;
    private volatile boolean isHeldBack;
    private volatile long heldBackUntil = System.nanoTime() - LAST_BYTES.toNanos();

    AttachedStreams(DockerEngine engine, ConnectorInputs inputs, boolean readsInput) {
        this.engine = engine;
        this.inputs = inputs;
        this.readsInput = readsInput;
    }

    @Override
    public void configure(CreateContainerCmd create, HostConfig host) {
        // Files can be put into a volume also where the root file system is read-only. This one has a name and
        // labels, because it holds secrets and must go too when somebody else has removed the container.
        Mount files = new Mount()
                .withType(MountType.VOLUME)
                .withSource(volume)
                .withTarget(DockerLauncher.MOUNT)
                .withVolumeOptions(new VolumeOptions().withLabels(create.getLabels()));
        host.withMounts(
                Stream.concat(host.getMounts() == null ? Stream.empty() : host.getMounts().stream(), Stream.of(files))
                        .toList());
        create.withAttachStdout(true)
                .withAttachStderr(true)
                .withAttachStdin(readsInput)
                .withStdinOpen(readsInput)
                .withStdInOnce(readsInput);
    }

    @Override
    public void connect(String created) throws IOException, InterruptedException {
        container = created;
        byte[] archive = archive(inputs.directory());
        engine.ask(client -> client.copyArchiveToContainerCmd(created)
                .withRemotePath(DockerLauncher.MOUNT)
                .withTarInputStream(new ByteArrayInputStream(archive))
                .exec());
        inputs.delete(); // Nobody needs them here any more.
        attach(attach().withStdOut(true), outputReceiver);
        attach(attach().withStdErr(true), errorReceiver);
        if (readsInput) {
            attach(attach().withStdIn(input.reader(this::inputSent)), inputSender);
        }
        Thread.ofPlatform().daemon().name("brake of " + created).start(this::brake);
    }

    /// Readable by every user: the container's is not root, and nobody else gets to see its files.
    private static byte[] archive(Path directory) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes);
                Stream<Path> files = Files.list(directory)) {
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            for (Path file : files.toList()) {
                TarArchiveEntry entry = new TarArchiveEntry(file.getFileName().toString());
                entry.setMode(0444);
                entry.setSize(Files.size(file));
                tar.putArchiveEntry(entry);
                Files.copy(file, tar);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    private AttachContainerCmd attach() {
        return engine.client().attachContainerCmd(container).withFollowStream(true);
    }

    private void attach(AttachContainerCmd command, Receiver receiver) throws InterruptedException {
        engine.ask(_ -> command.exec(receiver));
        if (!receiver.awaitStarted(engine.answer().toMillis(), TimeUnit.MILLISECONDS)) {
            throw engine.unreachable("Docker does not connect the runner to a container", null);
        }
    }

    @Override
    public boolean awaitOpen(Duration limit) {
        return true; // Before it was started.
    }

    /// Pauses the container while its reader is behind.
    private void brake() {
        try {
            while (output.await(size -> size > FULL) && pause()) {
                output.await(size -> size < ROOM);
                resume();
            }
        } catch (InterruptedException e) {
            throw new AssertionError("nobody has this thread to interrupt", e);
        }
    }

    /// False when it has ended, is to be stopped, or runs on because this engine cannot pause.
    private synchronized boolean pause() throws InterruptedException {
        if (!stopping) {
            paused = engine.tidy(
                    engine.answer(),
                    client -> client.pauseContainerCmd(container).exec());
            holdsBack = !paused && isRunning();
        }
        return paused;
    }

    private synchronized void resume() {
        if (paused) {
            engine.tidy(
                    engine.answer(),
                    client -> client.unpauseContainerCmd(container).exec());
            paused = false;
        }
    }

    @Override
    public void stopping() {
        stopping = true;
        output.wake();
        resume();
    }

    /// The engine ends the output only with its container: one that lives on has been cut off.
    private void notice() {
        try {
            outlived |= !stopping && !hasEnded && isRunning();
        } catch (InterruptedException e) {
            throw new AssertionError("nobody has this thread to interrupt", e);
        }
    }

    private boolean isRunning() throws InterruptedException {
        try {
            return Boolean.TRUE.equals(
                    engine.ask(client -> client.inspectContainerCmd(container).exec())
                            .getState()
                            .getRunning());
        } catch (RuntimeException e) {
            return false;
        }
    }

    /// Where a container cannot be paused, an engine without the freezer: the connection is not read on.
    private void holdBack() {
        try {
            isHeldBack = true;
            output.await(size -> size < FULL || stopping);
            heldBackUntil = System.nanoTime();
            isHeldBack = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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

    /// All has been written. Once docker-java's thread, which is this one, has ended, it has reached the engine;
    /// closing the connection then is what says that it was all.
    private void inputSent() {
        Thread sender = Thread.currentThread();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                sender.join();
            } catch (InterruptedException e) {
                throw new AssertionError("nobody has this thread to interrupt", e);
            }
            inputSender.end();
        });
    }

    @Override
    public void containerEnded() {
        hasEnded = true;
        input.abandon();
        inputSender.end();
        boolean mayBeCut = !stopping && (isHeldBack || System.nanoTime() - heldBackUntil < LAST_BYTES.toNanos());
        errorReceiver.awaitEnd();
        errors.end();
        boolean isCut = !outputReceiver.awaitEnd() || outlived;
        if (mayBeCut) {
            output.fail(new IOException("Docker may have thrown away the last of it, as it cannot pause containers"));
        } else if (isCut && !stopping) {
            output.fail(new IOException("the connection to Docker broke, and what came after that is lost"));
        } else {
            output.end();
        }
    }

    @Override
    public void close() {
        output.abandon();
        errors.abandon();
        input.abandon();
        outputReceiver.end();
        errorReceiver.end();
        inputSender.end();
        engine.removeVolume(volume);
    }

    /// What the engine sends of one stream.
    private final class Receiver extends ResultCallback.Adapter<Frame> {
        private final ByteQueue queue;
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile long lastHeard;
        private volatile boolean broken;

        Receiver(ByteQueue queue) {
            this.queue = queue;
        }

        @Override
        public void onNext(Frame frame) {
            queue.add(frame.getPayload(), 0, frame.getPayload().length);
            if (queue == output && holdsBack) {
                holdBack();
            }
            if (queue == output && stopping && output.is(size -> size >= FULL)) {
                output.end(); // The engine waits with the end of a container for whoever is attached to it.
            }
            lastHeard = System.nanoTime();
        }

        @Override
        public void onError(Throwable e) {
            broken = true;
            ended.countDown();
            super.onError(e);
        }

        @Override
        public void onComplete() {
            ended.countDown();
            super.onComplete();
            if (queue == output) {
                CompletableFuture.delayedExecutor(
                                LAST_BYTES.toSeconds(),
                                TimeUnit.SECONDS,
                                Thread.ofPlatform().daemon()::start)
                        .execute(AttachedStreams.this::notice);
            }
        }

        /// The rest comes within moments of the container's end, unless the engine is gone. Returns whether all came.
        boolean awaitEnd() {
            lastHeard = System.nanoTime();
            try {
                while (!ended.await(100, TimeUnit.MILLISECONDS)
                        && (isHeldBack || System.nanoTime() - lastHeard < LAST_BYTES.toNanos())) {
                    // It is on its way.
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return ended.getCount() == 0 && !broken;
        }

        void end() {
            try {
                close();
            } catch (IOException e) {
                // The connection was gone already.
            }
        }
    }

    private final class Input extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                if (!input.await(size -> size < INPUT_AHEAD)) {
                    throw new IOException("the container has ended");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
            input.add(bytes, offset, length);
        }

        @Override
        public void close() {
            input.end();
        }
    }
}
