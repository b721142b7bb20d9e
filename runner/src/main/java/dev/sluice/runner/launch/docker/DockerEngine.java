package dev.sluice.runner.launch.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Version;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import dev.sluice.protocol.FailureType;
import dev.sluice.runner.RunnerException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/// The engine: asked with a limit, how its refusals read, and what it sees of this machine.
final class DockerEngine implements AutoCloseable {
    /// An engine under load takes seconds; one that takes this long will not answer at all.
    static final Duration ANSWER = Duration.ofSeconds(30);

    /// docker-java starts threads of its own, which belong to the group of those that ask. One that writes to a
    /// container which has ended dies of that, and nobody needs to read how.
    private static final ThreadGroup QUIET = new ThreadGroup("docker") {
        @Override
        public void uncaughtException(Thread thread, Throwable e) {
            // Whoever asked is told in other ways.
        }
    };

    private final DockerClientConfig config;
    private final DockerClient client;
    private final Duration answer;
    private Optional<InspectContainerResponse> self = Optional.empty();
    private boolean sharesKernel;

    /// @param environment of the user, for DOCKER_HOST
    /// @param answer how long it may take to answer
    DockerEngine(Map<String, String> environment, Duration answer) {
        this.answer = answer;
        try {
            DefaultDockerClientConfig.Builder builder = DefaultDockerClientConfig.createDefaultConfigBuilder();
            String host = environment.getOrDefault("DOCKER_HOST", "");
            if (!host.isEmpty()) {
                builder.withDockerHost(host);
            }
            config = builder.build();
            client = DockerClientImpl.getInstance(
                    config,
                    new ZerodepDockerHttpClient.Builder()
                            .dockerHost(config.getDockerHost())
                            .sslConfig(config.getSSLConfig())
                            .connectionTimeout(answer)
                            .build());
        } catch (RuntimeException e) {
            throw new RunnerException(
                    FailureType.CONFIG_ERROR,
                    "docker.wrong_host",
                    "the address of the Docker engine is not one: " + firstLine(e),
                    "DOCKER_HOST",
                    "write it like unix:///var/run/docker.sock, or unset it",
                    e);
        }
    }

    /// For requests that last as long as a container or an image does; [#ask] is for all others.
    DockerClient client() {
        return client;
    }

    String address() {
        return config.getDockerHost().toString();
    }

    /// How long it may take to answer.
    Duration answer() {
        return answer;
    }

    /// Asks, and gives up when there is no answer in time: docker-java itself waits for ever.
    ///
    /// @throws RunnerException when the engine does not answer; what it refuses is thrown as docker-java has it
    <T> T ask(Function<DockerClient, T> question) throws InterruptedException {
        return ask(answer, question);
    }

    <T> T ask(Duration limit, Function<DockerClient, T> question) throws InterruptedException {
        FutureTask<T> asked = new FutureTask<>(() -> question.apply(client));
        Thread.ofPlatform().group(QUIET).daemon().name("docker").start(asked);
        try {
            return asked.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failure(e);
        } catch (TimeoutException e) {
            throw unreachable(
                    "Docker accepts requests but has not answered one for %d s".formatted(limit.toSeconds()), e);
        } finally {
            asked.cancel(true);
        }
    }

