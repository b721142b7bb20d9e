package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// `./sluice`, run as a user runs it, in a clean environment and in directories that live as long as the test.
/// After each test nothing may be left of it: no container, no process, no run directory.
final class SluiceCli implements BeforeEachCallback, AfterEachCallback {
    static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    private static boolean built;

    private final List<RunningSluice> started = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private Path root;

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        build();
        root = Files.createTempDirectory("sluice-e2e-").toRealPath();
        for (String directory : List.of("home", "cache", "tmp", "work")) {
            Files.createDirectory(root.resolve(directory));
        }
        environment.clear();
        environment.put("PATH", System.getenv("PATH"));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("LANG", "C.UTF-8");
        environment.put("HOME", root.resolve("home").toString());
        environment.put("XDG_CACHE_HOME", root.resolve("cache").toString());
        environment.put("TMPDIR", root.resolve("tmp").toString());
    }

    /// What is missing or too old is built by the launcher, once and with this user's own environment: a clean one
    /// has no Maven repository.
    private static synchronized void build() {
        if (!built) {
            Program.run(HOME.resolve("sluice").toString(), "--version");
            built = true;
        }
    }

    /// The tag of our images.
    static String version() {
        return Program.run(HOME.resolve("sluice").toString(), "--version")
                .strip()
                .replaceFirst("^.* ", "");
    }

    /// Where connection files lie, and `.sluice` beside them.
    Path work() {
        return root.resolve("work");
    }

    Path write(String name, String text) {
        try {
            return Files.writeString(work().resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// For all commands after this.
    void variable(String name, String value) {
        environment.put(name, value);
    }

    Finished run(Object... arguments) {
        return start(arguments).finished();
    }

    RunningSluice start(Object... arguments) {
        return start(List.of(HOME.resolve("sluice").toString()), arguments);
    }

    /// A Java program that has Sluice as a library, given as one source file.
    RunningSluice runJava(Path program, Object... arguments) {
        variable("SLUICE_HOME", HOME.toString());
        return start(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djava.io.tmpdir=" + root.resolve("tmp"),
                        "-cp",
                        HOME.resolve("runner/target/sluice/sluice.jar").toString(),
                        program.toString()),
                arguments);
    }

    private RunningSluice start(List<String> program, Object... arguments) {
        List<String> command = new ArrayList<>(program);
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        ProcessBuilder builder = new ProcessBuilder(command).directory(work().toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        RunningSluice sluice = RunningSluice.start(builder);
        started.add(sluice);
        return sluice;
    }

    /// Containers of the runners of this test, running or not.
    List<String> containers() {
        return Docker.containers(root.resolve("tmp"), "");
    }

    /// The container of this test that does `verb`: `read` or `write`.
    Optional<String> container(String verb) {
        return Docker.containers(root.resolve("tmp"), verb).stream().findFirst();
    }

    /// Processes of this test, found by their environment: the runner, connectors and their children.
    List<ProcessHandle> processes() {
        return ProcessHandle.allProcesses()
                .filter(process -> hasOurEnvironment(process.pid()))
                .toList();
    }

    /// The process that does `verb` for this test's runner: the one that the runner itself started.
    Optional<ProcessHandle> process(String verb) {
        return processes().stream()
                .filter(process -> commandLine(process.pid()).contains(verb))
                .filter(process -> process.parent()
                        .filter(parent -> started.stream().anyMatch(s -> s.pid() == parent.pid()))
                        .isPresent())
                .findFirst();
    }

    private boolean hasOurEnvironment(long pid) {
        return new String(proc(pid, "environ")).contains("TMPDIR=" + root.resolve("tmp"));
    }

    static List<String> commandLine(long pid) {
        return List.of(new String(proc(pid, "cmdline")).split("\0"));
    }

    /// Empty when the process has ended.
    static byte[] proc(long pid, String file) {
        try {
            return Files.readAllBytes(Path.of("/proc", String.valueOf(pid), file));
        } catch (IOException e) {
            return new byte[0];
        }
    }

    /// Run directories, with the configurations and pipes in them.
    List<Path> runDirectories() {
        try (Stream<Path> entries = Files.list(root.resolve("tmp"))) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith("sluice-"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Whether a state with this text has been stored in `.sluice/state.db`, read as bytes: states are text in it.
    boolean hasStored(String text) throws IOException {
        for (String name : List.of("state.db", "state.db-wal")) {
            Path file = work().resolve(".sluice").resolve(name);
            if (Files.exists(file) && new String(Files.readAllBytes(file), StandardCharsets.UTF_8).contains(text)) {
                return true;
            }
        }
        return false;
    }

    /// Everything the runner has written beside the connection files: logs and states.
    List<Path> writtenFiles() throws IOException {
        Path written = work().resolve(".sluice");
        if (!Files.exists(written)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(written)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        try {
            if (context.getExecutionException().isEmpty()) {
                nothingLeftBehind();
            }
        } finally {
            started.forEach(RunningSluice::kill9);
            started.clear();
            processes().forEach(ProcessHandle::destroyForcibly);
            containers().forEach(Docker::remove);
            delete(root);
        }
    }

    /// What the last command leaves behind: nothing. A process that was just killed may take a moment to vanish.
    void nothingLeftBehind() {
        assertThat(containers()).as("containers left behind").isEmpty();
        assertThat(runDirectories()).as("run directories left behind").isEmpty();
        List<ProcessHandle> left = processes();
        Await.until("the end of the processes " + left, () -> processes().isEmpty());
    }

    private static void delete(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException e) throws IOException {
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
