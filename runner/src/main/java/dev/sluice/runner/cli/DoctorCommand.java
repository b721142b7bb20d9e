package dev.sluice.runner.cli;

import dev.sluice.protocol.FailureType;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.Workbench;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.launch.ConnectorLaunch;
import dev.sluice.runner.launch.EngineReport;
import dev.sluice.runner.launch.Isolation;
import dev.sluice.runner.state.StateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "doctor",
        description = "Looks at what Sluice needs on this machine, and with FILE at what that connection needs: what is"
                + " in order, what to look at, what to mend. Starts no connector and changes nothing.",
        footer = {"", "Example:  sluice doctor examples/quickstart.yaml"})
final class DoctorCommand implements Callable<Integer> {
    private static final long ENOUGH_SPACE = 1L << 30;
    private static final long NO_SPACE = 50L << 20;

    private final Terminal terminal;
    private final Output output;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The connection file.")
    private Optional<Path> file;

    @Mixin
    private final StateOption state = new StateOption();

    DoctorCommand(Terminal terminal, Output output) {
        this.terminal = terminal;
        this.output = output;
    }

    @Override
    public Integer call() throws InterruptedException {
        Diagnosis diagnosis = new Diagnosis(output);
        java(diagnosis);
        // Whoever begins sweeps first; what it says is what was found.
        List<String> swept = new ArrayList<>();
        try (Workbench workbench = terminal.workbench((level, connector, text) -> {}, swept::add)) {
            home(workbench, diagnosis);
            cache(workbench, diagnosis);
            space("temp", workbench.temporary(), diagnosis);
            Optional<Connection> connection = file.flatMap(path -> connection(path, workbench, diagnosis));
            Optional<EngineReport> engine = engine(workbench, connection, diagnosis);
            if (connection.isPresent()) {
                connector("source", connection.get().source(), engine, workbench, diagnosis);
                connector("destination", connection.get().destination(), engine, workbench, diagnosis);
                state(connection.get(), workbench, diagnosis);
            }
            diagnosis.ok("leftovers", swept.isEmpty() ? "none of killed runs" : String.join("\n", swept));
        } catch (RunnerException e) {
            diagnosis.fail("sluice", e);
        }
        return diagnosis.conclude();
    }

    private static void java(Diagnosis diagnosis) {
        diagnosis.ok(
                "java",
                "%s (%s) in %s"
                        .formatted(
                                Runtime.version(), System.getProperty("java.vendor"), System.getProperty("java.home")));
    }

    private void home(Workbench workbench, Diagnosis diagnosis) {
        List<String> ours = workbench.ourConnectors().names();
        String text = "%s in %s".formatted(Workbench.VERSION, terminal.home());
        if (ours.isEmpty()) {
            diagnosis.warn(
                    "sluice",
                    text + ", without connectors of its own",
                    "name connectors by `image:` or `command:`, or start Sluice by its script `sluice`");
        } else {
            diagnosis.ok("sluice", text + ", with " + String.join(", ", ours));
        }
    }

    private static void cache(Workbench workbench, Diagnosis diagnosis) {
        Path cache = workbench.cache();
        Path existing = existing(cache);
        if (Files.isWritable(existing)) {
            diagnosis.ok("cache", cache.toString());
        } else {
            diagnosis.warn(
                    "cache",
                    "%s cannot be written: each command asks the connectors for their specs again".formatted(existing),
                    "let this user write there, or set XDG_CACHE_HOME");
        }
    }

    private static Path existing(Path path) {
        Path at = path.toAbsolutePath();
        while (!Files.exists(at) && at.getParent() != null) {
            at = at.getParent();
        }
        return at;
    }

    private static void space(String subject, Path directory, Diagnosis diagnosis) {
        try {
            long free = Files.getFileStore(existing(directory)).getUsableSpace();
            String text = "%s, %s free".formatted(directory, Summary.size(free));
            String next = "free some space there";
            if (free < NO_SPACE) {
                diagnosis.fail(FailureType.TRANSIENT_ERROR, subject, text, Optional.of(next));
            } else if (free < ENOUGH_SPACE) {
                diagnosis.warn(subject, text, next);
            } else {
                diagnosis.ok(subject, text);
            }
        } catch (IOException e) {
            diagnosis.warn(subject, "the space of %s cannot be told: %s".formatted(directory, e.getMessage()), "look");
        }
    }

