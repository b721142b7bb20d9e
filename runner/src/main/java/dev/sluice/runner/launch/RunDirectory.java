package dev.sluice.runner.launch;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.sluice.protocol.FailureType;
import dev.sluice.runner.RunnerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A private directory that lives as long as this runner: inputs of connectors, their pipes, and who they are.
///
/// It is locked while the runner lives. The kernel gives the lock back however the runner ends, so a directory
/// whose lock is free was left by one that was killed: [#sweep] ends its processes and removes it.
public final class RunDirectory implements AutoCloseable {
    private static final String PREFIX = "sluice-run-";
    private static final String HALF_MADE = "sluice-new-";
    private static final String PROCESSES = "processes";

    /// Making one takes a moment; one that is half made after this long stays so.
    private static final Duration MAKING = Duration.ofMinutes(1);

    /// Empty where it cannot be found out: then nothing is swept.
    private static final Optional<UserPrincipal> USER = user();

    /// Those of this JVM. Their locks are never asked: closing any channel of a locked file gives the lock back.
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel channel;
    private final Optional<Path> entry;

    private RunDirectory(Path path, FileChannel channel, Optional<Path> entry) {
        this.path = path;
        this.channel = channel;
        this.entry = entry;
    }

    /// Makes a new one, readable by this user only: it will hold configurations with secrets.
    ///
    /// @param temporary where this runner keeps what it needs as long as it runs
    public static RunDirectory create(Path temporary) {
        return create(temporary, Optional.empty());
    }

    /// The same, entered where runners with another temporary directory find it when this one is killed.
    ///
    /// @param register a directory that all runners of this user share
    public static RunDirectory create(Path temporary, Path register) {
        return create(temporary, Optional.of(register));
    }

