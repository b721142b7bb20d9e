package dev.sluice.runner.launch.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.command.InspectVolumeResponse;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ContainerConfig;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import dev.sluice.protocol.FailureType;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.launch.ConnectorCommand;
import dev.sluice.runner.launch.ConnectorInputs;
import dev.sluice.runner.launch.ConnectorLaunch;
import dev.sluice.runner.launch.EngineReport;
import dev.sluice.runner.launch.ExitStatus;
import dev.sluice.runner.launch.Isolation;
import dev.sluice.runner.launch.Launcher;
import dev.sluice.runner.launch.RunDirectory;
import dev.sluice.runner.launch.RunningConnector;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// Starts connectors in containers.
public final class DockerLauncher implements Launcher, AutoCloseable {
    /// Where the connector finds its inputs, and its pipes where they are named ones.
    static final String MOUNT = "/sluice";

    /// Marks a container as ours and gives the [RunDirectory] of the runner it belongs to.
    private static final String LABEL = "dev.sluice.run";

    private final RunDirectory run;
    private final Map<String, String> environment;
    private final Consumer<String> notices;
    private final Duration answer;
    private final Set<String> withoutPipes = ConcurrentHashMap.newKeySet();
    private DockerEngine engine;

    /// @param environment of the user: says where the engine is
    /// @param notices receives a line when something takes long: an image is built or pulled
    public DockerLauncher(RunDirectory run, Map<String, String> environment, Consumer<String> notices) {
        this(run, environment, notices, DockerEngine.ANSWER);
    }

    /// @param answer how long the engine may take to answer
    DockerLauncher(RunDirectory run, Map<String, String> environment, Consumer<String> notices, Duration answer) {
        this.run = run;
        this.environment = environment;
        this.notices = notices;
        this.answer = answer;
    }

    /// The client is expensive to load (0.7 s) and a sync of local processes never needs it.
    private synchronized DockerEngine engine() throws InterruptedException {
        if (engine == null) {
            DockerEngine started = new DockerEngine(environment, answer);
            try {
                started.meet();
            } catch (RuntimeException | InterruptedException e) {
                started.close();
                throw e;
            }
            engine = started;
            sweep(engine);
        }
        return engine;
    }

    private Images images() throws InterruptedException {
        return new Images(engine(), run.path(), notices);
    }

    /// What can be said of the engine without starting anything in it.
    public EngineReport report() throws InterruptedException {
        DockerEngine there = engine();
        try {
            return there.ask(client -> EngineInspection.report(client, there, run.path()));
        } catch (RuntimeException e) {
            throw there.refused(e);
        }
    }

    /// How a connector's container will be, without starting, building or pulling anything.
    ///
    /// @throws RunnerException when this connector cannot be started with this engine, as [#launch] would throw it
    public EngineReport.Container container(ConnectorLaunch.InContainer launch) throws InterruptedException {
        DockerEngine there = engine();
        launch.localDirectory().ifPresent(this::mount);
        try {
            Optional<Path> pipes = switch (launch.pipes()) {
                case NAMED -> Optional.of(shared());
                case ATTACH -> Optional.empty();
                case AUTO -> there.seen(run.path());
            };
            Optional<InspectImageResponse> image = there.ask(client -> EngineInspection.image(client, launch.image()));
            return new EngineReport.Container(
                    image.map(EngineInspection::image),
                    Isolation.of(launch, user(image.map(InspectImageResponse::getConfig))),
                    pipes);
        } catch (NoPipes e) {
            throw e.reason;
        }
    }

    /// The image's id changes with its content.
    @Override
    public String fingerprint(ConnectorLaunch connector) throws InterruptedException {
        return images().find((ConnectorLaunch.InContainer) connector).getId();
    }