    private static Optional<Connection> connection(Path path, Workbench workbench, Diagnosis diagnosis) {
        try {
            Connection connection = workbench.connectionWithoutSpecs(path);
            diagnosis.ok("connection", "'%s', described in %s".formatted(connection.name(), path));
            return Optional.of(connection);
        } catch (RunnerException e) {
            diagnosis.fail("connection", e);
            return Optional.empty();
        }
    }

    /// Docker is a must only for who uses it.
    private static Optional<EngineReport> engine(
            Workbench workbench, Optional<Connection> connection, Diagnosis diagnosis) throws InterruptedException {
        boolean needed = connection
                .map(c -> List.of(c.source(), c.destination()).stream()
                        .anyMatch(side -> side.launch() instanceof ConnectorLaunch.InContainer))
                .orElse(true);
        try {
            EngineReport engine = workbench.engine();
            String text = "%s (API %s, %s) at %s, %s of memory"
                    .formatted(
                            engine.version(),
                            engine.api(),
                            engine.platform(),
                            engine.address(),
                            Summary.size(engine.memoryBytes()));
            if (engine.seesUs()) {
                diagnosis.ok(
                        "docker",
                        text
                                + (engine.besideUs()
                                        ? ", sees the files of this runner, which is in a container"
                                        : ", sees this machine's files"));
                Path root = Path.of(engine.root());
                if (Files.isDirectory(root)) {
                    space("images", root, diagnosis);
                }
            } else if (engine.sharesKernel()) {
                diagnosis.warn(
                        "docker",
                        text
                                + ", does not see the files of this runner, which is in a container: no named pipes, a"
                                + " fifth of the speed",
                        "mount a directory of the host into this container and set TMPDIR to it, if that is not enough");
            } else {
                diagnosis.warn(
                        "docker",
                        text + ", in another kernel than this one: no named pipes, a fifth of the speed",
                        "run Sluice where the engine runs, if that is not enough");
            }
            return Optional.of(engine);
        } catch (RunnerException e) {
            if (needed) {
                diagnosis.fail("docker", e);
            } else {
                diagnosis.ok("docker", "%s, and this connection does not need it".formatted(e.getMessage()));
            }
            return Optional.empty();
        }
    }

    private static void connector(
            String side,
            Connection.Connector connector,
            Optional<EngineReport> engine,
            Workbench workbench,
            Diagnosis diagnosis)
            throws InterruptedException {
        switch (connector.launch()) {
            case ConnectorLaunch.ThisProgram _ -> diagnosis.ok(side, "this program itself");
            case ConnectorLaunch.AsProcess process -> process(side, process, diagnosis);
            case ConnectorLaunch.InContainer container -> {
                if (engine.isEmpty()) {
                    diagnosis.warn(side, container.name() + ", not looked at without Docker", "mend that first");
                } else {
                    container(side, container, engine.get(), workbench, diagnosis);
                }
            }
        }
    }

    private static void process(String side, ConnectorLaunch.AsProcess process, Diagnosis diagnosis) {
        String program = process.command().getFirst();
        boolean isPath = program.contains("/");
        List<Path> places = isPath
                ? List.of(process.directory().resolve(program))
                : List.of(System.getenv().getOrDefault("PATH", "").split(":")).stream()
                        .map(folder -> Path.of(folder, program))
                        .toList();
        Optional<Path> found = places.stream().filter(Files::isExecutable).findFirst();
        if (found.isPresent()) {
            diagnosis.ok(side, "%s, a local process without isolation: %s".formatted(process.name(), found.get()));
        } else {
            diagnosis.fail(
                    FailureType.CONFIG_ERROR,
                    side,
                    "%s: there is no program %s that may be executed"
                            .formatted(process.name(), isPath ? places.getFirst() : program + " on PATH"),
                    Optional.of("build or install it, or correct the connection file"));
        }
    }

