package dev.sluice.runner.launch.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.PullResponseItem;
import dev.sluice.protocol.FailureType;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.launch.ConnectorLaunch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The images of connectors: from here, from our own build folder, or from a registry.
final class Images {
    /// A registry that sends nothing for so long will not.
    private static final Duration SILENCE = Duration.ofMinutes(5);

    private final DockerEngine engine;
    private final Path scratch;
    private final Consumer<String> notices;

    Images(DockerEngine engine, Path scratch, Consumer<String> notices) {
        this.engine = engine;
        this.scratch = scratch;
        this.notices = notices;
    }

    InspectImageResponse find(ConnectorLaunch.InContainer launch) throws InterruptedException {
        try {
            return inspect(launch.image());
        } catch (NotFoundException notHere) {
            if (launch.buildContext().isPresent()) {
                build(launch.image(), launch.buildContext().get());
            } else {
                pull(launch.image());
            }
            return inspect(launch.image());
        } catch (BadRequestException e) {
            throw new RunnerException(
                    FailureType.CONFIG_ERROR,
                    "docker.no_such_image",
                    "the image %s cannot be there: %s".formatted(launch.image(), DockerEngine.firstLine(e)),
                    launch.image(),
                    "write it like airbyte/source-github:2.1.0",
                    e);
        } catch (RuntimeException e) {
            throw engine.refused(e);
        }
    }

    private InspectImageResponse inspect(String image) throws InterruptedException {
        return engine.ask(client -> client.inspectImageCmd(image).exec());
    }

    private void build(String image, Path context) throws InterruptedException {
        notices.accept("building the image %s (first use)".formatted(image));
        Path script = context.resolveSibling("build");
        try {
            Path log = Files.createTempFile(scratch, "build", ".log");
            Process process = new ProcessBuilder(script.toString(), context.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            int code;
            try {
                code = process.waitFor();
            } finally {
                process.destroy(); // Of an interrupted build nobody takes the result.
            }
            if (code != 0) {
                List<String> lines = Files.readAllLines(log);
                String tail = String.join("\n", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
                throw new RunnerException(
                        FailureType.TRANSIENT_ERROR,
                        "docker.build_failed",
                        "the image %s could not be built:\n%s".formatted(image, tail),
                        context.toString(),
                        "run `./sluice connector build %s` to see all of it".formatted(context));
            }
        } catch (IOException e) {
            throw new RunnerException(
                    FailureType.TRANSIENT_ERROR,
                    "docker.build_failed",
                    "the image %s could not be built: %s".formatted(image, e.getMessage()),
                    context.toString(),
                    "run `./sluice connector build %s` to see all of it".formatted(context),
                    e);
        }
    }

    /// An interrupt ends it at once: closing the request is how the engine learns that nobody wants the image.
    private void pull(String image) throws InterruptedException {
        notices.accept("pulling the image %s".formatted(image));
        // Without a tag the engine would pull every tag there is.
        boolean tagged = image.contains("@") || image.lastIndexOf(':') > image.lastIndexOf('/');
        try (Pull pull =
                engine.client().pullImageCmd(tagged ? image : image + ":latest").exec(new Pull())) {
            Optional<String> refusal = pull.await();
            if (refusal.isPresent()) {
                throw cannotPull(image, refusal.get());
            }
        } catch (IOException e) {
            // Of the closing; the image is here.
        }
    }

    private final class Pull extends ResultCallback.Adapter<PullResponseItem> {
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile long lastHeard = System.nanoTime();
        private volatile Optional<String> refusal = Optional.empty();

        @Override
        public void onNext(PullResponseItem item) {
            lastHeard = System.nanoTime();
            if (item.getErrorDetail() != null) {
                refusal = Optional.of(String.valueOf(item.getErrorDetail().getMessage()));
            }
        }

        @Override
        public void onError(Throwable e) {
            refusal = Optional.of(DockerEngine.firstLine(e));
            ended.countDown();
        }

        @Override
        public void onComplete() {
            ended.countDown();
        }

        Optional<String> await() throws InterruptedException {
            while (!ended.await(1, TimeUnit.SECONDS)) {
                if (System.nanoTime() - lastHeard > SILENCE.toNanos()) {
                    throw engine.unreachable(
                            "Docker has said nothing about the image it pulls for %d min"
                                    .formatted(SILENCE.toMinutes()),
                            null);
                }
            }
            return refusal;
        }
    }

    /// The engine passes on the registry's words, and those of the network, as text only.
    static RunnerException cannotPull(String image, String reason) {
        String text = reason.toLowerCase(Locale.ROOT);
        if (contains(text, "manifest unknown", "not found", "no matching manifest", "does not exist")) {
            return new RunnerException(
                    FailureType.CONFIG_ERROR,
                    "docker.no_such_image",
                    "the image %s is not on this machine, and its registry does not have it: %s"
                            .formatted(image, reason),
                    image,
                    "check its name and tag; a private image needs `docker login`, one of your own `docker build`");
        }
        if (contains(text, "unauthorized", "authentication required", "denied", "forbidden", "no basic auth")) {
            return new RunnerException(
                    FailureType.CONFIG_ERROR,
                    "docker.pull_denied",
                    "the image %s is not on this machine, and its registry does not give it out: %s"
                            .formatted(image, reason),
                    image,
                    "log in with `docker login`, as a user who may pull it");
        }
        return new RunnerException(
                FailureType.TRANSIENT_ERROR,
                "docker.no_registry",
                "the image %s is not on this machine, and its registry cannot be reached: %s".formatted(image, reason),
                image,
                "check its name and the network; without one, bring the image with `docker load` or `docker build`");
    }

    private static boolean contains(String text, String... parts) {
        return List.of(parts).stream().anyMatch(text::contains);
    }
}
