package dev.sluice.runner.launch.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.model.Volume;
import dev.sluice.runner.RunnerException;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
}