    private static void container(
            String side,
            ConnectorLaunch.InContainer launch,
            EngineReport engine,
            Workbench workbench,
            Diagnosis diagnosis)
            throws InterruptedException {
        EngineReport.Container there;
        try {
            there = workbench.container(launch);
        } catch (RunnerException e) {
            diagnosis.fail(side, e);
            return;
        }
        diagnosis.ok(
                side,
                there.image()
                        .map(image -> "%s is there (%s, made %s)"
                                .formatted(launch.image(), Summary.size(image.bytes()), day(image.created())))
                        .orElse(launch.image()
                                + (launch.buildContext().isPresent()
                                        ? " is built at first use"
                                        : " is pulled from its registry at first use")));
        diagnosis.ok("", "records through " + route(launch, there, engine));
        diagnosis.ok("", isolation(there));
        if (engine.memoryBytes() > 0 && launch.memoryBytes() > engine.memoryBytes()) {
            diagnosis.warn(
                    side,
                    "may take %s of memory, the engine has %s"
                            .formatted(Summary.size(launch.memoryBytes()), Summary.size(engine.memoryBytes())),
                    "lower `memory:` of this connector, or it is killed without having reached its limit");
        }
        launch.localDirectory().ifPresent(local -> local(side, local, diagnosis));
    }

    private static String route(ConnectorLaunch.InContainer launch, EngineReport.Container there, EngineReport engine) {
        if (there.pipes().isEmpty()) {
            return launch.pipes() == ConnectorLaunch.Pipes.ATTACH
                    ? "the engine's API, as `pipes: attach` says"
                    : "the engine's API, which sees no pipe of this runner";
        }
        String where = engine.besideUs()
                ? "named pipes, which the engine finds in " + there.pipes().get()
                : "named pipes";
        // Whether a stranger's image has one shows when it is started.
        return launch.pipes() == ConnectorLaunch.Pipes.AUTO
                        && launch.buildContext().isEmpty()
                ? where + ", or the engine's API if the image has no shell"
                : where;
    }

    private static String isolation(EngineReport.Container there) {
        Isolation isolation = there.isolation();
        return "user %s%s, %s; network %s, memory %s, %s CPUs, %,d processes, no capabilities"
                .formatted(
                        isolation.user(),
                        there.image().isPresent() ? "" : " unless the image names another",
                        isolation.readOnlyRoot()
                                ? "root file system read-only with %s of /tmp"
                                        .formatted(Summary.size(isolation.tmpBytes()))
                                : "root file system writable",
                        isolation.network(),
                        Summary.size(isolation.memoryBytes()),
                        isolation.cpus(),
                        isolation.maxProcesses());
    }

    private static String day(String moment) {
        return moment.length() < 10 ? moment : moment.substring(0, 10);
    }

    /// The commonest mistake with files: the directory belongs to who made it, and the connector is somebody else.
    private static void local(String side, Path local, Diagnosis diagnosis) {
        try {
            Map<String, Object> attributes = Files.readAttributes(local, "unix:uid,gid,mode");
            int mode = (Integer) attributes.get("mode");
            boolean writable = attributes.get("uid").equals(1000) && (mode & 0200) != 0
                    || attributes.get("gid").equals(1000) && (mode & 020) != 0
                    || (mode & 02) != 0;
            if (writable) {
                diagnosis.ok("", "%s is its /local, and uid 1000 may write there".formatted(local));
            } else {
                diagnosis.warn(
                        side,
                        "%s is its /local, and uid 1000, as which connectors run, may not write there".formatted(local),
                        "`chown 1000 %s`, if the connector is to write files".formatted(local));
            }
        } catch (IOException | UnsupportedOperationException e) {
            diagnosis.warn(side, "who may write in %s cannot be told: %s".formatted(local, e.getMessage()), "look");
        }
    }

    private void state(Connection connection, Workbench workbench, Diagnosis diagnosis) {
        try {
            Optional<Path> path = workbench.stateFile(connection, state.place());
            if (path.filter(Files::notExists).isPresent()) {
                diagnosis.ok("state", "%s will be made by the first sync".formatted(path.get()));
                return;
            }
            try (StateStore store = workbench.stateStore(connection, state.place())) {
                String has = store.peek(connection.name()).isPresent() ? "knows this connection" : "knows it not yet";
                Optional<String> holder = store.holder(connection.name());
                if (holder.isPresent()) {
                    diagnosis.warn(
                            "state",
                            "%s %s; %s holds it".formatted(store.location(), has, holder.get()),
                            "wait until that sync has ended, or stop it");
                } else {
                    diagnosis.ok("state", "%s %s; nobody holds it".formatted(store.location(), has));
                }
            }
        } catch (RunnerException e) {
            diagnosis.fail("state", e);
        }
    }
}
