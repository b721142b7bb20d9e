package dev.sluice.runner.launch.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ContainerConfig;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.Volume;
import dev.sluice.protocol.FailureType;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.launch.ConnectorCommand;
import dev.sluice.runner.launch.ConnectorInputs;
import dev.sluice.runner.launch.ConnectorLaunch;
import dev.sluice.runner.launch.EngineReport;
import dev.sluice.runner.launch.Launcher;
import dev.sluice.runner.launch.RunDirectory;
import dev.sluice.runner.launch.RunningConnector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Starts connectors in containers.
public final class DockerLauncher implements Launcher, AutoCloseable {
    /// Marks a container as ours and gives the [RunDirectory] of the runner it belongs to.
    private static final String LABEL = "dev.sluice.run";

    /// Where the connector finds its inputs and pipes.
    private static final String MOUNT = "/sluice";

    private final RunDirectory run;
    private final Map<String, String> environment;
    private final Consumer<String> notices;
    private DockerEngine engine;

    /// @param environment of the user: says where the engine is
    /// @param notices receives a line when something takes long: an image is built or pulled
    public DockerLauncher(RunDirectory run, Map<String, String> environment, Consumer<String> notices) {
        this.run = run;
        this.environment = environment;
        this.notices = notices;
    }

    /// The client is expensive to load (0.7 s) and a sync of local processes never needs it.
    private synchronized DockerEngine engine() {
        if (engine == null) {
            DockerEngine started = new DockerEngine(environment);
            started.requireAnswer();
            engine = started;
            sweep(started.client());
        }
        return engine;
    }

    @Override
    public RunningConnector launch(ConnectorLaunch connector, ConnectorCommand command, LineSink stderr)
            throws InterruptedException {
        ConnectorLaunch.InContainer launch = (ConnectorLaunch.InContainer) connector;
        DockerEngine engine = engine();
        if (!engine.isLocal()) {
            throw new RunnerException(
                    FailureType.CONFIG_ERROR,
                    "docker.remote",
                    "the Docker engine is on another machine, and containers exchange records through a directory"
                            + " that both must see",
                    "DOCKER_HOST",
                    "run Sluice on the engine's machine, or unset DOCKER_HOST");
        }
        InspectImageResponse image = image(engine.client(), launch);
        ConnectorInputs inputs = null;
        Pipes pipes = null;
        String id = null;
        try {
            inputs = ConnectorInputs.write(run, command, MOUNT);
            pipes = Pipes.make(inputs.directory(), command.readsInput());
            id = create(engine.client(), launch, command, image, inputs);
            RunningContainer running = new RunningContainer(launch, engine.client(), id, inputs, pipes, stderr);
            running.start();
            return running;
        } catch (RuntimeException | IOException e) {
            if (id != null) {
                remove(engine.client(), id);
            }
            if (pipes != null) {
                pipes.close();
            }
            if (inputs != null) {
                inputs.delete();
            }
            throw cannotStart(engine, launch, e);
        }
    }

    /// Everything that makes a container harmless, with the reason beside it.
    private String create(
            DockerClient client,
            ConnectorLaunch.InContainer launch,
            ConnectorCommand command,
            InspectImageResponse image,
            ConnectorInputs inputs) {
        List<Bind> binds = new ArrayList<>();
        // Read-only holds for files; named pipes in it can be written all the same.
        binds.add(new Bind(inputs.directory().toString(), new Volume(MOUNT), AccessMode.ro));
        launch.localDirectory()
                .ifPresent(local -> binds.add(new Bind(local.toString(), new Volume("/local"), AccessMode.rw)));
        HostConfig host = HostConfig.newHostConfig()
                .withBinds(binds)
                // The engine would keep every record in a log file.
                .withLogConfig(new LogConfig(LogConfig.LoggingType.NONE))
                // Forwards SIGTERM and reaps children, which a connector as process 1 would not.
                .withInit(true)
                .withCapDrop(Capability.ALL)
                .withSecurityOpts(List.of("no-new-privileges"))
                .withMemory(launch.memoryBytes())
                // The same number: no swap, so that a connector over its limit dies instead of crawling.
                .withMemorySwap(launch.memoryBytes())
                .withNanoCPUs((long) (launch.cpus() * 1_000_000_000L))
                .withPidsLimit((long) launch.maxProcesses())
                .withNetworkMode(launch.network());
        List<String> entrypoint = new ArrayList<>();
        entrypoint.add("/bin/sh");
        entrypoint.add("-c");
        entrypoint.add(Pipes.SHELL_PROLOGUE.formatted(MOUNT, command.readsInput() ? MOUNT + "/stdin" : "/dev/null"));
        entrypoint.add("sh");
        ContainerConfig config = image.getConfig();
        String[] own = config == null ? null : config.getEntrypoint();
        if (own != null) {
            entrypoint.addAll(List.of(own));
        } else if (config != null && config.getCmd() != null) {
            entrypoint.addAll(List.of(config.getCmd()));
        }
        CreateContainerCmd create = client.createContainerCmd(launch.image())
                .withHostConfig(host)
                .withUser(user(config))
                .withEntrypoint(entrypoint)
                .withCmd(inputs.arguments())
                .withLabels(Map.of(LABEL, run.id(), "dev.sluice.command", command.verb()))
                .withEnv(List.of(
                        "USE_STREAM_CAPABLE_STATE=true",
                        "DEPLOYMENT_MODE=OSS",
                        "DATA_CHANNEL_MEDIUM=STDIO",
                        "DATA_CHANNEL_FORMAT=JSONL",
                        // A JVM out of memory ends instead of hanging.
                        "JAVA_OPTS=-XX:+ExitOnOutOfMemoryError"));
        return create.exec().getId();
    }

