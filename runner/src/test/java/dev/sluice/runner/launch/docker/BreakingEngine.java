package dev.sluice.runner.launch.docker;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The Docker engine behind a socket whose connections can be broken: a proxy that has had enough of one.
final class BreakingEngine implements AutoCloseable {
    private static final Path ENGINE = Path.of("/var/run/docker.sock");

    private final Path socket;
    private final ServerSocketChannel server;
    private final Map<SocketChannel, String> requests = new ConcurrentHashMap<>();

    /// @param socket where to listen; there must be nothing yet
    BreakingEngine(Path socket) throws IOException {
        this.socket = socket;
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofPlatform().daemon().name("breaking engine").start(this::accept);
    }

    Map<String, String> environment() {
        return Map.of("DOCKER_HOST", "unix://" + socket);
    }

    /// Breaks every connection whose last request has this in its first line; waits until there is one.
    void breakOff(String request) throws IOException {
        boolean broken = false;
        while (!broken) {
            for (var open : requests.entrySet()) {
                if (open.getValue().contains(request)) {
                    open.getKey().close();
                    requests.remove(open.getKey());
                    broken = true;
                }
            }
            Thread.onSpinWait();
        }
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel client = server.accept();
                SocketChannel engine = SocketChannel.open(UnixDomainSocketAddress.of(ENGINE));
                Thread.ofPlatform().daemon().start(() -> carry(client, engine, true));
                Thread.ofPlatform().daemon().start(() -> carry(engine, client, false));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    /// Until one side ends: both do then.
    private void carry(SocketChannel from, SocketChannel to, boolean isClient) {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        try (from;
                to) {
            while (from.read(buffer.clear()) >= 0) {
                buffer.flip();
                String head = US_ASCII.decode(buffer.duplicate()).toString();
                if (isClient && head.contains(" HTTP/1.1\r\n")) {
                    requests.put(from, head.lines().findFirst().orElseThrow());
                }
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
            }
        } catch (IOException e) {
            // Broken off, by whomever.
        } finally {
            requests.remove(isClient ? from : to);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