    @Override
    public RunningConnector launch(ConnectorLaunch connector, ConnectorCommand command, LineSink stderr)
            throws InterruptedException {
        ConnectorLaunch.InContainer launch = (ConnectorLaunch.InContainer) connector;
        InspectImageResponse image = images().find(launch);
        try {
            return switch (launch.pipes()) {
                case NAMED -> named(launch, image, command, stderr);
                case ATTACH -> attached(launch, image, command, stderr);
                case AUTO -> namedOrAttached(launch, image, command, stderr);
            };
        } catch (NoPipes e) {
            throw e.reason;
        }
    }

    /// Whether named pipes work is found out once for an image: a connector is started several times in a sync.
    private RunningConnector namedOrAttached(
            ConnectorLaunch.InContainer launch, InspectImageResponse image, ConnectorCommand command, LineSink stderr)
            throws InterruptedException, NoPipes {
        if (!withoutPipes.contains(image.getId())) {
            try {
                return named(launch, image, command, stderr);
            } catch (NoPipes e) {
                withoutPipes.add(image.getId());
            }
        }
        return attached(launch, image, command, stderr);
    }

    private RunningConnector named(
            ConnectorLaunch.InContainer launch, InspectImageResponse image, ConnectorCommand command, LineSink stderr)
            throws InterruptedException, NoPipes {
        Path seen = shared();
        return start(
                launch,
                image,
                command,
                stderr,
                inputs -> NamedPipes.make(
                        inputs.directory(), seen.resolve(inputs.directory().getFileName()), command.readsInput()));
    }

    /// Where the engine finds the directory of this run.
    private Path shared() throws NoPipes {
        return engine.seen(run.path())
                .orElseThrow(() -> new NoPipes(
                        "docker.remote",
                        "the Docker engine does not see the files of this runner, so they have no named pipes in common",
                        "leave out `pipes: named`, or run Sluice where the engine runs"));
    }

    private RunningConnector attached(
            ConnectorLaunch.InContainer launch, InspectImageResponse image, ConnectorCommand command, LineSink stderr)
            throws InterruptedException, NoPipes {
        return start(
                launch, image, command, stderr, inputs -> new AttachedStreams(engine, inputs, command.readsInput()));
    }

    /// One of the two ways.
    private interface Way {
        ContainerStreams with(ConnectorInputs inputs) throws IOException, InterruptedException;
    }

    private RunningConnector start(
            ConnectorLaunch.InContainer launch,
            InspectImageResponse image,
            ConnectorCommand command,
            LineSink stderr,
            Way way)
            throws InterruptedException, NoPipes {
        ConnectorInputs inputs = null;
        ContainerStreams streams = null;
        RunningContainer running = null;
        String id = null;
        boolean started = false;
        try {
            inputs = ConnectorInputs.write(run, command, MOUNT);
            streams = way.with(inputs);
            id = create(launch, image, command, inputs, streams);
            streams.connect(id);
            running = new RunningContainer(launch, engine, id, inputs, streams, stderr);
            started = running.start();
            if (!started) {
                throw noPipes(launch, running);
            }
            return running;
        } catch (TimeoutException e) {
            throw new RunnerException(
                    FailureType.TRANSIENT_ERROR,
                    "docker.start_timeout",
                    "%s was started but its shell did not open its pipes within %d s"
                            .formatted(launch.image(), launch.startTimeout().toSeconds()),
                    command.verb(),
                    "write `pipes: attach` for this connector, or raise `start_timeout` under `limits:`",
                    e);
        } catch (RuntimeException | IOException e) {
            throw cannotStart(launch, e);
        } finally {
            if (running != null && !started) {
                running.close();
            } else if (!started) {
                abandon(id, streams, inputs);
            }
        }
    }

    private void abandon(String id, ContainerStreams streams, ConnectorInputs inputs) {
        if (id != null) {
            engine.remove(id);
        }
        if (streams != null) {
            streams.close();
        }
        if (inputs != null) {
            inputs.delete();
        }
    }