    /// The image's own user when it has one; never root: images older than 2024 have none, and then uid 1000 is
    /// what Airbyte's platform gives them.
    private static String user(ContainerConfig config) {
        String user = config == null || config.getUser() == null ? "" : config.getUser();
        return user.isEmpty() || user.equals("root") || user.equals("0") || user.startsWith("0:") ? "1000:1000" : user;
    }

    /// The image, from here, from our own build folder, or from a registry.
    private InspectImageResponse image(DockerClient client, ConnectorLaunch.InContainer launch)
            throws InterruptedException {
        try {
            return client.inspectImageCmd(launch.image()).exec();
        } catch (NotFoundException notHere) {
            if (launch.buildContext().isPresent()) {
                build(launch.image(), launch.buildContext().get());
            } else {
                pull(client, launch.image(), notHere);
            }
            return client.inspectImageCmd(launch.image()).exec();
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

    private void build(String image, Path context) throws InterruptedException {
        notices.accept("building the image %s (first use)".formatted(image));
        Path script = context.resolveSibling("build");
        try {
            Path log = Files.createTempFile(run.path(), "build", ".log");
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

    private void pull(DockerClient client, String image, NotFoundException notHere) throws InterruptedException {
        notices.accept("pulling the image %s".formatted(image));
        try {
            // Without a tag the engine would pull every tag there is.
            boolean tagged = image.contains("@") || image.lastIndexOf(':') > image.lastIndexOf('/');
            client.pullImageCmd(tagged ? image : image + ":latest").start().awaitCompletion();
        } catch (RuntimeException e) {
            throw new RunnerException(
                    FailureType.CONFIG_ERROR,
                    "docker.no_such_image",
                    "the image %s is not on this machine and cannot be pulled: %s"
                            .formatted(image, DockerEngine.firstLine(e)),
                    image,
                    "check its name and tag; an image of your own is built with `docker build`",
                    notHere);
        }
    }

    private RunnerException cannotStart(DockerEngine engine, ConnectorLaunch.InContainer launch, Exception e) {
        if (e instanceof RunnerException known) {
            return known;
        }
        String text = DockerEngine.firstLine(e);
        if (text.contains("network") && text.contains("not found")) {
            return new RunnerException(
                    FailureType.CONFIG_ERROR,
                    "docker.no_such_network",
                    "the network '%s' does not exist".formatted(launch.network()),
                    launch.image(),
                    "use `bridge`, `host` or `none`, or make it with `docker network create %s`"
                            .formatted(launch.network()),
                    e);
        }
        if (e instanceof RuntimeException runtime) {
            return engine.refused(runtime);
        }
        return new RunnerException(
                FailureType.TRANSIENT_ERROR,
                "connector.cannot_start",
                "%s could not be started: %s".formatted(launch.image(), text),
                run.path().toString(),
                "free some space there, or set TMPDIR to another directory",
                e);
    }

    /// Removes the containers of runners that were killed.
    private void sweep(DockerClient client) {
        List<Container> ours = client.listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(List.of(LABEL))
                .exec();
        for (Container container : ours) {
            if (!RunDirectory.isAlive(container.getLabels().get(LABEL))) {
                remove(client, container.getId());
                notices.accept("removed a container of %s that a killed run had left".formatted(container.getImage()));
            }
        }
    }

    static void remove(DockerClient client, String id) {
        try {
            client.removeContainerCmd(id)
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec();
        } catch (RuntimeException e) {
            // Somebody was faster, or the engine is gone: the next runner sweeps.
        }
    }

    /// Asks the engine for things that are not there, so that the classes of a real run get into the start
    /// cache: without it, the client alone costs most of a second. Does nothing where no engine answers.
    public void rehearse() {
        String none = "sluice-rehearsal";
        try {
            DockerClient client = engine().client();
            List<Runnable> questions = List.of(
                    () -> client.inspectImageCmd(none).exec(),
                    () -> client.createContainerCmd(none)
                            .withHostConfig(HostConfig.newHostConfig()
                                    .withBinds(new Bind("/" + none, new Volume(MOUNT), AccessMode.ro))
                                    .withLogConfig(new LogConfig(LogConfig.LoggingType.NONE))
                                    .withCapDrop(Capability.ALL))
                            .withLabels(Map.of(LABEL, none))
                            .exec(),
                    () -> client.startContainerCmd(none).exec(),
                    () -> client.waitContainerCmd(none).start(),
                    () -> client.inspectContainerCmd(none).exec(),
                    () -> client.stopContainerCmd(none).exec(),
                    () -> remove(client, none));
            for (Runnable question : questions) {
                try {
                    question.run();
                } catch (RuntimeException e) {
                    // Not there, as expected.
                }
            }
        } catch (RuntimeException e) {
            // No engine: then there is nothing to make faster.
        }
    }

    /// What can be said of the engine without starting anything in it.
    public EngineReport report() {
        DockerEngine there = engine();
        try {
            return EngineInspection.report(there.client(), there.address());
        } catch (RuntimeException e) {
            throw there.refused(e);
        }
    }

    /// The image of a connector, if it is on this machine.
    public Optional<EngineReport.Image> imageOf(ConnectorLaunch.InContainer launch) {
        return EngineInspection.image(engine().client(), launch.image());
    }

    /// The image's id changes with its content.
    @Override
    public String fingerprint(ConnectorLaunch connector) {
        try {
            return image(engine().client(), (ConnectorLaunch.InContainer) connector)
                    .getId();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    @Override
    public synchronized void close() {
        if (engine != null) {
            engine.close();
        }
    }
}
