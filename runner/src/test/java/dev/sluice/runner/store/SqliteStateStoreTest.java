package dev.sluice.runner.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.runner.RunnerException;
import dev.sluice.runner.state.StateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class SqliteStateStoreTest implements StateStoreContract {
    @TempDir
    private Path directory;

    private Path file;
    private StateStore store;

    @BeforeEach
    void open() {
        file = directory.resolve("new/.sluice/state.db");
        store = SqlStateStore.file(file);
    }

    @Override
    public StateStore store() {
        return store;
    }

    @Override
    public String place() {
        return file.toString();
    }

    @Override
    public void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    @Test
    void isMadeOnceWhenSeveralRunnersStartTogether() throws Exception {
        Path together = directory.resolve("together/state.db");
        List<Thread> runners = IntStream.range(0, 4)
                .mapToObj(i -> Thread.ofPlatform()
                        .start(() -> SqlStateStore.file(together)
                                .acquire("connection-" + i)
                                .close()))
                .toList();
        for (Thread runner : runners) {
            runner.join();
        }
        for (int i = 0; i < 4; i++) {
            assertThat(SqlStateStore.file(together).peek("connection-" + i)).isPresent();
        }
    }

    @Test
    void saysWhereItIs() {
        assertThat(store.location()).isEqualTo(file.toString());
    }

    @Test
    void saysThatAFileIsNoDatabase() throws IOException {
        Path other = Files.writeString(directory.resolve("notes.txt"), "nothing of the kind".repeat(100));
        assertThatThrownBy(() -> SqlStateStore.file(other)).isInstanceOfSatisfying(RunnerException.class, e -> {
            assertThat(e.code()).isEqualTo("state.unavailable");
            assertThat(e)
                    .hasMessage("the state store cannot be used: [SQLITE_NOTADB] File opened that is not a"
                            + " database file (file is not a database)");
            assertThat(e.where()).contains(other.toString());
        });
        assertThat(other).hasSize("nothing of the kind".length() * 100L);
    }

    @Test
    void saysThatItsDirectoryCannotBeMade() throws IOException {
        Path inTheWay = Files.writeString(directory.resolve("file"), "");
        assertThatThrownBy(() -> SqlStateStore.file(inTheWay.resolve("state.db")))
                .isInstanceOfSatisfying(RunnerException.class, e -> {
                    assertThat(e.code()).isEqualTo("state.unavailable");
                    assertThat(e.getMessage()).startsWith("the directory of the state store cannot be made");
                });
    }

    @Test
    void keepsConnectionsWithOddNamesApart() {
        String odd = "a/../b \0 é ".repeat(30);
        store.acquire(odd).close();
        try (var held = store.acquire(odd.replace("\0", ""))) {
            store.acquire("a").close();
        }
    }
}