    private String create(
            ConnectorLaunch.InContainer launch,
            InspectImageResponse image,
            ConnectorCommand command,
            ConnectorInputs inputs,
            ContainerStreams streams) {
        ContainerConfig config = image.getConfig();
        Isolation isolation = Isolation.of(launch, user(Optional.ofNullable(config)));
        HostConfig host = hostConfig(isolation);
        launch.localDirectory().ifPresent(local -> host.withMounts(List.of(mount(local))));
        Map<String, String> labels =
                new HashMap<>(RunnerMark.ofThisRunner(engine).labels());
        labels.put(LABEL, run.id());
        labels.put("dev.sluice.command", command.verb());
        CreateContainerCmd create = engine.client()
                .createContainerCmd(launch.image())
                .withHostConfig(host)
                .withUser(isolation.user())
                .withEntrypoint(program(config))
                .withCmd(inputs.arguments())
                .withLabels(labels)
                .withEnv(List.of(
                        "USE_STREAM_CAPABLE_STATE=true",
                        "DEPLOYMENT_MODE=OSS",
                        "DATA_CHANNEL_MEDIUM=STDIO",
                        "DATA_CHANNEL_FORMAT=JSONL",
                        // A JVM out of memory ends instead of hanging.
                        "JAVA_OPTS=-XX:+ExitOnOutOfMemoryError"));
        streams.configure(create, host);
        return engine.askToTheEnd(_ -> create.exec()).getId();
    }

    private static String user(Optional<ContainerConfig> image) {
        return image.map(ContainerConfig::getUser).orElse("");
    }

    /// As the engine wants it, with the reason beside what needs one.
    private static HostConfig hostConfig(Isolation isolation) {
        HostConfig host = HostConfig.newHostConfig()
                // The engine would keep every record in a log file.
                .withLogConfig(new LogConfig(LogConfig.LoggingType.NONE))
                // Forwards SIGTERM and reaps children, which a connector as process 1 would not.
                .withInit(true)
                .withCapDrop(Capability.ALL)
                .withSecurityOpts(List.of("no-new-privileges"))
                .withMemory(isolation.memoryBytes())
                // The same number: no swap, so that a connector over its limit dies instead of crawling.
                .withMemorySwap(isolation.memoryBytes())
                .withNanoCPUs((long) (isolation.cpus() * 1_000_000_000L))
                .withPidsLimit((long) isolation.maxProcesses())
                .withNetworkMode(isolation.network())
                .withReadonlyRootfs(isolation.readOnlyRoot());
        return isolation.readOnlyRoot()
                // Executable, because drivers unpack their native libraries there.
                ? host.withTmpFs(Map.of("/tmp", "rw,exec,nosuid,nodev,mode=1777,size=" + isolation.tmpBytes()))
                : host;
    }

    private Mount mount(Path local) {
        Path seen = engine.seen(local)
                .orElseThrow(() -> new RunnerException(
                        FailureType.CONFIG_ERROR,
                        "docker.remote",
                        "the Docker engine does not see the directory %s of this runner".formatted(local),
                        "local",
                        "run Sluice where the engine runs; in a container, mount the directory into that"));
        return new Mount().withType(MountType.BIND).withSource(seen.toString()).withTarget("/local");
    }

    /// The image's entry point; an image without one has its command in that place.
    private static String[] program(ContainerConfig config) {
        if (config != null && config.getEntrypoint() != null) {
            return config.getEntrypoint();
        }
        return config != null && config.getCmd() != null ? config.getCmd() : new String[0];
    }

    /// Named pipes are not the way for this connector; attached streams may be.
    private static final class NoPipes extends Exception {
        private static final long serialVersionUID = 1;

        private final transient RunnerException reason;

        NoPipes(String code, String message, String next) {
            this.reason = new RunnerException(FailureType.CONFIG_ERROR, code, message, "pipes", next);
        }
    }

