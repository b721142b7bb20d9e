package dev.sluice.runner.launch.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.model.Volume;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.launch.ConnectorLaunch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DockerEngineTest {
    private final DockerEngine engine =
            new DockerEngine(Map.of("DOCKER_HOST", "unix:///nowhere/docker.sock"), DockerEngine.ANSWER);

    @Test
    void tellsAUserWhoMayNotFromAnEngineThatDoesNotAnswer() {
        RunnerException denied = engine.refused(new RuntimeException(new SocketException("Permission denied")));
        assertThat(denied.code()).isEqualTo("docker.not_permitted");
        assertThat(denied.where()).contains("unix:///nowhere/docker.sock");
        assertThat(engine.refused(new RuntimeException(new SocketException("No such file or directory")))
                        .code())
                .isEqualTo("docker.unreachable");
    }

    @Test
    void quotesTheFirstLineOfARefusal() {
        assertThat(engine.refused(new ConflictException("Status 409: {\"message\":\"name is taken\\nby another\"}")))
                .hasMessage("Docker refused: name is taken by another");
    }

    @Test
    void knowsTheContainerItIsInByWhatTheEngineMountsThere() {
        String id = "0123456789abcdef".repeat(4);
        assertThat(OwnContainer.id("""
                        2053 2051 0:3 / /proc rw - proc proc rw
                        2061 2051 254:0 /var/lib/docker/containers/%s/resolv.conf /etc/resolv.conf rw - ext4 /dev/vda rw
                        """.formatted(id))).contains(id);
        assertThat(OwnContainer.id("""
                        511 482 0:47 /containers/overlay-containers/%s/userdata/hostname /etc/hostname rw - tmpfs tmpfs rw
                        """.formatted(id))).contains(id);
        // What the engine's own machine shows of its containers.
        assertThat(OwnContainer.id("""
                        99 27 0:55 / /var/lib/docker/containers/%s/mounts/shm rw - tmpfs shm rw
                        22 27 0:21 / /proc rw - proc proc rw
                        """.formatted(id))).isEmpty();
    }

    @Test
    void findsAPathWhereTheEngineSeesIt() {
        List<InspectContainerResponse.Mount> mounts =
                List.of(mount("/srv/sluice", "/work"), mount("/var/lib/docker/volumes/tmp/_data", "/work/tmp"));
        assertThat(DockerEngine.translate(Path.of("/work/shop/data"), mounts))
                .contains(Path.of("/srv/sluice/shop/data"));
        assertThat(DockerEngine.translate(Path.of("/work/tmp/sluice-run-1"), mounts))
                .contains(Path.of("/var/lib/docker/volumes/tmp/_data/sluice-run-1"));
        assertThat(DockerEngine.translate(Path.of("/work"), mounts)).contains(Path.of("/srv/sluice"));
        assertThat(DockerEngine.translate(Path.of("/workshop"), mounts)).isEmpty();
        assertThat(DockerEngine.translate(Path.of("/tmp/sluice-run-1"), mounts)).isEmpty();
    }

    private static InspectContainerResponse.Mount mount(String source, String destination) {
        return new InspectContainerResponse.Mount().withSource(source).withDestination(new Volume(destination));
    }

    @Test
    void tellsApartWhyAnImageCannotBePulled() {
        assertThat(code("manifest for x:9 not found: manifest unknown: manifest unknown"))
                .isEqualTo("docker.no_such_image");
        assertThat(code("pull access denied for x, repository does not exist or may require 'docker login': denied"))
                .isEqualTo("docker.no_such_image");
        assertThat(code("no matching manifest for linux/arm64/v8 in the manifest list entries"))
                .isEqualTo("docker.no_such_image");
        assertThat(code("unauthorized: authentication required")).isEqualTo("docker.pull_denied");
        assertThat(code("Head \"https://r.example/v2/x/manifests/1\": no basic auth credentials"))
                .isEqualTo("docker.pull_denied");
        assertThat(code("Get \"https://r.example/v2/\": dial tcp: lookup r.example: no such host"))
                .isEqualTo("docker.no_registry");
        assertThat(code("Get \"http://localhost:1/v2/\": dial tcp 127.0.0.1:1: connect: connection refused"))
                .isEqualTo("docker.no_registry");
    }

    private static String code(String reason) {
        return Images.cannotPull("x:9", reason).code();
    }

    @Test
    void givesUpOnAnEngineThatAcceptsAndNeverAnswers(@TempDir Path directory) throws Exception {
        Path socket = directory.resolve("engine.sock");
        try (ServerSocketChannel unix = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                ServerSocketChannel tcp = ServerSocketChannel.open()) {
            unix.bind(UnixDomainSocketAddress.of(socket));
            tcp.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int port = ((InetSocketAddress) tcp.getLocalAddress()).getPort();
            for (String host : List.of("unix://" + socket, "tcp://127.0.0.1:" + port)) {
                try (DockerEngine silent = new DockerEngine(Map.of("DOCKER_HOST", host), Duration.ofMillis(300))) {
                    assertThatThrownBy(silent::meet).isInstanceOfSatisfying(RunnerException.class, e -> {
                        assertThat(e.code()).isEqualTo("docker.unreachable");
                        assertThat(e).hasMessageStartingWith("Docker accepts requests but has not answered one for ");
                        assertThat(e.where()).contains(host);
                    });
                    assertThat(silent.tidy(
                                    Duration.ofMillis(300), c -> c.pingCmd().exec()))
                            .isFalse();
                }
            }
        }
    }

    @Test
    void endsAPullThatNobodyWantsAnyMore(@TempDir Path directory) throws Exception {
        Path socket = directory.resolve("engine.sock");
        try (ServerSocketChannel unix = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                DockerEngine silent =
                        new DockerEngine(Map.of("DOCKER_HOST", "unix://" + socket), Duration.ofSeconds(30))) {
            unix.bind(UnixDomainSocketAddress.of(socket));
            Thread.ofPlatform().daemon().start(() -> answerNotFoundThenPullForEver(unix));
            Thread pulling = Thread.currentThread();
            List<String> notices = new CopyOnWriteArrayList<>();
            Images images = new Images(silent, directory, notice -> {
                notices.add(notice);
                pulling.interrupt();
            });
            assertThatThrownBy(() -> images.find(new ConnectorLaunch.InContainer(
                            "x:9", Optional.empty(), "none", 1, 1, 1, Optional.empty())))
                    .isInstanceOf(InterruptedException.class);
            assertThat(notices).containsExactly("pulling the image x:9");
        }
    }

    private static void answerNotFoundThenPullForEver(ServerSocketChannel server) {
        String missing = "{\"message\":\"no such image\"}";
        String answer =
                "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(missing.length(), missing);
        List<SocketChannel> open = new ArrayList<>();
        try {
            while (true) {
                SocketChannel client = server.accept();
                open.add(client);
                if (open.size() == 1) {
                    client.read(ByteBuffer.allocate(10_000));
                    client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
                    client.close();
                }
            }
        } catch (IOException e) {
            // The test has ended.
        }
    }
}