    /// For what must be undone when it was done: an interrupt takes effect after the answer.
    <T> T askToTheEnd(Function<DockerClient, T> question) {
        FutureTask<T> asking = new FutureTask<>(() -> ask(question));
        Thread.ofPlatform().daemon().name("docker").start(asking);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return asking.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw failure(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException failure(ExecutionException e) {
        return switch (e.getCause()) {
            case RuntimeException refusal -> refusal;
            case Error error -> throw error;
            default -> new IllegalStateException(e.getCause());
        };
    }

    /// For tidying up, which an interrupt must not stop and a refusal must not either: somebody was faster, or the
    /// engine is gone and the next runner sweeps. Returns whether it was done.
    boolean tidy(Duration limit, Function<DockerClient, ?> request) {
        boolean interrupted = Thread.interrupted();
        try {
            ask(limit, request);
            return true;
        } catch (InterruptedException e) {
            interrupted = true;
            return false;
        } catch (RuntimeException e) {
            return false;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Returns whether it is gone.
    boolean remove(String container) {
        return tidy(
                answer.plus(answer),
                c -> c.removeContainerCmd(container)
                        .withForce(true)
                        .withRemoveVolumes(true)
                        .exec());
    }

    /// One with a name; those without go with their container, which must be gone before this one.
    void removeVolume(String name) {
        tidy(answer, c -> c.removeVolumeCmd(name).exec());
    }

    /// Sees that it is there, and what of this machine it shares.
    void meet() throws InterruptedException {
        try {
            Version version = ask(c -> c.versionCmd().exec());
            // The same socket may lead to another machine or into a virtual one, and there our pipes are none.
            sharesKernel = config.getDockerHost().getScheme().equals("unix")
                    && System.getProperty("os.version").equals(version.getKernelVersion());
            Optional<String> id = OwnContainer.id();
            if (id.isPresent()) {
                self = Optional.of(ask(c -> c.inspectContainerCmd(id.get()).exec()));
            }
        } catch (NotFoundException e) {
            // The container this runner is in is another engine's.
        } catch (RunnerException e) {
            throw e;
        } catch (RuntimeException e) {
            throw refused(e);
        }
    }

    /// Where the engine finds a file of this runner; empty when it certainly does not. In a container, what lies in
    /// a mount is somewhere else for the engine, and what lies in no mount is nowhere.
    Optional<Path> seen(Path path) {
        if (!sharesKernel) {
            return Optional.empty();
        }
        return self.isEmpty() ? Optional.of(path) : translate(path, self.get().getMounts());
    }

    /// The container this runner is in, if it is one of this engine's.
    Optional<String> ownContainer() {
        return self.map(InspectContainerResponse::getId);
    }

    boolean sharesKernel() {
        return sharesKernel;
    }

    static Optional<Path> translate(Path path, List<InspectContainerResponse.Mount> mounts) {
        return mounts.stream()
                .filter(mount -> mount.getDestination() != null && mount.getSource() != null)
                .filter(mount -> path.startsWith(mount.getDestination().getPath()))
                .max(Comparator.comparingInt(
                        mount -> Path.of(mount.getDestination().getPath()).getNameCount()))
                .map(mount -> Path.of(mount.getSource())
                        .resolve(Path.of(mount.getDestination().getPath()).relativize(path)));
    }

    /// Turns whatever docker-java throws into a sentence.
    RunnerException refused(RuntimeException e) {
        if (e instanceof RunnerException known) {
            return known;
        }
        String socket = config.getDockerHost().toString();
        String text = text(e);
        if (text.contains("permission denied")) {
            return new RunnerException(
                    FailureType.TRANSIENT_ERROR,
                    "docker.not_permitted",
                    "this user may not talk to Docker",
                    socket,
                    "add the user to the group `docker`, or run with `launch: process`, which needs no Docker",
                    e);
        }
        if (!(e instanceof DockerException)) {
            return unreachable("Docker does not answer", e);
        }
        return new RunnerException(
                FailureType.TRANSIENT_ERROR, "docker.refused", "Docker refused: " + firstLine(e), socket, "", e);
    }

    RunnerException unreachable(String what, Exception e) {
        return new RunnerException(
                FailureType.TRANSIENT_ERROR,
                "docker.unreachable",
                what,
                config.getDockerHost().toString(),
                "start it (`./check` does, on Debian), or run with `launch: process`, which needs no Docker",
                e);
    }

    private static String text(Throwable e) {
        StringBuilder all = new StringBuilder();
        for (Throwable t = e; t != null; t = t.getCause()) {
            all.append(t.getMessage()).append('\n');
        }
        return all.toString().toLowerCase(Locale.ROOT);
    }

    static String firstLine(Throwable e) {
        String message = String.valueOf(e.getMessage()).strip();
        String json = "{\"message\":\"";
        int at = message.indexOf(json);
        if (at >= 0) {
            int end = message.indexOf("\"}", at);
            message = message.substring(at + json.length(), end < 0 ? message.length() : end);
        }
        return message.lines().findFirst().orElse("").replace("\\n", " ").strip();
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException e) {
            // Nothing is waiting for an answer any more.
        }
    }
}