    private static RunDirectory create(Path temporary, Optional<Path> register) {
        Path parent = temporary.toAbsolutePath().normalize();
        try {
            Path unlocked = Files.createTempDirectory(
                    parent,
                    HALF_MADE,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            FileChannel channel = FileChannel.open(unlocked.resolve("lock"), CREATE, WRITE);
            channel.lock();
            // Gets its name once it is locked: a runner that sweeps at this moment would take it for a dead one's.
            Path path = parent.resolve(unlocked.getFileName().toString().replaceFirst(HALF_MADE, PREFIX));
            OURS.add(path);
            Files.move(unlocked, path, StandardCopyOption.ATOMIC_MOVE);
            return new RunDirectory(path, channel, register.flatMap(directory -> enter(path, directory)));
        } catch (IOException e) {
            throw unwritable(parent, e);
        }
    }

    /// A link with the directory's name. Without it the next runner with this temporary directory sweeps all the same.
    private static Optional<Path> enter(Path path, Path register) {
        try {
            Files.createDirectories(register);
            return Optional.of(Files.createSymbolicLink(register.resolve(path.getFileName()), path));
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    private static RunnerException unwritable(Path place, IOException e) {
        return new RunnerException(
                FailureType.TRANSIENT_ERROR,
                "runner.no_temp_directory",
                "the connectors' inputs cannot be put into a private directory: " + e.getMessage(),
                place.toString(),
                "free some space there, or set TMPDIR to a directory that can be written",
                e);
    }

    /// Why something could not be written here.
    RunnerException unwritable(IOException e) {
        return unwritable(path, e);
    }

    public Path path() {
        return path;
    }

    /// By which containers say whose they are: the path, because runners with another temporary directory, and of
    /// other users, may talk to the same engine.
    public String id() {
        return path.toString();
    }

    /// Whether the runner of a directory still lives. One that cannot be seen from here counts as alive.
    static boolean isAlive(Path directory) {
        if (OURS.contains(directory)) {
            return true;
        }
        try (FileChannel channel = FileChannel.open(directory.resolve("lock"), WRITE);
                FileLock free = channel.tryLock()) {
            return free == null;
        } catch (IOException | OverlappingFileLockException e) {
            // Another user's; or it is just being removed, by the runner itself or by one that sweeps; or another
            // thread of this program looks at it too.
            return true;
        }
    }

    /// Remembers a process, so that it can be found when this runner is killed.
    public void remember(ProcessHandle process) {
        String start = process.info().startInstant().map(Instant::toString).orElse("");
        try {
            Files.writeString(path.resolve(PROCESSES), process.pid() + " " + start + "\n", CREATE, APPEND);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /// Ends the processes and removes the directories of runners that were killed and had this temporary directory.
    /// Returns what was found as lines for the user, also what could not be removed.
    public static List<String> sweep(Path temporary) {
        Path parent = temporary.toAbsolutePath().normalize();
        List<String> swept = new ArrayList<>();
        for (Path directory : list(parent, PREFIX + "*", swept)) {
            sweep(directory, swept);
        }
        for (Path directory : list(parent, HALF_MADE + "*", swept)) {
            sweepHalfMade(directory, swept);
        }
        return swept;
    }

    /// The same, and those with another temporary directory.
    ///
    /// @param register where they were entered
    public static List<String> sweep(Path temporary, Path register) {
        List<String> swept = new ArrayList<>(sweep(temporary));
        if (!Files.isDirectory(register)) {
            return swept;
        }
        for (Path entry : list(register, PREFIX + "*", swept)) {
            try {
                Path directory = Files.readSymbolicLink(entry);
                if (!entry.getFileName().equals(directory.getFileName())) {
                    continue; // Not written by us.
                }
                sweep(directory, swept);
                if (!Files.exists(directory)) {
                    Files.deleteIfExists(entry);
                }
            } catch (NoSuchFileException e) {
                // Its runner has just ended, or somebody else swept.
            } catch (IOException e) {
                swept.add("%s, which a killed run had left, stays: %s".formatted(entry, e));
            }
        }
        return swept;
    }

    private static List<Path> list(Path directory, String pattern, List<String> swept) {
        List<Path> found = new ArrayList<>();
        try (var entries = Files.newDirectoryStream(directory, pattern)) {
            entries.forEach(found::add);
        } catch (IOException | DirectoryIteratorException e) {
            swept.add("%s cannot be swept: %s".formatted(directory, e));
        }
        return found;
    }

    private static void sweep(Path directory, List<String> swept) {
        try {
            if (isOfThisUser(directory) && !isAlive(directory)) {
                swept.addAll(endProcesses(directory));
                delete(directory);
                swept.add(removed("directory " + directory.getFileName()));
            }
        } catch (IOException e) {
            swept.add("the directory %s of a killed run stays: %s".formatted(directory.getFileName(), e));
        }
    }

    /// Whoever may write to the temporary directory could else have us end processes and delete files.
    static boolean isOfThisUser(Path directory) throws IOException {
        try {
            return Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).equals(USER.orElse(null));
        } catch (NoSuchFileException e) {
            return false; // Somebody else has just swept it.
        }
    }

    private static Optional<UserPrincipal> user() {
        try {
            Path self = Path.of("/proc/self");
            return Optional.of(Files.getOwner(Files.exists(self) ? self : Path.of(System.getProperty("user.home"))));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// Killed between its two steps: nothing is in it yet. A young one may be another runner's that lives.
    private static void sweepHalfMade(Path directory, List<String> swept) {
        try {
            Instant made = Files.getLastModifiedTime(directory, LinkOption.NOFOLLOW_LINKS)
                    .toInstant();
            if (made.isBefore(Instant.now().minus(MAKING))
                    && isOfThisUser(directory)
                    && (!Files.exists(directory.resolve("lock")) || !isAlive(directory))) {
                delete(directory);
                swept.add(removed("directory " + directory.getFileName()));
            }
        } catch (NoSuchFileException e) {
            // It has got its name.
        } catch (IOException e) {
            swept.add("the directory %s of a killed run stays: %s".formatted(directory.getFileName(), e));
        }
    }

    private static List<String> endProcesses(Path directory) throws IOException {
        List<String> ended = new ArrayList<>();
        ProcessMark mark = ProcessMark.of(directory);
        for (String line : remembered(directory)) {
            int blank = line.indexOf(' ');
            if (blank < 1) {
                continue; // Half a line: the runner was killed while it wrote it.
            }
            long pid = Long.parseLong(line.substring(0, blank));
            Optional<ProcessHandle> process = ProcessHandle.of(pid)
                    // The number may have been given to another process since.
                    .filter(p -> p.info()
                            .startInstant()
                            .map(Instant::toString)
                            .orElse("")
                            .equals(line.substring(blank + 1)));
            if (process.isPresent()) {
                mark.stop(process.get(), Duration.ofSeconds(2));
                ended.add(removed("process " + pid));
            }
        }
        // Also the one that had started and was not remembered yet when its runner was killed.
        mark.kill().forEach(pid -> ended.add(removed("process " + pid)));
        return ended;
    }

    private static String removed(String what) {
        return "removed what a killed run had left: " + what;
    }

    private static List<String> remembered(Path directory) throws IOException {
        Path file = directory.resolve(PROCESSES);
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    @Override
    public void close() {
        try {
            delete(path);
            channel.close();
            OURS.remove(path);
            if (entry.isPresent()) {
                Files.deleteIfExists(entry.get());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(Path directory) throws IOException {
        try {
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
        } catch (NoSuchFileException e) {
            // Somebody else swept at the same time.
        }
    }
}
