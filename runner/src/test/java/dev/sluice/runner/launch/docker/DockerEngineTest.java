package dev.sluice.runner.launch.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.exception.ConflictException;
import dev.sluice.runner.RunnerException;
import java.net.SocketException;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class DockerEngineTest {
    private final DockerEngine engine = new DockerEngine(Map.of("DOCKER_HOST", "unix:///nowhere/docker.sock"));

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
    void isLocalOverASocketOnly() {
        assertThat(engine.isLocal()).isTrue();
        assertThat(new DockerEngine(Map.of("DOCKER_HOST", "tcp://engine:2375")).isLocal())
                .isFalse();
    }
}