    /// The shell that was to open the pipes ended before it had: what it ends with is not the connector's.
    private static NoPipes noPipes(ConnectorLaunch.InContainer launch, RunningContainer running)
            throws InterruptedException {
        return switch (running.awaitExit()) {
            case ExitStatus.Exited(int code)
            when code == 126 || code == 127 ->
                new NoPipes(
                        "docker.no_shell",
                        "%s has no /bin/sh, which connects a connector to named pipes".formatted(launch.image()),
                        "leave out `pipes: named` for this connector");
            case ExitStatus exit ->
                new NoPipes(
                        "docker.no_pipes",
                        "%s could not open its named pipes: its shell %s"
                                .formatted(
                                        launch.image(),
                                        exit instanceof ExitStatus.Exited(int code)
                                                ? "exited with code " + code
                                                : exit.describe()),
                        "leave out `pipes: named` for this connector; SELinux or its user may keep it from %s"
                                .formatted(MOUNT));
        };
    }

    private RunnerException cannotStart(ConnectorLaunch.InContainer launch, Exception e) throws NoPipes {
        if (e instanceof RunnerException known) {
            return known;
        }
        String text = DockerEngine.firstLine(e);
        if (text.contains("bind source path does not exist")) {
            throw new NoPipes(
                    "docker.remote",
                    "the Docker engine does not see the files of this runner: " + text,
                    "leave out `pipes: named` and `local`, or run Sluice where the engine runs");
        }
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

    /// Removes what killed runners left: their containers, and the inputs in volumes of those that somebody else has
    /// removed. Where that is refused, the command has its own work to do all the same.
    private void sweep(DockerEngine met) throws InterruptedException {
        RunnerMark self = RunnerMark.ofThisRunner(met);
        try {
            for (Container container : met.ask(client -> client.listContainersCmd()
                    .withShowAll(true)
                    .withLabelFilter(List.of(LABEL))
                    .exec())) {
                if (RunnerMark.of(container.getLabels()).isDead(self, met) && met.remove(container.getId())) {
                    notices.accept(
                            "removed a container of %s that a killed run had left".formatted(container.getImage()));
                }
            }
            List<InspectVolumeResponse> volumes = met.ask(client -> client.listVolumesCmd()
                    .withFilter("label", List.of(LABEL))
                    .exec()
                    .getVolumes());
            for (InspectVolumeResponse volume : volumes == null ? List.<InspectVolumeResponse>of() : volumes) {
                if (RunnerMark.of(volume.getLabels()).isDead(self, met)) {
                    met.removeVolume(volume.getName());
                }
            }
        } catch (RuntimeException e) {
            notices.accept("what killed runs may have left in Docker stays: " + DockerEngine.firstLine(e));
        }
    }

    /// Asks the engine for things that are not there, so that the classes of a real run get into the start
    /// cache: without it, the client alone costs most of a second. Does nothing where no engine answers.
    public void rehearse() {
        String none = "sluice-rehearsal";
        try {
            DockerClient client = engine().client();
            HostConfig host = hostConfig(new Isolation("1000", true, 1, "none", 1, 1, 1));
            List<Runnable> questions = List.of(
                    () -> client.inspectImageCmd(none).exec(),
                    () -> client.createContainerCmd(none)
                            .withHostConfig(host.withMounts(List.of(mount(run.path()))))
                            .withLabels(Map.of(LABEL, none))
                            .exec(),
                    () -> client.startContainerCmd(none).exec(),
                    () -> client.waitContainerCmd(none).start(),
                    () -> client.inspectContainerCmd(none).exec(),
                    () -> client.stopContainerCmd(none).exec(),
                    () -> engine.remove(none));
            for (Runnable question : questions) {
                try {
                    question.run();
                } catch (RuntimeException e) {
                    // Not there, as expected.
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // No engine: then there is nothing to make faster.
        }
    }

    @Override
    public synchronized void close() {
        if (engine != null) {
            engine.close();
        }
    }
}
