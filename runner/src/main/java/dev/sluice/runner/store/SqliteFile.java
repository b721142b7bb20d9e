package dev.sluice.runner.store;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.sluice.protocol.FailureType;
import dev.sluice.runner.RunnerException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/// A SQLite file. Durable: every commit is on disk before it returns.
final class SqliteFile implements Database {
    static {
        useUnpackedLibrary();
    }

    /// Where in a file stands how it is written.
    private static final int WRITE_VERSION = 18;

    /// The locks this JVM holds, by file.
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final SQLiteDataSource dataSource;

    SqliteFile(Path file) {
        this.file = file;
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new RunnerException(
                    FailureType.TRANSIENT_ERROR,
                    "state.unavailable",
                    "the directory of the state store cannot be made: " + e,
                    file.toString(),
                    "make it writable, or name another place with --state",
                    e);
        }
        makePrivate();
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        // Other connections of the same file may be writing for a moment.
        config.setBusyTimeout(30_000);
        // The driver begins the next transaction right after a commit: an immediate one would lock all others out
        // for as long as the session lives. Each of ours that writes begins with a write, so it waits its turn.
        config.setTransactionMode(SQLiteConfig.TransactionMode.DEFERRED);
        dataSource = new SQLiteDataSource(config);
        dataSource.setUrl("jdbc:sqlite:" + file);
        if (!isWal()) {
            exclusively(this::makeWal);
        }
    }

    /// As the header of the file says it, once it has one.
    private boolean isWal() {
        ByteBuffer header = ByteBuffer.allocate(WRITE_VERSION + 1);
        try (FileChannel channel = FileChannel.open(file)) {
            return channel.read(header) > WRITE_VERSION && header.get(WRITE_VERSION) == 2;
        } catch (IOException e) {
            return false;
        }
    }

    /// One at a time: two that do it at once do not wait for each other, one of them fails.
    private void makeWal() {
        try (Connection connection = open()) {
            // To open it is all.
        } catch (SQLException e) {
            // Whoever asks it something is told.
        }
    }

    /// It may hold credentials: nobody else may read it. SQLite gives the files beside it the same mode.
    private void makePrivate() {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            try {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            } catch (IOException | UnsupportedOperationException notOurs) {
                // Whoever owns it, or mounted it, has decided who may read it.
            }
        } catch (IOException | UnsupportedOperationException e) {
            // SQLite says better why it cannot be made.
        }
    }

    /// The build has unpacked the native library beside the jars. Left alone, the driver unpacks it into the
    /// temp directory at each start, which costs time, and leaves it there when it is killed.
    private static void useUnpackedLibrary() {
        boolean mac = System.getProperty("os.name").startsWith("Mac");
        String machine = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
        try {
            Path jar = Path.of(SqliteFile.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path library = jar.resolveSibling("lib/org/sqlite/native")
                    .resolve(mac ? "Mac" : "Linux")
                    .resolve(machine);
            if (Files.isDirectory(library)) {
                System.setProperty("org.sqlite.lib.path", library.toString());
            }
        } catch (URISyntaxException e) {
            // Then the driver does as it always does.
        }
    }

    @Override
    public DataSource dataSource() {
        return dataSource;
    }

    @Override
    public String location() {
        return file.toString();
    }

    @Override
    public void exclusively(Runnable work) {
        synchronized (SqliteFile.class) { // The lock of a file is this JVM's, not a thread's.
            try (FileChannel channel =
                    FileChannel.open(file.resolveSibling(file.getFileName() + ".lock"), CREATE, WRITE)) {
                channel.lock(); // Given back when the channel closes.
                work.run();
            } catch (IOException e) {
                throw unusable(noLock(e));
            }
        }
    }

    private static SQLException noLock(IOException e) {
        return new SQLException("no lock can be taken: " + e, e);
    }

    private Path lockFile(String connection) {
        String hex = HexFormat.of().formatHex(connection.getBytes(StandardCharsets.UTF_8));
        return file.resolveSibling("connection-%s.lock".formatted(hex.length() > 100 ? hex.hashCode() : hex))
                .toAbsolutePath()
                .normalize();
    }

    /// So that others can say who has it. It is the kernel's word that counts, not what stands here.
    private static void sign(FileChannel channel) throws IOException {
        String who = "%d %s".formatted(ProcessHandle.current().pid(), Instant.now());
        channel.truncate(0);
        channel.write(StandardCharsets.UTF_8.encode(who));
    }

    /// Read, not tried: trying would hold the lock for a moment, and a sync that begins in that moment would be
    /// refused.
    @Override
    public Optional<String> holder(Connection session, String name) {
        Path real = lockFile(name);
        if (HELD.contains(real)) {
            return Optional.of("this process");
        }
        try {
            String[] signed = Files.readString(real).split(" ", 2);
            Instant since = Instant.parse(signed[1]);
            return ProcessHandle.of(Long.parseLong(signed[0]))
                    // The number of one that was killed may have been given to another since.
                    .filter(process -> process.info()
                            .startInstant()
                            .filter(start -> start.isAfter(since))
                            .isEmpty())
                    .map(process ->
                            "process %d, since %s".formatted(process.pid(), since.truncatedTo(ChronoUnit.SECONDS)));
        } catch (IOException | RuntimeException e) {
            return Optional.empty(); // Never held, given back, or held by an older Sluice.
        }
    }

    /// A file lock: the kernel gives it back when the runner ends, also by `kill -9`.
    @Override
    public Optional<Lock> tryLock(Connection session, String name) throws SQLException {
        Path real = lockFile(name);
        // Asked first: closing any channel of a file gives back every lock this process has on it.
        if (!HELD.add(real)) {
            return Optional.empty();
        }
        try {
            FileChannel channel = FileChannel.open(real, CREATE, WRITE);
            if (channel.tryLock() == null) {
                channel.close();
                HELD.remove(real);
                return Optional.empty();
            }
            sign(channel);
            return Optional.of(() -> {
                try {
                    channel.truncate(0);
                    channel.close();
                } catch (IOException e) {
                    // The kernel gives it back at the latest when the runner ends.
                }
                HELD.remove(real);
            });
        } catch (IOException e) {
            HELD.remove(real);
            throw noLock(e);
        }
    }
}
